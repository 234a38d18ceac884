package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// Closing tells a session that it has to end. What is under way is finished first.
type Closing struct{ Words string }

// ending is what a session that has to end remembers.
type ending struct {
	why  string // why nothing new is begun; empty while the session goes on
	last string // how that ended which was under way
}

func (s *Session) finish(msg Closing) tea.Cmd {
	s.ending.why = msg.Words
	if s.busy == "" {
		return tea.Quit
	}
	return s.say(doing, "The shop is closing as soon as this is done: "+lower(s.busy)+" …")
}

// LastWords is how that ended which was under way when the session had to end; empty if nothing was. Ask when the program
// has ended.
func (s *Session) LastWords() string { return s.ending.last }

// Unfinished is what was still under way when the program ended, in words: "buying 2 red tickets". It is empty if nothing
// was.
func (s *Session) Unfinished() string {
	if s.busy == "" {
		return ""
	}
	return lower(s.busy)
}

// over ends a session that was only waiting for its last deed.
func (s *Session) over(msg doneMsg) tea.Cmd {
	if s.ending.why == "" {
		return nil
	}
	s.ending.last = msg.said
	if msg.err != nil {
		s.ending.last = model.Sentence(msg.err)
	}
	s.ending.last = capital(model.Clean(s.ending.last))
	return tea.Quit
}
