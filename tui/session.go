package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/ticketcd/ticketcd/model"
)

// Config is what a session needs to know of the world.
type Config struct {
	Store    Store
	Machine  Machine // where members of the cluster run that an admin may stop and start; nil where that is not ours to do
	Files    Files   // where an admin may save snapshots; nil for people who are not at this machine
	Fill     string  // the command that puts events into the shop; empty for people who are not at this machine
	Live     *model.Live
	Now      func() time.Time
	Username string // fills the login form
	// User is somebody who has proved who they are before the session began; without a name, nobody.
	User    model.User
	SSHKeys []model.SSHKey // that are at hand, to be linked to the account
	// Sessions are all of the process, which are drawn for news the less often the more look at what changes; nil where there
	// is only this one.
	Sessions *Sessions
	// Failed is told of each error that the person is told of; nil for nobody. It must not wait.
	Failed func(err error)
	Notice string // said on the first screen
	// Linger is how long good news stays on the screen, problems twice as long; 0 for five seconds.
	Linger time.Duration
	// Glow is how long a count that has just fallen is marked, at most; 0 for a second.
	Glow  time.Duration
	Quiet bool // send no notifications to the terminal itself
	Mouse bool // listen to the mouse
	Keys  Keymap
	// Theme is one of [Themes]; empty for the first of them.
	Theme string
	// ASCII is for terminals that can show nothing else.
	ASCII bool
	// Still is for people whom movement disturbs: nothing on the screen moves or goes by itself. What is said stays until
	// the next key.
	Still bool
}

// patience is how long a store verb other than buying may take.
const patience = 10 * time.Second

// Session is one person's view of the shop: the only model that Bubble Tea sees. It is used by one program.
type Session struct {
	cfg       Config
	ctx       context.Context // ends with the session; what runs off the loop ends with it
	theme     theme
	dark      bool                 // what the theme is for
	colours   colorprofile.Profile // how many the terminal can show
	width     int
	height    int
	stack     []screen // the last one has the keys
	shop      model.Shop
	me        model.User
	mine      *mine           // likewise, for those who wait beside the loop
	person    *model.Person   // my own records; nobody's before the login
	seen      map[string]bool // the events whose notifications I have looked at since they fired
	unmarked  []string        // those of them of which the store does not know it yet
	here      context.Context // ends when I log out, and what is done for me with it
	leave     func()          // logs out
	cluster   model.Cluster   // as an admin's screen last saw it
	machine   machineState    // likewise
	notices   *notices        // as they were left; nil before they are first opened
	profile   *profile        // likewise
	members   *members        // likewise
	console   *console        // likewise
	manage    *manage         // likewise
	sales     *sales          // likewise
	busy      string          // what is under way, in words; empty if nothing is
	underWay  string          // what was said of it last
	deeds     int             // how many deeds were begun; the number of the last one
	doubted   int             // the number of the last one that was in doubt
	pressed   int             // how many keys the person has pressed, with what they pasted and clicked
	toast     toast
	clicked   click
	ending    ending
	glow      glow
	renewedAt time.Time // when the last newer shop came, by the clock of the machine
	drawn     tea.View  // what was drawn last
	due       bool      // it may look otherwise by now
	aging     bool      // a tick is under way that keeps the age of stale data honest

	acted []model.Happening // what was done to members from here, at the time of the look before
}

// New returns a session that opens at the login screen and ends with ctx.
func New(ctx context.Context, cfg Config) *Session {
	s := &Session{
		cfg: cfg, ctx: ctx, theme: newTheme(cfg.Theme != themeLight, colorprofile.TrueColor), dark: cfg.Theme != themeLight,
		person: model.NewPerson(""), here: ctx, leave: func() {}, mine: &mine{}, due: true,
	}
	s.stack = []screen{newLogin(s)}
	cfg.Sessions.join(s)
	return s
}

type (
	// shopMsg says that there is a newer shop.
	shopMsg model.Shop
	// tickMsg says that time has passed.
	tickMsg struct{}
	// ageMsg says that what is stale has become a second older.
	ageMsg struct{}
	// delivery is what somebody asked for, off the loop, and takes back on it.
	delivery interface{ arrive(s *Session) tea.Cmd }
	// news is a delivery after which there is nothing more to do than to draw.
	news interface{ take(s *Session) }
)

// Init starts what a session listens to.
func (s *Session) Init() tea.Cmd {
	s.shop, _ = s.cfg.Live.Shop()
	cmds := []tea.Cmd{tea.RequestBackgroundColor, s.waitForShop(false), s.after(time.Minute, tickMsg{}), s.open(s.stack[0])}
	if s.cfg.User.Username != "" {
		cmds = append(cmds, s.enter(s.cfg.User), s.say(good, greeting("Welcome back", s.cfg.User)))
	}
	if s.cfg.Notice != "" {
		cmds = append(cmds, s.say(good, s.cfg.Notice))
	}
	return tea.Batch(cmds...)
}

// Update takes every message there is. No other part of the package sees one that is not its own.
func (s *Session) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := s.react(msg)
	return s, tea.Batch(cmd, s.markRead())
}

// react does what a message asks for.
func (s *Session) react(msg tea.Msg) tea.Cmd {
	switch msg.(type) {
	case shopMsg, glowMsg: // these tell for themselves
	default:
		s.due = true
	}
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		s.width, s.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		if s.cfg.Theme == "" || s.cfg.Theme == themeAuto {
			s.dark = msg.IsDark()
			s.theme = newTheme(s.dark, s.colours)
		}
	case tea.ColorProfileMsg:
		s.colours = msg.Profile
		s.theme = newTheme(s.dark, s.colours)
	case tea.KeyPressMsg, tea.MouseMsg, tea.PasteMsg:
		return tea.Batch(s.noticed(), s.input(msg))
	case shopMsg:
		return s.renew(model.Shop(msg))
	case ageMsg:
		s.aging = false
		return s.age()
	case tickMsg:
		return s.after(time.Minute, tickMsg{})
	case glowMsg:
		return s.dim()
	case Closing:
		return s.finish(msg)
	case doneMsg:
		return s.done(msg)
	case doubtMsg:
		return s.doubt(msg)
	case fadeMsg:
		if msg.tag == s.toast.tag {
			s.hush()
		}
	case delivery:
		return msg.arrive(s)
	case news:
		msg.take(s)
	}
	return nil
}

// input is what the person does.
func (s *Session) input(msg tea.Msg) tea.Cmd {
	switch msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg, tea.MouseClickMsg:
		s.pressed++
	}
	if s.tooSmall() {
		return s.unseen(msg)
	}
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
	before, said := s.shop, s.toast
	s.shop, s.renewedAt = shop, time.Now()
	var cmds []tea.Cmd
	for _, open := range s.stack {
		if r, ok := open.(renewer); ok {
			r.renewed(s)
		}
		if r, ok := open.(rereader); ok {
			cmds = append(cmds, r.reread(s))
		}
	}
	cmds = append(cmds, s.age(), s.notice(), s.tellMoves(before.Catalogue), s.changed(before.Catalogue))
	if l, ok := s.stack[0].(*login); ok {
		cmds = append(cmds, l.askAgain(s))
	}
	sees := s.toast != said || !s.looksLike(before)
	s.due = s.due || sees
	s.cfg.Sessions.note(s, sees)
	return tea.Batch(append(cmds, s.waitForShop(sees))...)
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

// press turns a key into a deed: a text field first, then the screen's actions, then those that every screen has.
func (s *Session) press(msg tea.KeyPressMsg) tea.Cmd {
	if s.cfg.Still {
		s.hush()
	}
	if l, ok := s.top().(listener); ok && l.typing() {
		if cmd, used := l.listen(s, msg); used {
			return cmd
		}
	}
	own, common := s.actionsOf(s.top())
	return s.strike(msg, own, common)
}

// strike does what a key stands for in the first table that has it.
func (s *Session) strike(msg tea.KeyPressMsg, tables ...[]action) tea.Cmd {
	for _, actions := range tables {
		if a, ok := find(actions, msg); ok {
			return s.act(a)
		}
	}
	if msg.String() == suspendKey {
		return s.refuse(suspendKey + " is not supported here: " + quitKey + " leaves")
	}
	return nil
}

// suspendKey puts other programs into the background. This one may host the store of all who shop on this machine, or be a
// server's.
const suspendKey = "ctrl+z"

// act does what an action says, or says why it cannot be done now.
func (s *Session) act(a action) tea.Cmd {
	if a.why != "" {
		return s.refuse(a.why)
	}
	return a.do()
}
