package tui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ticketcd/ticketcd/model"
)

const (
	// leastStory is how many lines of the story there are below the details, heading included.
	leastStory = 4
	// narrowMembers is up to what width there is no room for what is least telling.
	narrowMembers = 76
	appliedWidth  = 13
)

// memberListWidth is how much of a wide window the members take: what is told of one needs more than what is told of an event.
func memberListWidth(width int) int { return width * 56 / 100 }

func (ms *members) view(s *Session, width, height int) string {
	list := memberRows(s.cluster.Members)
	if len(list) == 0 {
		return vacant(s.theme, "Asking the members …", "", width, height)
	}
	selected := func() model.Member { return list[max(ms.cursor.find(list), 0)] }
	return abreastFrom(s.theme, memberListWidth(width), width, height, func(width, height int) string {
		lines := append(ms.table(s, list, width, height), "")
		below := s.story(width, height-len(lines))
		if s.width < wide {
			lines[len(lines)-1] = s.theme.border.Render(strings.Repeat("─", width))
			below = ms.below(s, selected(), width, height-len(lines))
		}
		return strings.Join(append(lines, below...), "\n")
	}, func(width, height int) string {
		lines := ms.detail(s, selected(), width+1, height)
		for i := range lines {
			lines[i] = strings.TrimPrefix(lines[i], " ") // the rule beside them is margin enough
		}
		return strings.Join(lines, "\n")
	})
}

// table lists the members, below how they are together.
func (ms *members) table(s *Session, list memberRows, width, height int) []string {
	lines := s.outlook(width)
	if height > 24 {
		lines = append(lines, "")
	}
	lines = append(lines, s.theme.faint.Render(memberLine("Member", "Role", "Applied", "Lag", "Database", "Answer", "Requests", width)))
	ms.top = len(lines)
	rows := min(len(list), max(height-ms.top-8, 3))
	for i, selected := range ms.cursor.shown(list, rows) {
		lines = append(lines, ms.row(s, list[i], width, selected))
	}
	return lines
}

// outlook says how the cluster is, and what it can still lose: on two lines where one is too short.
func (s *Session) outlook(width int) []string {
	style := s.theme.good
	if s.cluster.CanLose() == 0 {
		style = s.theme.warning
	}
	if !s.cluster.Quorum || s.cluster.Refusing() != "" {
		style = s.theme.bad
	}
	words := model.Thousands(s.cluster.Healthy) + " of " + model.Plural(len(s.cluster.Members), "member") + " healthy: "
	lines := []string{" " + words + style.Render(s.cluster.Outlook())}
	if cells(words+s.cluster.Outlook())+2 > width {
		lines = []string{" " + words, " " + style.Render(fit(capital(s.cluster.Outlook()), width-2))}
	}
	if s.cluster.Quorum && s.cluster.Refusing() != "" {
		lines = append(lines, strings.Split(indent(wrap(sentence(capital(s.cluster.Remedy())), width-2, 2), 1), "\n")...)
	}
	return lines
}

// below is what stands below the table where there is no room beside it: the details of a member, and what has happened.
func (ms *members) below(s *Session, m model.Member, width, height int) []string {
	story := s.story(width, max(leastStory, height-ms.wanted(s, m, width)))
	details := ms.detail(s, m, width, height-len(story))
	for len(details) < height-len(story) {
		details = append(details, "")
	}
	return append(details, story...)
}

// story is what has happened and what was done to members from here, the newest at the bottom, in at most so many lines.
func (s *Session) story(width, height int) []string {
	told := slices.Concat(s.cluster.Story, s.acted)
	slices.SortStableFunc(told, func(a, b model.Happening) int { return a.At.Compare(b.At) })
	told = told[max(0, len(told)-height+1):]
	lines := []string{s.theme.border.Render("─ ") + s.theme.faint.Render("What happened ") +
		s.theme.border.Render(strings.Repeat("─", max(width-16, 0)))}
	for _, h := range told {
		style := s.theme.text
		if h.Bad {
			style = s.theme.bad
		}
		lines = append(lines, " "+s.theme.faint.Render(h.At.Format("15:04:05"))+"  "+style.Render(fit(h.Words, width-12)))
	}
	return lines
}

// names is how wide the names of members are.
func names(width int) int {
	if width < narrowMembers {
		width += appliedWidth
	}
	return max(width-66, 8)
}

// nameOf is a member's name, as wide as names are, with a mark if it raises an alarm.
func nameOf(m model.Member, width int) string {
	if len(m.Alarms) == 0 {
		return fit(m.Title(), names(width))
	}
	name, _ := cut(m.Title(), names(width)-2)
	return fit(name+" !", names(width))
}

func memberLine(name, role, applied, lag, database, answer, requests string, width int) string {
	if applied = number(applied, appliedWidth); width < narrowMembers {
		applied = ""
	}
	return "  " + fit(name, names(width)) + " " + fit(role, 9) + applied + number(lag, 7) +
		number(database, 10) + number(answer, 11) + number(requests, 11) + " "
}

func (ms *members) row(s *Session, m model.Member, width int, selected bool) string {
	t := s.theme
	style, pointer := t.text, "  "
	switch {
	case !m.Healthy():
		style = t.faint
	case len(m.Alarms) > 0:
		style = t.bad
	case m.Leader:
		style = t.accent
	}
	if selected {
		style, pointer = t.on(style), "› "
	}
	if !m.Healthy() {
		words, how := s.out(m)
		if selected {
			how = t.on(how)
		}
		name := pointer + nameOf(m, width) + " "
		return style.Render(name) + how.Render(fit(words, width-cells(name)))
	}
	role := m.Role()
	if !s.cluster.Quorum && !m.Learner {
		role = "no leader"
	}
	requests := "–"
	if m.Measured {
		requests = perSecond(m.Activity.Requests.Total())
	}
	line := memberLine(nameOf(m, width), role, model.Thousands(int(m.RaftApplied)), model.Thousands(int(s.cluster.Lag(m))),
		model.Bytes(m.DBSize), millis(m.Latency), requests, width)
	return style.Render(pointer + line[2:])
}

// out says in what way a member takes no part, since when, and why, where that is not its process; and how bad that is.
func (s *Session) out(m model.Member) (string, ink) {
	state, from := s.machine.doing(m)
	since := ""
	if !from.IsZero() {
		since = " for " + model.Span(s.cfg.Now().Sub(from))
	}
	switch state {
	case model.ProcessPaused, model.ProcessStarting:
		return string(state) + since, s.theme.warning
	case model.ProcessStopped:
		return string(state) + since, s.theme.bad
	default:
		return "out" + since + ": " + m.Err, s.theme.bad
	}
}

func perSecond(n float64) string { return fmt.Sprintf("%.0f /s", n) }
