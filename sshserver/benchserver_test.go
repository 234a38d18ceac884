//go:build unix

package sshserver_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	libssh "charm.land/ssh"
	"charm.land/wish/v2"
	"charm.land/wish/v2/bubbletea"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/crowd"
	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/seed"
	"github.com/ticketcd/ticketcd/sshserver"
)

// What a benchmark tells the process that serves: which of the two programs, and the file with its host key.
const (
	benchServes  = "TICKETCD_BENCH_SERVES"
	benchHostKey = "TICKETCD_BENCH_HOST_KEY"
	benchUserKey = "TICKETCD_BENCH_USER_KEY" // the fingerprint of a key that is to be linked
)

// TestServeForBenchmarks is no test but a process of the benchmarks': a server that is alone in it, so that what it costs
// can be told from what its clients cost. It does what it is told on standard input.
func TestServeForBenchmarks(t *testing.T) { //nolint:paralleltest // alone in its process
	listen := func() net.Listener {
		var listening net.ListenConfig
		listener, err := listening.Listen(t.Context(), "tcp", "127.0.0.1:0")
		require.NoError(t, err)
		fmt.Println("\nserving", listener.Addr())
		return listener
	}
	key := func() ssh.Signer {
		key, err := sshserver.HostKey(os.Getenv(benchHostKey))
		require.NoError(t, err)
		return key
	}
	switch os.Getenv(benchServes) {
	case "":
		t.Skip("only the benchmarks need it")
	case "floor":
		server, err := wish.NewServer(
			wish.WithKeyboardInteractiveAuth(func(libssh.Context, ssh.KeyboardInteractiveChallenge) bool { return true }),
			wish.WithPublicKeyAuth(func(libssh.Context, libssh.PublicKey) bool { return true }),
			wish.WithMiddleware(bubbletea.Middleware(func(libssh.Session) (tea.Model, []tea.ProgramOption) {
				return minimal{}, nil
			})),
			func(server *libssh.Server) error { server.AddHostKey(key()); return nil },
		)
		require.NoError(t, err)
		go func() { _ = server.Serve(listen()) }() //nolint:errcheck // the process ends with it
		obey(nil)
	case "shop":
		shop := newBenchShop(t)
		limits := sshserver.DefaultLimits()
		limits.Sessions, limits.PerAddress, limits.Connects = 10_000, 10_000, 1_000_000
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		server := sshserver.New(sshserver.Config{Store: shop.store, Live: shop.live, HostKey: key(), Limits: limits})
		go func() { _ = server.Serve(ctx, listen()) }() //nolint:errcheck // the process ends with it
		obey(shop)
	}
}

// minimal is the least program that fills a screen.
type minimal struct{}

func (minimal) Init() tea.Cmd                       { return nil }
func (minimal) Update(tea.Msg) (tea.Model, tea.Cmd) { return minimal{}, nil }
func (minimal) View() tea.View {
	view := tea.NewView("live" + strings.Repeat("\n"+strings.Repeat("0123456789", 8), 23))
	view.AltScreen = true
	return view
}

// benchShop is a shop with many events, and shoppers who are not there yet.
type benchShop struct {
	store  *etcdstore.Store
	live   *model.Live
	buyers []string
	stop   func()
}

func newBenchShop(t *testing.T) *benchShop {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	local, err := cluster.Join(t.Context(), cluster.Config{Dir: t.TempDir(), Log: quiet})
	require.NoError(t, err)
	store, err := etcdstore.Open(t.Context(), etcdstore.Config{Endpoints: []string{local.Endpoint()}, Direct: local.Direct, Log: quiet})
	require.NoError(t, err)
	cfg, err := seed.Default()
	require.NoError(t, err)
	cfg.Events = 1000
	records, err := seed.Generate(t.Context(), cfg, 1, model.WallClock(time.Now()))
	require.NoError(t, err)
	shop := &benchShop{store: store, live: model.NewLive()}
	for i := range 64 {
		shop.buyers = append(shop.buyers, fmt.Sprintf("sim%02d", i))
	}
	for _, name := range append([]string{"ann"}, shop.buyers...) {
		u := model.User{Username: name, Name: name, Password: "secret", Role: model.RoleUser}
		records = append(records, model.Record{Key: model.UserKey(name), Value: u.Encode()})
	}
	_, err = store.Load(t.Context(), records, etcdstore.LoadOptions{})
	require.NoError(t, err)
	require.NoError(t, store.LinkKey(t.Context(), model.User{Username: "ann"}, model.SSHKey{Fingerprint: os.Getenv(benchUserKey), Type: "ssh-ed25519"}))
	go store.Follow(context.Background(), shop.live)
	for {
		now, changed := shop.live.Shop()
		if now.Loaded {
			return shop
		}
		<-changed
	}
}

// obey does what standard input says, until it ends, and answers each line with one.
func obey(shop *benchShop) {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		switch words := strings.Fields(lines.Text()); words[0] {
		case "measure":
			var memory runtime.MemStats
			runtime.GC()
			runtime.GC()
			runtime.ReadMemStats(&memory)
			var usage syscall.Rusage
			_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage) //nolint:errcheck // it cannot fail
			fmt.Println("measured", memory.HeapAlloc+memory.StackInuse, usage.Utime.Nano()+usage.Stime.Nano())
		case "orders":
			ctx, cancel := context.WithCancel(context.Background())
			go crowd.Run(ctx, shop.store, crowd.Config{Buyers: shop.buyers, Live: shop.live, Rate: 50, CancelRatio: 0.3, Now: time.Now})
			shop.stop = cancel
			fmt.Println("ordering")
		case "quiet":
			shop.stop()
			fmt.Println("quiet")
		case "buy":
			now, _ := shop.live.Shop()
			first := now.Catalogue.Search(model.Query{Now: model.WallClock(time.Now())}).Events()[0]
			_, err := shop.store.Buy(context.Background(), model.Order{
				Username: "sim00", EventID: first.ID, Lines: []model.Line{{Type: mostLeft(first), Quantity: 1}},
			}, func() {})
			fmt.Println("bought", err)
		}
	}
}

func mostLeft(e *model.Event) string {
	best := e.Tickets[0]
	for _, ticket := range e.Tickets {
		if ticket.Left > best.Left {
			best = ticket
		}
	}
	return best.Type
}
