package tui_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// deadStore refuses everything, at once: what is fuzzed is the screen.
type deadStore struct{ tui.Store }

func errDead() error { return model.Errorf(model.CodeUnavailable, "the store is away") }

func (deadStore) Login(context.Context, string, string) (model.User, error) {
	return model.User{}, errDead()
}

func (deadStore) Register(context.Context, model.Registration) (model.User, error) {
	return model.User{}, errDead()
}

func (deadStore) DemoAccounts(context.Context) ([]model.Credentials, error) { return nil, errDead() }
func (deadStore) Attend(context.Context, string)                            {}
func (deadStore) Buy(context.Context, model.Order, func()) (model.Order, error) {
	return model.Order{}, errDead()
}

func (deadStore) Cancel(context.Context, model.Order, func()) (model.Order, error) {
	return model.Order{}, errDead()
}
func (deadStore) SetFavourite(context.Context, string, string, bool) error { return errDead() }
func (deadStore) Notify(context.Context, model.Notification) (model.Notification, error) {
	return model.Notification{}, errDead()
}

func (deadStore) RemoveNotification(context.Context, string, string) error { return errDead() }
func (deadStore) MarkRead(context.Context, string, string) error           { return errDead() }

func (deadStore) ChangeDetails(context.Context, model.User, string, string) error { return errDead() }

func (deadStore) ChangePassword(context.Context, model.User, string, string) error { return errDead() }

func (deadStore) Keys(context.Context, string) ([]model.SSHKey, error) { return nil, errDead() }

func (deadStore) LinkKey(context.Context, model.User, model.SSHKey) error { return errDead() }

func (deadStore) UnlinkKey(context.Context, model.User, string) error { return errDead() }

func (deadStore) History(context.Context, string) (model.History, error) {
	return model.History{}, errDead()
}

func (deadStore) CheckAdmin(context.Context, string) error         { return nil }
func (deadStore) MoveLeader(context.Context, string, string) error { return errDead() }
func (deadStore) Defragment(context.Context, string, string) error { return errDead() }
func (deadStore) DisarmAlarms(context.Context, string) error       { return errDead() }
func (deadStore) WatchCluster(context.Context) *model.Board[model.Cluster] {
	return model.NewBoard(model.Cluster{Members: []model.Member{{ID: "1", Name: "m1"}, {ID: "2", Name: "m2"}}})
}

func (deadStore) Event(context.Context, string) (model.Event, error) { return model.Event{}, errDead() }

func (deadStore) CreateEvent(context.Context, string, model.EventDraft) (model.Event, error) {
	return model.Event{}, errDead()
}

func (deadStore) EditEvent(context.Context, string, model.Event, model.EventDraft) (model.Event, error) {
	return model.Event{}, errDead()
}

func (deadStore) Refunds(context.Context, string, string) (model.Refunds, error) {
	return model.Refunds{}, errDead()
}

func (deadStore) RemoveEvent(context.Context, string, string, bool) (model.Removal, error) {
	return model.Removal{}, errDead()
}

func (deadStore) QueryAs(context.Context, string, model.RawQuery) (model.Answer, error) {
	return model.Answer{}, errDead()
}

func (deadStore) WatchAs(context.Context, string, model.RawQuery, func(model.Answer)) error {
	return errDead()
}

func (deadStore) Effect(context.Context, string, model.RawQuery) (model.Effect, error) {
	return model.Effect{}, errDead()
}
func (deadStore) Queries(context.Context, string) ([]string, error)   { return nil, errDead() }
func (deadStore) RememberQuery(context.Context, string, string) error { return errDead() }

// checked is a session every frame of which is looked at.
type checked struct {
	*tui.Session
	t             *testing.T
	width, height int
}

func (c checked) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := c.Session.Update(msg)
	if _, ended := msg.(inputEnd); ended {
		return c, tea.Quit
	}
	return c, cmd
}

func (c checked) View() tea.View {
	view := c.Session.View()
	isHarmless(c.t, view.Content)
	lines := strings.Split(ansi.Strip(view.Content), "\n")
	require.LessOrEqual(c.t, len(lines), c.height, "%q", view.Content)
	for _, line := range lines {
		require.LessOrEqual(c.t, ansi.StringWidth(line), c.width, "%q", line)
	}
	return view
}

// inputEnd says that everything has been typed.
type inputEnd struct{}

// typed is what comes from a terminal, and calls over when it has been read.
type typed struct {
	io.Reader
	over func()
}

func (k *typed) Read(p []byte) (int, error) {
	n, err := k.Reader.Read(p)
	if err != nil {
		k.over()
	}
	return n, err
}

// stocked is a live shop that has events, some of them hostile, without a store.
func stocked() *model.Live {
	var changes []model.Change
	for _, r := range append(programme(), hostileRecords()...) {
		if key := model.ParseKey(r.Key); key.Family == model.FamilyTicket || key.Family == model.FamilyEvent {
			changes = append(changes, model.Change{Key: r.Key, Value: r.Value, Revision: 1})
		}
	}
	catalogue, _ := model.NewCatalogue().With(1, changes)
	live := model.NewLive()
	live.Publish(model.Shop{Catalogue: catalogue, Loaded: true})
	return live
}

// Whatever bytes come from a terminal, in front of the login screen, of the shop and of the admin's desk: no panic, every
// frame within the window, and nothing in it that a terminal would obey.
func FuzzKeyboard(f *testing.F) {
	for _, seed := range []string{
		"ann\tann-secret\r", "\x12\x1b[B\x1b[B", "\x1bOP\x1b\x1bOQ\x1bOR\tqq", "\x1b[200~\x1b[2J\x9b31m\u202eevil\x1b[201~", ":sort\r", "?jjjkk",
		"\x1b[<0;10;5M\x1b[<0;10;5m\x1b[<64;1;1M", "\x1b[97;5u\x1b[999999999u", "\x1b]11;rgb:ffff/ffff/ffff\x07", "\x1bP1+r524742=38\x1b\\",
		"\xff\xfe\x00\x80", "日本語👩\u200d🚀e\u0301\u0301", "\x1b[?2026;2$y\x1b[?1;2c\x1b[I\x1b[O", "\x1b[M !!", "\x0c\x10search\r", strings.Repeat("x", 300), "\t\rb9\x1b[C\x1b[C\r\r", "caf\t\rf\tn5\r\x1bOR\tc",
		"\x1b[15~\tj", "\x1b[17~n\tevil\t\t\x1b[B\r", "\x1b[17~\tje\x15x\x13", "\x1b[18~get \"\" --prefix\r", "\x1b[18~put a \x9b31m\r\ty",
		"\x1bOSw\r\x1b[B\rk", "\x1b[" + strings.Repeat("1;23;", 50), "\x1b[65;0;97;1;0;65535_", "\x9b" + strings.Repeat(":1", 50) + "m", "\x1b]11;" + strings.Repeat("x", 2000),
	} {
		for who := range byte(3) {
			f.Add([]byte(seed), who)
		}
	}
	live := stocked()
	f.Fuzz(func(t *testing.T, keys []byte, who byte) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		cfg := tui.Config{Store: deadStore{}, Live: live, Now: func() time.Time { return opening }, Mouse: true}
		switch who % 3 {
		case 1:
			cfg.User = model.User{Username: "ann", Name: "Ann", Role: model.RoleUser}
		case 2:
			cfg.User = model.User{Username: "boss", Name: "The Boss", Role: model.RoleAdmin}
			cfg.Files = folder{path: "/home/boss"}
		}
		var program *tea.Program
		input := &typed{strings.NewReader(string(keys)), func() { go program.Send(inputEnd{}) }}
		program = tea.NewProgram(checked{tui.New(ctx, cfg), t, 80, 24}, tea.WithContext(ctx), tea.WithInput(tui.NewKeyReader(input)), tea.WithOutput(io.Discard),
			tea.WithoutSignals(), tea.WithWindowSize(80, 24), tea.WithColorProfile(colorprofile.TrueColor))
		_, err := program.Run()
		require.NoError(t, err)
	})
}
