package sshserver

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"charm.land/ssh"
	"charm.land/wish/v2"
	gossh "golang.org/x/crypto/ssh"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// Config is what a server needs to know of the world.
type Config struct {
	Store   Store
	Live    *model.Live
	HostKey gossh.Signer
	Limits  Limits
	Log     *slog.Logger
	Metrics *Metrics         // nil for none
	Now     func() time.Time // nil for time.Now
}

// Server serves the shop over SSH.
type Server struct {
	cfg         Config
	log         *slog.Logger
	connects    *budgets
	attempts    *attempts
	connections *counts
	sessions    *counts
	shown       tui.Sessions    // the same, as what they show
	closing     context.Context // ends when the server is to end
	close       context.CancelFunc
}

// New returns a server that does not listen yet.
func New(cfg Config) *Server {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	l := cfg.Limits
	closing, closeAll := context.WithCancel(context.Background())
	return &Server{
		cfg: cfg, log: cfg.Log,
		connects: newBudgets(l.Connects, cfg.Now), attempts: newAttempts(l.Logins, cfg.Now),
		// Twice as many connections as sessions, so that somebody who is one too many can be told so.
		connections: newCounts(2*l.Sessions, 2*l.PerAddress), sessions: newCounts(l.Sessions, l.PerAddress),
		closing: closing, close: closeAll,
	}
}

// Serve serves the connections of a listener until ctx ends. Then connections on which no session is open are closed,
// sessions are told, orders that are under way finish, and Serve returns when everybody has left, or when
// [Limits].Grace is over, and three seconds for what they are told last, and one to cut the rest off.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server, err := s.library()
	if err != nil {
		return err
	}
	opening := &opening{Listener: listener, open: make(chan struct{})}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(opening) }()
	// The library must not be told to end before it has begun: it would go on listening for ever.
	for _, next := range []<-chan struct{}{opening.open, ctx.Done()} {
		select {
		case err = <-failed:
			s.close()
			return errors.Join(model.Wrap(model.CodeFailed, err, "the server can take no more connections: %s", err), server.Close())
		case <-next:
		}
	}
	s.close()
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.Limits.Grace+farewellPatience+time.Second)
	defer cancel()
	if err = server.Shutdown(limited); err != nil {
		s.log.Warn("some sessions did not end in time", "sessions", s.sessions.now())
	}
	closed := server.Close()
	if err = <-failed; !errors.Is(err, ssh.ErrServerClosed) {
		s.log.Warn("the server did not end cleanly", "error", errors.Join(err, closed))
	}
	return nil
}

// opening is a listener that tells when the first connection is waited for.
type opening struct {
	net.Listener
	once sync.Once
	open chan struct{}
}

func (o *opening) Accept() (net.Conn, error) {
	o.once.Do(func() { close(o.open) })
	return o.Listener.Accept()
}

// library is the SSH server with everything switched off that the shop does not need.
func (s *Server) library() (*ssh.Server, error) {
	server, err := wish.NewServer(
		wish.WithVersion("TickETCD"),
		wish.WithPublicKeyAuth(s.knowsKey),
		wish.WithKeyboardInteractiveAuth(func(ssh.Context, gossh.KeyboardInteractiveChallenge) bool { return true }),
		wish.WithMiddleware(func(ssh.Handler) ssh.Handler { return s.serve }),
		func(server *ssh.Server) error { server.AddHostKey(s.cfg.HostKey); return nil },
	)
	if err != nil {
		return nil, model.Wrap(model.CodeFailed, err, "the SSH server cannot be set up: %s", err)
	}
	server.ConnCallback = s.admit
	server.HandshakeTimeout = s.cfg.Limits.Handshake
	server.MaxTimeout = s.cfg.Limits.Longest + s.cfg.Limits.Grace + farewellPatience
	server.ServerConfigCallback = func(ssh.Context) *gossh.ServerConfig {
		return &gossh.ServerConfig{MaxAuthTries: maxOffers + 1}
	}
	server.ConnectionFailedCallback = func(conn net.Conn, err error) {
		s.log.Debug("a handshake failed", "address", conn.RemoteAddr().String(), "error", model.Clean(err.Error()))
	}
	server.ChannelHandlers = map[string]ssh.ChannelHandler{"session": openSession}
	// Subsystems, such as sftp, get an explanation instead of a bare no, which clients put into puzzling words.
	server.SubsystemHandlers = map[string]ssh.SubsystemHandler{"default": s.serve}
	return server, nil
}
