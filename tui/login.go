package tui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// login asks who you are.
type login struct {
	form
	out    string              // why somebody was logged out who did not ask for it; empty if nobody was
	asked  int                 // how many events there were when the hint was asked for
	asking bool                // the hint is being asked for, or was a moment ago
	demo   []model.Credentials // accounts to look around with, while there are any
}

// hintRest is how long a login screen waits before it asks for the hint again: hundreds of strangers may be looking on while
// the shop is being filled, and each answer is a read of the database.
const hintRest = 3 * time.Second

const (
	loginUsername = iota
	loginPassword
)

func newLogin(s *Session) *login {
	l := &login{form: newForm(
		newField("User name", "as you registered it", func(text string) error {
			if strings.TrimSpace(text) == "" {
				return model.Errorf(model.CodeUsage, "please enter your user name")
			}
			return nil
		}),
		newSecret("Password", "", func(text string) error {
			if text == "" {
				return model.Errorf(model.CodeUsage, "please enter your password")
			}
			return nil
		}),
	)}
	if s.cfg.Username != "" {
		l.set(loginUsername, s.cfg.Username)
		l.move(1)
	}
	return l
}

type (
	// demoMsg brings the accounts that anybody may use; none where they are not known.
	demoMsg struct {
		asker    *login
		accounts []model.Credentials
	}
	// restedMsg says that the hint may be asked for again.
	restedMsg struct{ asker *login }
)

func (msg demoMsg) arrive(s *Session) tea.Cmd {
	msg.asker.demo = msg.accounts
	if len(msg.accounts) > 0 {
		return nil
	}
	return s.after(hintRest, restedMsg{msg.asker})
}

func (msg restedMsg) arrive(s *Session) tea.Cmd {
	msg.asker.asking = false
	if s.stack[0] != msg.asker {
		return nil
	}
	return msg.asker.askAgain(s)
}

// askAgain asks for the hint once more while the shop is being filled: the accounts may have come meanwhile.
func (l *login) askAgain(s *Session) tea.Cmd {
	if len(l.demo) > 0 || l.asked == s.shop.Catalogue.Len() {
		return nil
	}
	return l.opened(s)
}

func (l *login) opened(s *Session) tea.Cmd {
	if l.asking {
		return nil
	}
	l.asking, l.asked = true, s.shop.Catalogue.Len()
	parent, store := s.ctx, s.cfg.Store
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, patience)
		defer cancel()
		accounts, err := store.DemoAccounts(ctx)
		if err != nil {
			accounts = nil // only a hint is missing; logging in will say what is the matter
		}
		return demoMsg{l, accounts}
	}
}

func (l *login) title(*Session) string { return "Log in" }

func (l *login) actions(s *Session) []action {
	actions := l.form.actions("log in", s.stillBusy(), func() tea.Cmd { return l.submit(s) })
	if s.cfg.Username != "" && l.focus == loginPassword { // where the cursor began: nobody has come by the name
		actions[2] = bind([]string{"up", "shift+tab"}, "name", actions[2].do).called("field-before").around()
	}
	return append(actions,
		bind([]string{"ctrl+r"}, "new account", func() tea.Cmd { return s.open(newRegister(l.value(loginUsername))) }))
}

func (l *login) submit(s *Session) tea.Cmd {
	store := s.cfg.Store
	username, password := strings.TrimSpace(l.value(loginUsername)), l.value(loginPassword)
	return s.do("Logging in", patience, func(ctx context.Context) (string, func() tea.Cmd, error) {
		user, err := store.Login(ctx, username, password)
		if err != nil {
			return "", func() tea.Cmd { l.set(loginPassword, ""); return nil }, err
		}
		return greeting("Welcome back", user), func() tea.Cmd { return s.enter(user) }, nil
	})
}

// enter opens the shop for somebody who has proved who they are.
func (s *Session) enter(user model.User) tea.Cmd {
	here, leave := context.WithCancel(s.ctx)
	s.me, s.person, s.here, s.leave = user, model.NewPerson(user.Username), here, leave
	s.seen = map[string]bool{}
	s.mine.is(user.Username)
	s.cfg.Store.Attend(here, user.Username)
	s.shop, _ = s.cfg.Live.Shop() // what did not concern a stranger, and the records of somebody who is here already
	return tea.Batch(s.home(newSearch()), s.notice())
}

// goodbye logs out, and says so.
func (s *Session) goodbye() tea.Cmd { return tea.Batch(s.logOut(), s.say(good, "You are logged out")) }

// putOut logs out somebody who did not ask for it, whatever is open, and says why. What is under way is finished, and how it
// ended is said until they are back.
func (s *Session) putOut(why string) tea.Cmd {
	cmd := s.logOut()
	if l, ok := s.top().(*login); ok {
		l.out = why
	}
	if s.busy != "" {
		s.doubted = s.deeds
		s.hush() // says again what is under way
	}
	return cmd
}

// logOut goes back to the login screen. What was said to one is not for whoever sits down next.
func (s *Session) logOut() tea.Cmd {
	s.leave()
	s.mine.is("")
	s.me, s.person, s.here = model.User{}, model.NewPerson(""), s.ctx
	s.notices, s.profile, s.members, s.console, s.manage, s.sales = nil, nil, nil, nil, nil, nil
	s.toast.text = ""
	return s.home(newLogin(s))
}

func greeting(words string, user model.User) string {
	if user.Name == "" {
		return words
	}
	return words + ", " + user.Name
}

func (l *login) view(s *Session, width, height int) string {
	t := s.theme
	const column = 52
	name := spread(t.accent.bold().Render("T i c k E T C D"), t.faint.Render("admit one"), column)
	account := t.faint.Render("No account yet? ") + t.keys.Render(s.keyOf("new-account", "ctrl+r")) + t.faint.Render(" makes one.")
	form := strings.Split("\n"+l.form.view(t, column), "\n")
	greeting := t.faint.Render("Tickets for everything, counted live.")
	if l.out != "" {
		greeting = t.warning.Render("! " + l.out + ".")
	}
	// The place is kept while the hint is not known yet, so that nothing jumps when it comes.
	hint, heading := l.demoHint(), ""
	if hint != "" {
		heading = l.demoHeading()
	}
	return centred(ticket(t, column, []string{name, greeting}, form, []string{account})+
		"\n\n  "+t.faint.Render(heading)+"\n  "+t.faint.Render(hint), width, height)
}

func (l *login) demoHeading() string {
	if len(l.demo) == 1 {
		return "Only looking? This account is open to all:"
	}
	return "Only looking? These accounts are open to all:"
}

func (l *login) demoHint() string {
	var accounts []string
	for _, a := range l.demo {
		accounts = append(accounts, model.Clean(a.Username+" / "+a.Password))
	}
	return strings.Join(accounts, "    ")
}
