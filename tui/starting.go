package tui

import (
	"slices"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// startPatience is how long it may take, once a member's process says that it runs, until a look finds it among the others.
const startPatience = 10 * time.Second

// start is the start of a member's process.
type start struct {
	began time.Time // zero where nobody here saw it
	last  time.Time // when the process was last known to be starting
}

// after adds to what the processes do now what is known from the look before: which of them were started, and have not
// been found well since. Their members are not out: the next looks find them.
func (m machineState) after(before machineState, c model.Cluster, now time.Time) machineState {
	m.starts = map[string]start{}
	for _, p := range m.processes {
		old, _ := before.of(p.Name)
		at, known := before.starts[p.Name]
		switch {
		case p.State == model.ProcessStarting, p.State == model.ProcessRunning && old.State == model.ProcessStopped:
			if !known && old.State != "" {
				at.began = now
			}
			at.last = now
		case p.State != model.ProcessRunning, !known, now.Sub(at.last) > startPatience, isWell(c, p.Name, at.began):
			continue
		}
		m.starts[p.Name] = at
	}
	return m
}

// doing says what the process of a member does, and since when its member has taken no part because of that.
func (m machineState) doing(of model.Member) (model.ProcessState, time.Time) {
	p, _ := m.of(of.Name)
	at, starting := m.starts[of.Name]
	switch {
	case !starting:
		return p.State, of.Since
	case at.began.IsZero():
		return model.ProcessStarting, of.Since
	}
	return model.ProcessStarting, at.began
}

// isWell says whether a look at the cluster after some moment found a member taking part.
func isWell(c model.Cluster, name string, after time.Time) bool {
	return c.Taken.After(after) && slices.ContainsFunc(c.Members, func(m model.Member) bool { return m.Name == name && m.Healthy() })
}
