package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// screen is one page of the shop. It keeps only what the person chose on it (a cursor, a filter, a focus); everything
// else it derives from the session when it draws.
type screen interface {
	// title names the screen in the header.
	title(s *Session) string
	// actions are the keys that mean something now, the most useful first.
	actions(s *Session) []action
	// view draws the screen into width by height cells.
	view(s *Session, width, height int) string
}

// opener is a screen that has something to do when it is opened.
type opener interface {
	opened(s *Session) tea.Cmd
}

// listener is a screen with text fields. While it is typing, keys that make text go to it and not to the actions.
type listener interface {
	typing() bool
	// listen takes a key or a paste, and says whether it used it.
	listen(s *Session, msg tea.Msg) (tea.Cmd, bool)
}

// renewer is a screen that looks at every new shop, even while another one covers it.
type renewer interface {
	renewed(s *Session)
}

// rereader is a screen that may have to ask the store again when there is a new shop.
type rereader interface {
	reread(s *Session) tea.Cmd
}

// glancer is a screen that can tell, sooner than it draws, whether it would draw the same from a newer catalogue.
type glancer interface {
	looksLike(s *Session, before *model.Catalogue) bool
}

// adminScreen is a screen for admins only: somebody who is demoted loses it at once.
type adminScreen interface {
	forAdmins()
}

// keeper is a screen on which somebody may have typed what is not saved yet.
type keeper interface {
	// unsaved says what would be lost if the screen were closed now; empty if nothing.
	unsaved(s *Session) string
}

// overlay is a screen that is drawn as a box over the one below.
type overlay interface {
	overlay()
}

// action is a key binding with its deed: what it does, in words, and the reason if it cannot be done now.
type action struct {
	binding key.Binding
	do      func() tea.Cmd
	why     string // why not now; empty if it can be done
	quiet   bool   // stands in the help but not in the footer
	motion  bool   // only moves about: no command that somebody would look for
	round   bool   // goes on at the other end
	name    string // by which a Keymap knows it; empty for its words
	fixed   bool   // its keys cannot be changed
}

// bind makes an action for keys, named as the first of them.
func bind(keys []string, words string, do func() tea.Cmd) action {
	return action{binding: key.NewBinding(key.WithKeys(keys...), key.WithHelp(keyName(keys[0]), words)), do: do}
}

// named gives the keys another name, such as "↑↓".
func (a action) named(name string) action {
	a.binding.SetHelp(name, a.binding.Help().Desc)
	return a
}

// called gives the action a name for keymaps, where its words change.
func (a action) called(name string) action {
	a.name = name
	return a
}

// saying words the action otherwise; keymaps know it as before.
func (a action) saying(words string) action {
	a.name = a.id()
	a.binding.SetHelp(a.binding.Help().Key, words)
	return a
}

// always keeps the action on its keys, whatever a keymap says.
func (a action) always() action {
	a.fixed = true
	return a
}

// unless refuses the action for a reason, if there is one.
func (a action) unless(why string) action {
	a.why = why
	return a
}

// barred refuses the action for a reason that stays, if there is one: then it leaves its place in the footer to what works.
func (a action) barred(why string) action {
	if why == "" {
		return a
	}
	return a.unless(why).inHelp()
}

// inHelp keeps the action out of the footer.
func (a action) inHelp() action {
	a.quiet = true
	return a
}

// moving keeps the action out of the footer and out of the list of commands.
func (a action) moving() action {
	a.quiet, a.motion = true, true
	return a
}

// around says that the action goes on at the other end, round and round.
func (a action) around() action {
	a.round = true
	return a
}

// find returns the action that a key stands for.
func find(actions []action, msg tea.KeyPressMsg) (action, bool) {
	i := slices.IndexFunc(actions, func(a action) bool { return key.Matches(msg, a.binding) })
	if i < 0 {
		return action{}, false
	}
	return actions[i], true
}
