package sshserver_test

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/sshserver"
)

func TestAServerThatIsToldToStopBeforeItHasBegunStops(t *testing.T) {
	t.Parallel()
	key, err := sshserver.HostKey(filepath.Join(t.TempDir(), "key"))
	require.NoError(t, err)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for range 50 {
		var listening net.ListenConfig
		listener, err := listening.Listen(t.Context(), "tcp", "127.0.0.1:0")
		require.NoError(t, err)
		server := sshserver.New(sshserver.Config{
			Live: model.NewLive(), HostKey: key, Limits: sshserver.DefaultLimits(), Now: time.Now,
		})
		require.NoError(t, server.Serve(stopped, listener))
		_, err = listener.Accept()
		require.ErrorIs(t, err, net.ErrClosed)
	}
}
