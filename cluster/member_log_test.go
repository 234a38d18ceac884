package cluster

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
)

func TestTheLogOfEtcdStaysBelowItsLimit(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "etcd.log")
	file := &boundedFile{name: name, limit: 1000}
	log := newMemberLog(file, nil)
	log.Info("not a warning")
	require.NoFileExists(t, name)
	for range 100 {
		log.Warn("slow disk", zap.String("took", "a while"))
	}
	require.NoError(t, file.Close())
	for _, name := range []string{name, name + ".old"} {
		info, err := os.Stat(name)
		require.NoError(t, err)
		require.Positive(t, info.Size())
		require.LessOrEqual(t, info.Size(), int64(1000))
		require.Equal(t, os.FileMode(0o600), info.Mode())
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, strings.Count(string(text), "\n"), strings.Count(string(text), `"slow disk"`), "whole lines")
	}
}

func TestTheLastWordsOfEtcdEndItsGoroutineAndNotTheProcess(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left")
	for _, say := range []func(*zap.Logger){
		func(log *zap.Logger) { log.Fatal("cannot save", zap.Int("tries", 1), zap.Error(full)) },
		func(log *zap.Logger) { log.Panic("cannot save", zap.Error(full)) },
		func(log *zap.Logger) { log.Named("raft").Sugar().Panicf("cannot %s", "save") },
	} {
		name := filepath.Join(t.TempDir(), "etcd.log")
		file := &boundedFile{name: name, limit: maxLog}
		heard, ended := make(chan error, 1), make(chan struct{})
		wentOn := false
		go func() {
			defer close(ended)
			say(newMemberLog(file, func(err error) { heard <- err }))
			wentOn = true
		}()
		<-ended
		require.False(t, wentOn)
		require.ErrorContains(t, <-heard, "cannot save")
		require.FileExists(t, name)
		require.NoError(t, file.Close())
	}
}
