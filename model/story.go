package model

import (
	"fmt"
	"slices"
	"time"
)

const (
	// MaxStory is how many happenings the story of a cluster holds.
	MaxStory = 100
	// MaxGap is how long after one look the next may come, so that what is different then has happened just now. After a longer
	// time, in which nobody looked, nobody knows when.
	MaxGap = 10 * time.Second
)

// Happening is something that happened to a cluster, as somebody saw who looked at it again and again.
type Happening struct {
	At    time.Time // when it was seen
	Words string
	Bad   bool // whether something was lost by it
}

// Continue is a newer look at a cluster, with the story that the looks before it began: whatever is different now has
// happened meanwhile. A look knows only what it saw, so what came and went between two looks is not told.
func (c Cluster) Continue(before Cluster) Cluster {
	c.Story, c.Paused = before.Story, before.Paused
	meanwhile := ""
	if c.Taken.Sub(before.Taken) > MaxGap {
		meanwhile, c.Paused = " while nobody looked", time.Time{}
	}
	tell := teller(func(bad bool, format string, words ...any) {
		c.Story = append(slices.Clip(c.Story), Happening{At: c.Taken, Words: fmt.Sprintf(format, words...), Bad: bad})
	})
	switch {
	case !c.Quorum && before.Quorum && meanwhile == "":
		c.Paused = c.Taken
	case c.Quorum:
		c.Paused = time.Time{}
	}
	if before.Taken.IsZero() {
		leads := "no leader"
		if c.Quorum {
			leads = c.Leader + " leads"
		}
		tell(!c.Quorum, "%s of %s healthy, %s", Thousands(c.Healthy), Plural(len(c.Members), "member"), leads)
		return c
	}
	for _, m := range c.Members {
		if old, known := before.sameMember(m); known {
			m.changed(old, c.Taken, meanwhile, tell)
		}
	}
	if c.Leader != before.Leader && c.Leader != "" {
		tell(false, "%s became leader%s", c.Leader, meanwhile)
	}
	c.sales(before, meanwhile, tell)
	c.Story = c.Story[max(0, len(c.Story)-MaxStory):]
	return c
}

// teller adds a happening to a story.
type teller func(bad bool, format string, words ...any)

// sales tells whether sales were paused, or resumed, since an older look, and that nobody looked meanwhile, where that is so.
func (c Cluster) sales(before Cluster, meanwhile string, tell teller) {
	switch {
	case !c.Quorum && !c.enough() && (before.Quorum || before.enough()):
		tell(true, "quorum lost: sales are paused")
	case before.Quorum && !c.Quorum:
		tell(true, "no leader: sales are paused")
	case !before.Quorum && c.Quorum && (meanwhile != "" || before.Paused.IsZero()):
		tell(false, "sales resumed%s", meanwhile)
	case !before.Quorum && c.Quorum:
		tell(false, "sales resumed after about %s", Span(max(c.Taken.Sub(before.Paused), time.Second)))
	}
}

// changed tells what happened to a member since an older look, and that nobody looked meanwhile, where that is so.
func (m Member) changed(old Member, now time.Time, meanwhile string, tell teller) {
	switch {
	case old.Healthy() && !m.Healthy() && m.ID != "" && m.Version != "":
		tell(true, "%s is cut off from the others", m.Title())
	case old.Healthy() && !m.Healthy():
		tell(true, "%s does not answer", m.Title())
	case !old.Healthy() && m.Healthy() && !old.Since.IsZero() && meanwhile == "":
		tell(false, "%s is back after %s", m.Title(), Span(max(now.Sub(old.Since), time.Second)))
	case !old.Healthy() && m.Healthy():
		tell(false, "%s is back%s", m.Title(), meanwhile)
	case m.Healthy() && m.Uptime > 0 && m.Uptime < old.Uptime:
		tell(false, "%s was restarted%s", m.Title(), meanwhile)
	}
	m.alarmed(old, meanwhile, tell)
}

// alarmed tells which alarms a member raised, and which were cleared, since an older look.
func (m Member) alarmed(old Member, meanwhile string, tell teller) {
	for _, alarm := range m.Alarms {
		if !slices.Contains(old.Alarms, alarm) {
			tell(true, "%s raised the alarm %s%s", m.Title(), alarm, meanwhile)
		}
	}
	for _, alarm := range old.Alarms {
		if m.Healthy() && !slices.Contains(m.Alarms, alarm) {
			tell(false, "the alarm %s of %s was cleared%s", alarm, m.Title(), meanwhile)
		}
	}
}

// sameMember finds a member in another look at its cluster.
func (c Cluster) sameMember(m Member) (Member, bool) {
	if known, ok := c.Member(m.ID); ok {
		return known, true
	}
	at := slices.IndexFunc(c.Members, func(other Member) bool {
		return other.Endpoint == m.Endpoint && m.Endpoint != "" && (other.ID == "" || m.ID == "")
	})
	if at < 0 {
		return Member{}, false
	}
	return c.Members[at], true
}
