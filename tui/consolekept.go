package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// The queries that an admin gave before are kept in the store, so that they are there wherever the admin logs in next.

// queriesMsg brings the queries that the person gave before.
type queriesMsg struct {
	screen *console
	known  []string
	err    error
}

func (c *console) opened(s *Session) tea.Cmd {
	parent, store, actor := s.here, s.cfg.Store, s.me.Username
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, patience)
		defer cancel()
		known, err := store.Queries(ctx, actor)
		return queriesMsg{c, known, err}
	}
}

func (msg queriesMsg) arrive(s *Session) tea.Cmd {
	if msg.err != nil && s.holds(msg.screen) {
		return s.say(warning, "Your earlier queries cannot be shown: "+model.Sentence(msg.err))
	}
	msg.screen.line.remember(msg.known)
	return nil
}

// keep adds the line to those that the person gave before, and makes room for the next. One that begins with a space is
// not kept.
func (c *console) keep(s *Session, text string) tea.Cmd {
	c.line.clear()
	if strings.HasPrefix(text, " ") {
		return nil
	}
	c.line.add(text)
	if c.unkept = append(c.unkept, text); len(c.unkept) > 1 {
		return nil // they are kept one after the other, in this order
	}
	return c.keepNext(s)
}

func (c *console) keepNext(s *Session) tea.Cmd {
	parent, store, actor, text := s.here, s.cfg.Store, s.me.Username, c.unkept[0]
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, patience)
		defer cancel()
		return keptMsg{c, store.RememberQuery(ctx, actor, text)}
	}
}

// keptMsg says that a query was kept, or could not be.
type keptMsg struct {
	screen *console
	err    error
}

func (msg keptMsg) arrive(s *Session) tea.Cmd {
	c := msg.screen
	if s.console != c {
		return nil
	}
	var next, said tea.Cmd
	if c.unkept = c.unkept[1:]; len(c.unkept) > 0 {
		next = c.keepNext(s)
	}
	if serious := s.toast.mood == bad && s.toast.text != ""; msg.err != nil && s.busy == "" && !serious {
		said = s.say(warning, "This query is not kept for later: "+model.Sentence(msg.err))
	}
	return tea.Batch(next, said)
}
