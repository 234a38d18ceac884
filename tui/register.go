package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// register makes a new account.
type register struct{ form }

const (
	registerUsername = iota
	registerPassword
	registerRepeat
	registerName
	registerEmail
)

func newRegister(username string) *register {
	r := &register{}
	r.form = newForm(
		newField("User name", "small letters, digits, . _ -", model.CheckUsername),
		newSecret("Password", "at least 8 characters", model.CheckPassword),
		newRepeat(func() string { return r.value(registerPassword) }),
		newField("Your name", "as it stands on a ticket", model.CheckName),
		newField("Email", "ann@example.com", model.CheckEmail),
	)
	r.set(registerUsername, username)
	return r
}

func (r *register) title(*Session) string { return "New account" }

func (r *register) actions(s *Session) []action {
	return r.form.actions("create account", s.stillBusy(), func() tea.Cmd { return r.submit(s) })
}

func (r *register) submit(s *Session) tea.Cmd {
	store := s.cfg.Store
	registration := model.Registration{
		Username: r.value(registerUsername),
		Password: r.value(registerPassword),
		Name:     strings.TrimSpace(r.value(registerName)),
		Email:    strings.TrimSpace(r.value(registerEmail)),
	}
	return s.do("Creating your account", patience, func(ctx context.Context) (string, func() tea.Cmd, error) {
		user, err := store.Register(ctx, registration)
		if model.CodeOf(err) == model.CodeConflict {
			return "", func() tea.Cmd { r.reject(registerUsername, err); return nil }, err
		}
		if err != nil {
			return "", nil, err
		}
		return greeting("Your account is ready. Welcome", user), func() tea.Cmd { return s.enter(user) }, nil
	})
}

func (r *register) view(s *Session, width, height int) string {
	column := min(width-8, 60)
	form := strings.Split("\n"+r.form.view(s.theme, column), "\n")
	return centred(ticket(s.theme, column, []string{s.theme.strong.Render("Create an account")}, form), width, height)
}
