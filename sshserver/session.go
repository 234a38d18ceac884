package sshserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/ssh"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// MaxFPS is how often a second a session is drawn at most: half as often as in one's own terminal, because hundreds share the
// processor.
const MaxFPS = 30

// session is one person in the shop.
type session struct {
	ssh.Session
	server   *Server
	visit    *visit
	terminal terminal
	program  *tea.Program
	touched  chan struct{} // a key was pressed
	hangUp   func()        // ends it at once: nobody is there any more, or its time is over
	input    pace
	end      string // why the server ends it; written by watch alone
}

// serve is what happens on a session channel.
func (s *Server) serve(sess ssh.Session) {
	v := visitOf(sess.Context())
	v.turn.Lock() // whoever closes a session may begin the next one before this end of the first has noticed
	defer v.turn.Unlock()
	if !v.begin.Stop() {
		return
	}
	defer func() { v.wait(s.patience()) }()
	if v.used && s.connects.take(v.address) > 0 {
		s.cfg.Metrics.refused(whyConnectionRate)
		v.refuse(sess, "You come in too often. Please wait a minute.")
		_ = v.Close() //nolint:errcheck // it would only ask again
		return
	}
	v.used = true
	pty, _, has := sess.Pty()
	if !has || sess.RawCommand() != "" || sess.Subsystem() != "" {
		s.cfg.Metrics.refused(whyNoTerminal)
		v.refuse(sess, "This is a ticket shop for a terminal: it runs no commands and serves no files. Connect with ssh alone.")
		return
	}
	t := newTerminal(pty, sess.Environ())
	if why := s.sessions.enter(v.address); why != notFull {
		s.cfg.Metrics.refused(whySessions)
		v.refuse(sess, string(why))
		return
	}
	defer s.sessions.leave(v.address)
	s.run(&session{
		Session: sess, server: s, visit: v, terminal: t, touched: make(chan struct{}, 1),
		input: pace{rate: float64(s.cfg.Limits.Input)},
	})
}

// patience is how long a connection may stay on which no session is open.
func (s *Server) patience() time.Duration {
	if s.closing.Err() != nil {
		return farewellPatience
	}
	return s.cfg.Limits.Handshake
}

// run shows the shop until the session ends.
func (s *Server) run(sess *session) {
	began := s.cfg.Now()
	s.cfg.Metrics.began()
	store := &guarded{Store: s.cfg.Store, attempts: s.attempts, address: sess.visit.address, metrics: s.cfg.Metrics}
	ctx, cancel := context.WithCancel(sess.Context())
	defer cancel()
	sess.hangUp = cancel
	user := s.identify(sess)
	if user.Username != "" {
		store.is(user)
	}
	cfg := tui.Config{
		Store: store, Live: s.cfg.Live, Now: s.cfg.Now, Mouse: sess.terminal.mouse, ASCII: sess.terminal.ascii,
		Username: model.Excerpt(sess.User(), model.MaxUsername), User: user, SSHKeys: sess.visit.offered,
		Sessions: &s.shown, Failed: s.cfg.Metrics.failed,
	}
	shop, options := sess.shows(ctx, cfg)
	safe := &contained{shop: shop, log: func(why any, stack string) {
		s.log.Error("a session broke", "address", sess.visit.address, "account", model.Clean(store.who()), "error", why, "stack", stack)
	}}
	sess.program = tea.NewProgram(safe, options...)
	safe.quit = sess.program.Quit
	var watching sync.WaitGroup
	if !sess.terminal.dumb {
		go sess.types(ctx, safe)
	}
	watching.Go(func() { sess.watch(ctx) })
	watching.Go(func() { sess.resize(ctx) })
	said := make(chan struct{})
	defer close(said)
	go sess.visit.cutOff(ctx, said)
	_, err := sess.program.Run()
	gone := ctx.Err() != nil
	cancel()
	watching.Wait()
	end := sess.end
	switch {
	case safe.broken.Load() || errors.Is(err, tea.ErrProgramPanic):
		end = endBroke
	case end != "":
	case gone || err != nil:
		end = endGone
	default:
		end = endLeft
	}
	sess.farewell(end, lastWords(shop.LastWords(), shop.Unfinished()))
	s.cfg.Metrics.ended(end)
	s.log.Info("session", "address", sess.RemoteAddr().String(), "user", model.Excerpt(sess.User(), 60),
		"account", model.Clean(store.who()), "key", user.Username != "", "seconds", int(s.cfg.Now().Sub(began).Seconds()),
		"in", sess.visit.in.Load(), "out", sess.visit.out.Load(), "end", end)
}

// shop is what a person sees, or hears.
type shop interface {
	tea.Model
	LastWords() string
	Unfinished() string
}

// shows chooses how the shop is shown: on a screen or, where the terminal has none, line by line.
func (s *session) shows(ctx context.Context, cfg tui.Config) (shop, []tea.ProgramOption) {
	options := []tea.ProgramOption{tea.WithContext(ctx), tea.WithoutSignalHandler()}
	if s.terminal.dumb {
		keys := newKeyboard(s)
		return tui.NewPlain(ctx, cfg, tui.Lines{In: keys, Out: s, Secret: keys.Secret, Prompt: true}),
			append(options, tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithoutRenderer())
	}
	s.askForColours()
	return tui.New(ctx, cfg), append(options, tea.WithInput(silence(ctx.Done())), tea.WithOutput(s), tea.WithEnvironment(s.terminal.env),
		tea.WithColorProfile(s.terminal.profile), tea.WithWindowSize(s.terminal.size.Width, s.terminal.size.Height), tea.WithFPS(MaxFPS))
}

// askForColours asks a terminal that may have more colours than its name says; its answer comes as input. Terminals that
// do not know the question may print it, so it is wiped away.
func (s *session) askForColours() {
	if s.terminal.profile == colorprofile.ANSI256 {
		defer s.visit.unlessHeard()()
		_, _ = fmt.Fprint(s, ansi.RequestTermcap("RGB")+"\r"+ansi.EraseLineRight) //nolint:errcheck // the client is gone then
	}
}

// Read reads keys, no faster than a person types, and notes that somebody is there. Where no key can come any more the
// session ends, even if the connection stays.
func (s *session) Read(p []byte) (int, error) {
	n, err := s.Session.Read(p)
	if err != nil {
		s.hangUp()
		return n, err
	}
	select {
	case s.touched <- struct{}{}:
	default:
	}
	s.visit.rest(s.input.wait(n, time.Now()))
	return n, err
}

// types tells the program what is typed, until the connection ends. Bubble Tea would read keys itself, but its reader waits
// for ever for a program that ends while a key is on the way, and holds all of the session until then: anybody could fill
// the memory with sessions that are cut off. And here a panic of the reader's ends that session and nothing else.
func (s *session) types(ctx context.Context, safe *contained) {
	events := make(chan uv.Event)
	go func() {
		defer close(events)
		defer safe.breaks()
		keys := uv.NewTerminalReader(tui.NewKeyReader(s), s.terminal.name)
		_ = keys.StreamEvents(ctx, events) //nolint:errcheck // it is over
	}()
	for event := range events {
		s.program.Send(event)
	}
}

// silence is an input from which nothing comes, until it ends.
type silence <-chan struct{}

// Read implements io.Reader.
func (s silence) Read([]byte) (int, error) {
	<-s
	return 0, io.EOF
}

// watch ends the session when its time is up. It never waits for the program, which may itself be waiting for a client
// that does not read.
func (s *session) watch(ctx context.Context) {
	limits := s.server.cfg.Limits
	idle, longest := time.NewTimer(limits.Idle), time.NewTimer(limits.Longest)
	defer idle.Stop()
	defer longest.Stop()
	closing := s.server.closing.Done()
	var grace <-chan time.Time // running once the session has to end
	end := func(why string) {
		if s.end == "" {
			s.end = why
			go s.program.Send(tui.Closing{Words: parting(why, limits)})
			grace = time.After(limits.Grace)
		}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.touched:
			idle.Reset(limits.Idle)
		case <-idle.C:
			end(endIdle)
		case <-longest.C:
			end(endLongest)
		case <-closing:
			closing = nil
			end(endShutdown)
		case <-grace:
			s.hangUp() // the connection stays for the farewell
			return
		}
	}
}

// resize tells the program of new sizes, one a frame at most: each is a whole screen.
func (s *session) resize(ctx context.Context) {
	frame := time.NewTimer(0)
	defer frame.Stop()
	for {
		select {
		case size := <-s.visit.windows:
			s.terminal.size = size // for the farewell
			s.program.Send(size)
		case <-ctx.Done():
			return
		}
		frame.Reset(time.Second / MaxFPS)
		select {
		case <-frame.C:
		case <-ctx.Done():
			return
		}
	}
}
