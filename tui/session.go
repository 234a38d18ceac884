package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// Store is what the shop asks of a database. Its errors are [*model.Error] values, whose sentences are shown as they are.
type Store interface {
	Login(ctx context.Context, username, password string) (model.User, error)
	Register(ctx context.Context, r model.Registration) (model.User, error)
	// Buy places an order, once, however often it is sent with the same id. It calls inDoubt, if it has to, while it
	// finds out whether a first attempt went through.
	Buy(ctx context.Context, order model.Order, inDoubt func()) (model.Order, error)
	// DemoAccounts tells the well-known accounts that can still be used to have a look around.
	DemoAccounts(ctx context.Context) ([]model.Credentials, error)
}

// Config is what a session needs to know of the world.
type Config struct {
	Store    Store
	Live     *model.Live
	Now      func() time.Time
	Username string // fills the login form
	Notice   string // said on the first screen
	// Linger is how long good news stays on the screen, problems twice as long; 0 for five seconds.
	Linger time.Duration
}

// The smallest window in which the shop can be used, in cells.
const (
	minWidth  = 60
	minHeight = 20
)

// patience is how long a store verb other than buying may take.
const patience = 10 * time.Second

// settle is how long a session waits after a change before it draws, so that a burst of changes is one frame.
const settle = 15 * time.Millisecond

// Session is one person's view of the shop: the only model that Bubble Tea sees. It is used by one program.
type Session struct {
	cfg    Config
	ctx    context.Context // ends with the session; what runs off the loop ends with it
	theme  theme
	width  int
	height int
	stack  []screen // the last one has the keys
	shop   model.Shop
	me     model.User
	busy   string // what is under way, in words; empty if nothing is
	toast  toast
	aging  bool // a tick is under way that keeps the age of stale data honest
}

// New returns a session that opens at the login screen and ends with ctx.
func New(ctx context.Context, cfg Config) *Session {
	s := &Session{cfg: cfg, ctx: ctx, theme: newTheme(true)}
	s.stack = []screen{newLogin(s)}
	return s
}

type (
	// shopMsg says that there is a newer shop.
	shopMsg model.Shop
	// tickMsg says that time has passed.
	tickMsg struct{}
	// ageMsg says that what is stale has become a second older.
	ageMsg struct{}
)

// Init starts what a session listens to.
func (s *Session) Init() tea.Cmd {
	s.shop, _ = s.cfg.Live.Shop()
	cmds := []tea.Cmd{tea.RequestBackgroundColor, s.waitForShop(), everyMinute(), s.open(s.stack[0])}
	if s.cfg.Notice != "" {
		cmds = append(cmds, s.say(good, s.cfg.Notice))
	}
	return tea.Batch(cmds...)
}

// Update takes every message there is. No other part of the package sees one that is not its own.
func (s *Session) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		s.width, s.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		s.theme = newTheme(msg.IsDark())
	case tea.KeyPressMsg:
		return s, s.press(msg)
	case tea.PasteMsg:
		if l, ok := s.top().(listener); ok {
			cmd, _ := l.listen(s, msg)
			return s, cmd
		}
	case shopMsg:
		s.shop = model.Shop(msg)
		return s, tea.Batch(s.waitForShop(), s.age())
	case ageMsg:
		s.aging = false
		return s, s.age()
	case tickMsg:
		return s, everyMinute()
	case doneMsg:
		return s, s.done(msg)
	case doubtMsg:
		return s, s.say(doing, "Checking whether your order went through …")
	case fadeMsg:
		if msg.tag == s.toast.tag {
			s.toast.text = ""
		}
	case demoMsg:
		if l, ok := s.top().(*login); ok {
			l.demo = msg.accounts
		}
	}
	return s, nil
}

// waitForShop waits for a newer shop than the one that the session shows. It ends with the session.
func (s *Session) waitForShop() tea.Cmd {
	shown, ctx, live := s.shop, s.ctx, s.cfg.Live
	return func() tea.Msg {
		newest, changed := live.Shop()
		if newest == shown {
			select {
			case <-changed:
			case <-ctx.Done():
				return nil
			}
		}
		select {
		case <-time.After(settle):
		case <-ctx.Done():
			return nil
		}
		newest, _ = live.Shop()
		return shopMsg(newest)
	}
}

// age keeps a clock running while the data is stale, and only then.
func (s *Session) age() tea.Cmd {
	if !s.shop.Stale || s.aging {
		return nil
	}
	s.aging = true
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return ageMsg{} })
}

func everyMinute() tea.Cmd {
	return tea.Tick(time.Minute, func(time.Time) tea.Msg { return tickMsg{} })
}

// now is the wall-clock time by which events are over.
func (s *Session) now() time.Time { return model.WallClock(s.cfg.Now()) }

func (s *Session) top() screen { return s.stack[len(s.stack)-1] }

// open puts a screen on top of the others.
func (s *Session) open(next screen) tea.Cmd {
	if len(s.stack) == 0 || s.top() != next {
		s.stack = append(s.stack, next)
	}
	if o, ok := next.(opener); ok {
		return o.opened(s)
	}
	return nil
}

// home closes all screens and opens another one.
func (s *Session) home(first screen) tea.Cmd {
	s.stack = nil
	return s.open(first)
}

// back closes the top screen, but never the last one.
func (s *Session) back() tea.Cmd {
	if len(s.stack) > 1 {
		s.stack = s.stack[:len(s.stack)-1]
	}
	return nil
}

// close closes a screen wherever it is in the stack, with everything above it.
func (s *Session) close(done screen) {
	for i, sc := range s.stack {
		if sc == done && i > 0 {
			s.stack = s.stack[:i]
			return
		}
	}
}

// quit ends the session, unless an order is under way whose fate the person would not learn.
func (s *Session) quit() tea.Cmd {
	if s.busy == "" {
		return tea.Quit
	}
	if _, asked := s.top().(*confirm); asked {
		return tea.Quit
	}
	return s.open(&confirm{
		question: "Still busy: " + s.busy + ".\nIf you leave now you will not see how it ends.",
		yes:      "leave now", no: "stay",
		deed: func() tea.Cmd { return tea.Quit },
	})
}

// press turns a key into a deed: a text field first, then the screen's actions, then those that every screen has.
func (s *Session) press(msg tea.KeyPressMsg) tea.Cmd {
	if l, ok := s.top().(listener); ok && l.typing() {
		if cmd, used := l.listen(s, msg); used {
			return cmd
		}
	}
	for _, actions := range [][]action{s.top().actions(s), s.common(s.top())} {
		a, ok := find(actions, msg)
		if !ok {
			continue
		}
		if a.why != "" {
			return s.say(warning, a.why)
		}
		return a.do()
	}
	return nil
}

// common are the actions that every screen has besides its own.
func (s *Session) common(of screen) []action {
	l, ok := of.(listener)
	typing := ok && l.typing()
	helpKeys, quitKeys := []string{"?", "f1"}, []string{"q", "ctrl+c"}
	if typing {
		helpKeys, quitKeys = helpKeys[1:], quitKeys[1:]
	}
	common := []action{on(helpKeys, "help", func() tea.Cmd { return s.open(&help{about: of}) })}
	if len(s.stack) > 1 && of != s.stack[0] {
		common = append(common, on([]string{"esc"}, "back", s.back))
	}
	return append(common, on(quitKeys, "quit", s.quit))
}
