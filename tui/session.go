package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// Config is what a session needs to know of the world.
type Config struct {
	Store    Store
	Live     *model.Live
	Now      func() time.Time
	Username string // fills the login form
	Notice   string // said on the first screen
	// Linger is how long good news stays on the screen, problems twice as long; 0 for five seconds.
	Linger time.Duration
	Quiet  bool // send no notifications to the terminal itself
	Mouse  bool // listen to the mouse
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
	cfg     Config
	ctx     context.Context // ends with the session; what runs off the loop ends with it
	theme   theme
	width   int
	height  int
	stack   []screen // the last one has the keys
	shop    model.Shop
	me      model.User
	person  *model.Person   // my own records; nobody's before the login
	here    context.Context // ends when I log out, and what is done for me with it
	leave   func()          // logs out
	cluster model.Cluster   // as an admin's screen last saw it
	busy    string          // what is under way, in words; empty if nothing is
	toast   toast
	clicked click
	aging   bool // a tick is under way that keeps the age of stale data honest
}

// New returns a session that opens at the login screen and ends with ctx.
func New(ctx context.Context, cfg Config) *Session {
	s := &Session{cfg: cfg, ctx: ctx, theme: newTheme(true), person: model.NewPerson(""), here: ctx, leave: func() {}}
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
	cmds := []tea.Cmd{tea.RequestBackgroundColor, s.waitForShop(), s.after(time.Minute, tickMsg{}), s.open(s.stack[0])}
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
	case tea.KeyPressMsg, tea.MouseMsg, tea.PasteMsg:
		return s, s.input(msg)
	case shopMsg:
		return s, s.renew(model.Shop(msg))
	case ageMsg:
		s.aging = false
		return s, s.age()
	case tickMsg:
		return s, s.after(time.Minute, tickMsg{})
	case doneMsg:
		return s, s.done(msg)
	case doubtMsg:
		return s, s.say(doing, "Checking whether your order went through …")
	case fadeMsg:
		if msg.tag == s.toast.tag {
			s.toast.text = ""
		}
	case demoMsg:
		if l, ok := s.stack[0].(*login); ok {
			l.demo = msg.accounts
		}
	case clusterMsg:
		return s, s.watched(msg)
	case historyMsg:
		msg.screen.history, msg.screen.historyErr = msg.history, msg.err
		msg.screen.renewed(s)
	}
	return s, nil
}

// input is what the person does.
func (s *Session) input(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return s.press(msg)
	case tea.MouseMsg:
		return s.mouse(msg)
	}
	if l, ok := s.top().(listener); ok {
		cmd, _ := l.listen(s, msg)
		return cmd
	}
	return nil
}

// renew takes a newer shop, and shows it to the screens that want to see every one.
func (s *Session) renew(shop model.Shop) tea.Cmd {
	s.shop = shop
	for _, open := range s.stack {
		if r, ok := open.(renewer); ok {
			r.renewed(s)
		}
	}
	cmds := []tea.Cmd{s.waitForShop(), s.age(), s.notice()}
	if l, ok := s.stack[0].(*login); ok {
		cmds = append(cmds, l.askAgain(s))
	}
	return tea.Batch(cmds...)
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
	return s.after(time.Second, ageMsg{})
}

// after sends a message when some time has passed. Unlike the library's tick it ends with the session.
func (s *Session) after(d time.Duration, msg tea.Msg) tea.Cmd {
	ctx := s.ctx
	return func() tea.Msg {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return msg
		case <-ctx.Done():
			return nil
		}
	}
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
		return s.act(a)
	}
	return nil
}

// act does what an action says, or says why it cannot be done now.
func (s *Session) act(a action) tea.Cmd {
	if a.why != "" {
		return s.say(warning, a.why)
	}
	return a.do()
}

// common are the actions that every screen has besides its own.
func (s *Session) common(of screen) []action {
	if _, isBox := of.(overlay); isBox {
		return s.commonOfBox(of)
	}
	l, ok := of.(listener)
	typing := ok && l.typing()
	helpKeys, quitKeys := []string{"?", "f1"}, []string{"q", "ctrl+c"}
	if typing {
		helpKeys, quitKeys = helpKeys[1:], quitKeys[1:]
	}
	common := []action{bind(helpKeys, "help", func() tea.Cmd { return s.open(&help{about: of}) })}
	common = append(common, s.elsewhere(of, typing)...)
	if len(s.stack) > 1 && of != s.stack[0] {
		common = append(common, bind([]string{"esc"}, "back", s.back))
	}
	return append(common, bind(quitKeys, "quit", s.quit))
}

// commonOfBox are the few actions of a box over a screen.
func (s *Session) commonOfBox(screen) []action {
	return []action{bind([]string{"esc"}, "back", s.back), bind([]string{"ctrl+c"}, "quit", s.quit)}
}

// elsewhere are the ways to the other parts of the shop, for somebody who is logged in.
func (s *Session) elsewhere(of screen, typing bool) []action {
	if s.me.Username == "" {
		return nil
	}
	palette := []string{":", "ctrl+p"}
	if typing {
		palette = palette[1:]
	}
	actions := []action{
		bind(palette, "all commands", func() tea.Cmd { return s.open(newPalette(s, of)) }).inHelp(),
		bind([]string{"/"}, "search", s.toSearch).inHelp(),
		bind([]string{"f2"}, "notifications", func() tea.Cmd { return s.goTo(&notices{}) }).inHelp(),
		bind([]string{"f3"}, "profile and orders", func() tea.Cmd { return s.goTo(&profile{}) }).inHelp(),
	}
	if s.me.Role == model.RoleAdmin {
		actions = append(actions, bind([]string{"f4"}, "cluster", func() tea.Cmd { return s.goTo(&members{}) }).inHelp())
	}
	return actions
}

// toSearch goes to the search field from anywhere.
func (s *Session) toSearch() tea.Cmd {
	s.stack = s.stack[:1]
	if home, ok := s.top().(*search); ok {
		return home.enterField()
	}
	return nil
}

// goTo opens a part of the shop above the home screen, unless it is open already.
func (s *Session) goTo(part screen) tea.Cmd {
	if s.top().title(s) == part.title(s) {
		return nil
	}
	s.stack = s.stack[:1]
	return s.open(part)
}
