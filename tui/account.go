package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// details is a box in which name and email are changed.
type details struct{ form }

func newDetails(s *Session) *details {
	d := &details{newForm(
		newField("Your name", "as it stands on a ticket", model.CheckName),
		newField("Email", "ann@example.com", model.CheckEmail),
	)}
	d.set(0, s.me.Name)
	d.set(1, s.me.Email)
	return d
}

func (d *details) overlay() {}

func (d *details) title(*Session) string { return "Name and email" }

func (d *details) actions(s *Session) []action {
	return d.form.actions("save", s.stillBusy(), func() tea.Cmd {
		store, me := s.cfg.Store, s.me
		name, email := strings.TrimSpace(d.value(0)), strings.TrimSpace(d.value(1))
		return s.do("Saving your details", patience, func(ctx context.Context) (string, func() tea.Cmd, error) {
			if err := store.ChangeDetails(ctx, me, name, email); err != nil {
				return "", nil, err
			}
			return "Saved your name and email", func() tea.Cmd { s.close(d); return nil }, nil
		})
	})
}

func (d *details) view(s *Session, width, _ int) string {
	return box("Name and email", "\n"+d.form.view(s.theme, min(width-8, 60)), s.theme)
}

// password is a box in which the password is changed.
type password struct{ form }

func newPassword() *password {
	p := &password{}
	p.form = newForm(
		newSecret("Current password", "", nil),
		newSecret("New password", "at least 8 characters", model.CheckPassword),
		newRepeat(func() string { return p.value(1) }),
	)
	return p
}

func (p *password) overlay() {}

func (p *password) title(*Session) string { return "Password" }

func (p *password) actions(s *Session) []action {
	return p.form.actions("change", s.stillBusy(), func() tea.Cmd {
		store, me := s.cfg.Store, s.me
		current, next := p.value(0), p.value(1)
		return s.do("Changing your password", patience, func(ctx context.Context) (string, func() tea.Cmd, error) {
			err := store.ChangePassword(ctx, me, current, next)
			if model.CodeOf(err) == model.CodeDenied {
				return "", func() tea.Cmd { p.denied(err); return nil }, err
			}
			if err != nil {
				return "", nil, err
			}
			return "Your password is changed", func() tea.Cmd { s.close(p); return nil }, nil
		})
	})
}

// denied asks for the current password once more; the new one stays.
func (p *password) denied(err error) {
	p.set(0, "")
	p.reject(0, err)
}

func (p *password) view(s *Session, width, _ int) string {
	return box("Change your password", "\n"+p.form.view(s.theme, min(width-8, 60)), s.theme)
}
