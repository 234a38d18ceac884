package tui_test

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// patience is how long a story waits for what a person should see. Nothing waits that long unless it fails.
const patience = 20 * time.Second

// opening is the day on which all stories play.
var opening = time.Date(2027, 3, 1, 9, 30, 0, 0, time.UTC)

// shop is a real shop for one story: an etcd cluster, a store, and a catalogue that follows it.
type shop struct {
	t         *testing.T
	store     *etcdstore.Store
	live      *model.Live
	endpoints []string
}

// openShop opens a shop that holds records, and waits until its catalogue has loaded.
func openShop(t *testing.T, records ...model.Record) *shop {
	t.Helper()
	local, err := cluster.Join(t.Context(), cluster.Config{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, local.Close()) })
	return openShopAt(t, []string{local.Endpoint()}, records...)
}

// openShopAt opens a shop that holds records in a cluster that runs.
func openShopAt(t *testing.T, endpoints []string, records ...model.Record) *shop {
	t.Helper()
	s := &shop{t: t, endpoints: endpoints}
	s.store = s.connect()
	_, err := s.store.Load(t.Context(), records, etcdstore.LoadOptions{})
	require.NoError(t, err)
	s.live = s.follow(s.store)
	return s
}

// anotherProcess connects to the shop's etcd as a process of its own would: with its own client and its own watch.
func (s *shop) anotherProcess() (*etcdstore.Store, *model.Live) {
	s.t.Helper()
	store := s.connect()
	return store, s.follow(store)
}

func (s *shop) connect() *etcdstore.Store {
	s.t.Helper()
	store, err := etcdstore.Open(s.t.Context(), etcdstore.Config{
		Endpoints: s.endpoints, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return opening },
	})
	require.NoError(s.t, err)
	s.t.Cleanup(func() { require.NoError(s.t, store.Close()) })
	return store
}

// follow keeps a catalogue up to date for the rest of the story, and waits until it has loaded.
func (s *shop) follow(store *etcdstore.Store) *model.Live {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	live := model.NewLive()
	var following sync.WaitGroup
	following.Go(func() { store.Follow(ctx, live) })
	s.t.Cleanup(func() {
		cancel()
		following.Wait()
	})
	timeout := time.After(patience)
	for {
		shop, changed := live.Shop()
		if shop.Loaded {
			return live
		}
		select {
		case <-changed:
		case <-timeout:
			require.Fail(s.t, "the shop does not load")
		}
	}
}

// audit checks that nothing was oversold, lost or doubled.
func (s *shop) audit() {
	s.t.Helper()
	report, err := s.store.Audit(s.t.Context())
	require.NoError(s.t, err)
	require.Empty(s.t, report.Violations)
}

// person is somebody at a keyboard, in front of the real program without a terminal.
type person struct {
	t       *testing.T
	name    string
	program *tea.Program
	frames  *frames
	ended   chan error
	end     func()   // ends the session, as the end of the program's process would
	seen    []string // what the story says that the person sees
}

// sits puts a person in front of the shop, at a window of 80 by 24.
func (s *shop) sits(name string) *person { return s.sitsAt(name, 80, 24) }

func (s *shop) sitsAt(name string, width, height int) *person {
	return sit(s.t, name, tui.Config{Store: s.store, Live: s.live}, width, height)
}

func sit(t *testing.T, name string, cfg tui.Config, width, height int) *person {
	t.Helper()
	if cfg.Now == nil {
		cfg.Now = func() time.Time { return opening }
	}
	cfg.Linger, cfg.Glow = cmp.Or(cfg.Linger, time.Hour), cmp.Or(cfg.Glow, time.Hour) // a slow machine sees what a fast one sees
	ctx, cancel := context.WithCancel(context.Background())
	p := &person{t: t, name: name, frames: newFrames(), ended: make(chan error, 1)}
	p.program = tea.NewProgram(watched{tui.New(ctx, cfg), p.frames},
		tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithoutSignals(),
		tea.WithWindowSize(width, height), tea.WithColorProfile(colorprofile.TrueColor))
	go func() {
		_, err := p.program.Run()
		p.ended <- err
	}()
	p.end = cancel
	t.Cleanup(func() {
		cancel()
		p.expectedEverything()
	})
	return p
}

// mayBeTold says that it depends on the moment whether the person is told something.
func (p *person) mayBeTold(text string) *person {
	p.seen = append(p.seen, text)
	return p
}

// expectedEverything fails the story if a problem was told on the screen that the story does not speak of.
func (p *person) expectedEverything() {
	p.t.Helper()
	for _, told := range p.frames.problems() {
		expected := slices.ContainsFunc(p.seen, func(text string) bool { return strings.Contains(told, strings.TrimPrefix(text, "! ")) })
		require.True(p.t, expected, "%s was told, and the story says nothing of it: %s", p.name, told)
	}
}

// watched is the session with every frame that it draws told to the test.
type watched struct {
	*tui.Session
	frames *frames
}

func (w watched) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := w.Session.Update(msg)
	return w, cmd
}

func (w watched) View() tea.View {
	view := w.Session.View()
	w.frames.publish(view.Content)
	return view
}

// frames is the newest frame of a program, a way to wait for the next one, and all problems that were ever told.
type frames struct {
	mu      sync.Mutex
	newest  string
	changed chan struct{}
	told    map[string]bool
}

func newFrames() *frames { return &frames{changed: make(chan struct{}), told: map[string]bool{}} }

func (f *frames) problems() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(maps.Keys(f.told))
}

func (f *frames) publish(frame string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if frame == f.newest {
		return
	}
	f.newest = frame
	lines := strings.Split(ansi.Strip(frame), "\n")
	if last := len(lines) - 2; last > 0 {
		for _, sign := range []string{" ✗ ", " ! "} {
			if problem, ok := strings.CutPrefix(lines[last], sign); ok {
				f.told[strings.TrimSpace(problem)] = true
			}
		}
	}
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *frames) get() (string, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.newest, f.changed
}

// until waits for a frame of which something is true, and returns it.
func (p *person) until(what string, holds func(frame string) bool) string {
	p.t.Helper()
	return p.styled(what, func(frame string) bool { return holds(ansi.Strip(frame)) })
}

// styled is until for colours.
func (p *person) styled(what string, holds func(frame string) bool) string {
	p.t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		frame, changed := p.frames.get()
		if holds(frame) {
			return frame
		}
		select {
		case <-changed:
		case <-timeout.C:
			require.Failf(p.t, "waited in vain", "%s should see %s, but sees:\n%s", p.name, what, ansi.Strip(frame))
		}
	}
}

// sees waits until all texts stand on the screen.
func (p *person) sees(texts ...string) *person {
	p.t.Helper()
	p.seen = append(p.seen, texts...)
	p.until(strings.Join(texts, " and "), func(frame string) bool {
		for _, text := range texts {
			if !strings.Contains(frame, text) {
				return false
			}
		}
		return true
	})
	return p
}

// seesNo waits until a text has gone from the screen.
func (p *person) seesNo(text string) *person {
	p.t.Helper()
	p.until("no "+text, func(frame string) bool { return !strings.Contains(frame, text) })
	return p
}

// row waits for a line of the screen with all texts in it.
func (p *person) seesRow(texts ...string) *person {
	p.t.Helper()
	p.until("a row with "+strings.Join(texts, " and "), func(frame string) bool {
		for line := range strings.Lines(frame) {
			found := true
			for _, text := range texts {
				found = found && strings.Contains(line, text)
			}
			if found {
				return true
			}
		}
		return false
	})
	return p
}

var specialKeys = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
	"left": tea.KeyLeft, "right": tea.KeyRight, "backspace": tea.KeyBackspace, "f1": tea.KeyF1, "f2": tea.KeyF2, "f3": tea.KeyF3, "f4": tea.KeyF4,
	"f5": tea.KeyF5, "f6": tea.KeyF6, "f7": tea.KeyF7, "delete": tea.KeyDelete,
	"pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp, "end": tea.KeyEnd,
}

// presses keys, named as the footer names them.
func (p *person) presses(keys ...string) *person {
	for _, name := range keys {
		msg := tea.KeyPressMsg{Text: name, Code: []rune(name)[0]}
		if code, ok := specialKeys[name]; ok {
			msg = tea.KeyPressMsg{Code: code}
		} else if name == "shift+tab" {
			msg = tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}
		} else if letter, ok := strings.CutPrefix(name, "ctrl+"); ok {
			msg = tea.KeyPressMsg{Code: []rune(letter)[0], Mod: tea.ModCtrl}
		}
		p.program.Send(msg)
	}
	return p
}

// types text, a key at a time.
func (p *person) types(text string) *person {
	for _, letter := range text {
		p.presses(string(letter))
	}
	return p
}

// logsIn at the login screen.
func (p *person) logsIn(username, password string) *person {
	p.t.Helper()
	p.sees("Log in")
	return p.types(username).presses("enter").types(password).presses("enter").sees("Search", "live")
}

// opens an event that is found by some words, from the search screen.
func (p *person) opens(words, name string) *person {
	p.t.Helper()
	p.presses("tab", "x", "/").types(words)
	p.seesRow("›", name)
	return p.presses("enter").sees(name, "esc back")
}

// leaves the shop and waits until the program has ended.
func (p *person) leaves() {
	p.t.Helper()
	p.presses("ctrl+c").hasLeft()
}

// hasLeft waits until the program has ended.
func (p *person) hasLeft() {
	p.t.Helper()
	select {
	case err := <-p.ended:
		require.NoError(p.t, err)
		p.end()
	case <-time.After(patience):
		require.Fail(p.t, p.name+" cannot leave")
	}
}
