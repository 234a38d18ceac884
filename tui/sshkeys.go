package tui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// sshKeys lists the SSH keys that let the person in without a password, and those at hand that could.
type sshKeys struct {
	cursor cursor
	known  bool // linked is what the store said
	linked []model.SSHKey
}

// keyRows are keys as rows: first those that are linked, then those at hand that are not.
type keyRows []model.SSHKey

func (r keyRows) len() int        { return len(r) }
func (r keyRows) id(i int) string { return r[i].Fingerprint }

// keysMsg brings the keys that are linked.
type keysMsg struct {
	screen *sshKeys
	linked []model.SSHKey
	err    error
}

func (ks *sshKeys) title(*Session) string { return "Keys" }

func (ks *sshKeys) opened(s *Session) tea.Cmd {
	parent, store, username := s.here, s.cfg.Store, s.me.Username
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, patience)
		defer cancel()
		linked, err := store.Keys(ctx, username)
		return keysMsg{ks, linked, err}
	}
}

// arrive shows the keys to those who asked for them, if they are still there.
func (msg keysMsg) arrive(s *Session) tea.Cmd {
	if !s.holds(msg.screen) {
		return nil
	}
	if msg.err != nil {
		s.failed(msg.err)
		return s.say(bad, model.Sentence(msg.err))
	}
	msg.screen.known, msg.screen.linked = true, msg.linked
	return nil
}

func (ks *sshKeys) isLinked(key model.SSHKey) bool {
	return slices.ContainsFunc(ks.linked, func(k model.SSHKey) bool { return k.Fingerprint == key.Fingerprint })
}

func (ks *sshKeys) list(s *Session) keyRows {
	list := slices.Clone(ks.linked)
	for _, key := range s.cfg.SSHKeys {
		if key.Check() == nil && !ks.isLinked(key) {
			list = append(list, key)
		}
	}
	return list
}

func (ks *sshKeys) click(s *Session, _, row int) bool {
	return ks.cursor.click(ks.list(s), row-keysTop)
}

func (ks *sshKeys) actions(s *Session) []action {
	list := ks.list(s)
	at := ks.cursor.find(list)
	if at < 0 || !ks.known {
		return nil
	}
	key := list[at]
	var actions []action
	if ks.isLinked(key) {
		actions = append(actions, bind([]string{"d"}, "remove", func() tea.Cmd { return ks.askRemove(s, key) }).unless(s.stillBusy()))
	} else {
		actions = append(actions, bind([]string{"enter"}, "log in with this key from now on", func() tea.Cmd { return ks.link(s, key) }).
			unless(s.stillBusy()))
	}
	return append(actions, ks.cursor.actions(list, false)...)
}

func (ks *sshKeys) link(s *Session, key model.SSHKey) tea.Cmd {
	store, me := s.cfg.Store, s.me
	return s.do("Linking the key", patience, func(ctx context.Context) (string, func() tea.Cmd, error) {
		if err := store.LinkKey(ctx, me, key); err != nil {
			return "", nil, err
		}
		return "Linked the key: ssh " + me.Username + "@… logs you in with it", func() tea.Cmd { return ks.opened(s) }, nil
	})
}

func (ks *sshKeys) askRemove(s *Session, key model.SSHKey) tea.Cmd {
	store, me := s.cfg.Store, s.me
	return s.open(&confirm{
		step:     "Remove a key",
		question: "Remove this key?\n\n" + key.Type + " " + key.Fingerprint + "\n\nWhoever has it needs your password again.",
		yes:      "remove the key", no: "keep it",
		deed: func() tea.Cmd {
			return s.do("Removing the key", patience, func(ctx context.Context) (string, func() tea.Cmd, error) {
				return "Removed the key", func() tea.Cmd { return ks.opened(s) }, store.UnlinkKey(ctx, me, key.Fingerprint)
			})
		},
	})
}

// keysTop is how many rows stand above the list.
const keysTop = 4

func (ks *sshKeys) view(s *Session, width, height int) string {
	t := s.theme
	list := ks.list(s)
	switch {
	case !ks.known:
		return vacant(t, "Asking for your keys …", "", width, height)
	case len(list) == 0:
		return vacant(t, "No SSH key is linked to your account, and this connection showed none.",
			"Connect with ssh and a key of yours, and come back here to link it.", width, height)
	}
	lines := []string{
		"", " " + t.faint.Render(fit("With a key that is linked, ssh "+model.Clean(s.me.Username)+"@… logs you in without a password.", width-2)), "",
		t.faint.Render(keyLine("Since", "Kind", "Fingerprint", width)),
	}
	for i, selected := range ks.cursor.shown(list, height-len(lines)) {
		since, style, pointer := "not linked", t.faint, "  "
		if ks.isLinked(list[i]) {
			since, style = listDate(list[i].Added, s.now()), t.text
		}
		if selected {
			style, pointer = t.on(style), "› "
		}
		lines = append(lines, style.Render(pointer+keyLine(since, list[i].Type, list[i].Fingerprint, width)[2:]))
	}
	return strings.Join(lines, "\n")
}

func keyLine(since, kind, fingerprint string, width int) string {
	return "  " + fit(since, 16) + "  " + fit(strings.TrimPrefix(kind, "ssh-"), 10) + "  " + fit(fingerprint, max(width-33, 8)) + " "
}
