package tui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

const (
	// machinePatience is how long the machine may take to say what its processes do.
	machinePatience = time.Second
	// actPatience is how long stopping or starting a member may take.
	actPatience = time.Minute
)

// machineState is what is known of the processes of the members on this machine.
type machineState struct {
	processes []model.Process
	why       string           // why that is not known; empty if it is
	starts    map[string]start // of members that no look has found well since; see after
}

func readMachine(parent context.Context, machine Machine) machineState {
	if machine == nil {
		return machineState{}
	}
	ctx, cancel := context.WithTimeout(parent, machinePatience)
	defer cancel()
	processes, err := machine.Processes(ctx)
	if err != nil {
		return machineState{why: capital(model.Sentence(err))}
	}
	return machineState{processes: processes}
}

// take shows what the processes do now, sooner than the next look at the cluster.
func (m machineState) take(s *Session) { s.machine = m.after(s.machine, s.cluster, s.cfg.Now()) }

// of returns the process of a member. Where it is not known, it says why nothing can be done to it.
func (m machineState) of(name string) (p model.Process, why string) {
	for _, p := range m.processes {
		if p.Name == name {
			return p, ""
		}
	}
	return model.Process{}, cmp.Or(m.why, "It is not known whether "+name+" runs on this machine")
}

// isLocal says whether a member is the local store, which runs inside a shop.
func isLocal(m model.Member) bool { return strings.HasPrefix(m.Endpoint, "unix:") }

// noMachine is the reason why nothing can be done to the process of a member where that is not ours to do.
func noMachine(m model.Member) string {
	if isLocal(m) {
		return "The local store has no process of its own: it ends with the last shop that is open on it"
	}
	return "Only on the machine of " + m.Title() + ", and not over SSH"
}

// machineActions are what can be done to the process of a member. Where that is not ours to do they only say why.
func (ms *members) machineActions(s *Session, at int) []action {
	m := s.cluster.Members[at]
	p, why := s.machine.of(m.Name)
	if s.cfg.Machine == nil {
		why = noMachine(m)
	}
	acts := []model.MemberAct{model.StopMember, model.KillMember, model.PauseMember}
	switch p.State {
	case model.ProcessStopped:
		acts = []model.MemberAct{model.StartMember}
	case model.ProcessPaused:
		acts[2] = model.ResumeMember
	case model.ProcessStarting, model.ProcessRunning:
	}
	var actions []action
	for _, what := range acts {
		actions = append(actions, ms.act(s, at, what).unless(s.stillBusy()).barred(why))
	}
	return actions
}

// machineAct is something that is done to the process of a member, in words. A %s is the member's name.
type machineAct struct {
	key, words string
	step       string
	question   string // with what it does; empty for what is harmless, which is done at once
	doing, did string
	undo       string // what has sales go on again, where they stop because of it
}

// machineActs are the words for all that can be done.
func machineActs() map[model.MemberAct]machineAct {
	return map[model.MemberAct]machineAct{
		model.StopMember: {
			"s", "stop", "Stop a member", "Stop %s?\n\nIts process ends as an operator would end it.",
			"Stopping %s", "Member %s has stopped", "one is started again",
		},
		model.KillMember: {
			"x", "kill -9", "Kill a member", "Kill %s?\n\nIts process ends at once, without a word to the others.",
			"Killing %s", "Member %s was killed", "one is started again",
		},
		model.PauseMember: {
			"p", "pause", "Pause a member", "Pause %s?\n\nIts process stands still (SIGSTOP) and answers nobody, like a machine that hangs.",
			"Pausing %s", "Member %s is paused", "it is resumed",
		},
		model.ResumeMember: {
			"p", "resume", "Resume a member", "", "Resuming %s", "Member %s is resumed", "",
		},
		model.StartMember: {
			"s", "start", "Start a member", "", "Starting %s", "Member %s has started", "",
		},
	}
}

// act is an action that does something to the process of a member, and asks first where that can cost something.
func (ms *members) act(s *Session, at int, what model.MemberAct) action {
	a := machineActs()[what]
	m, actor, store, machine, here := s.cluster.Members[at], s.me.Username, s.cfg.Store, s.cfg.Machine, s.here
	name := m.Name
	with := func(words string) string { return fmt.Sprintf(words, name) }
	asks := func() string { return with(a.question) + "\n\n" + consequence(s.cluster, m, a.undo) }
	deed := func() tea.Cmd {
		return s.do(with(a.doing), actPatience, func(ctx context.Context) (string, func() tea.Cmd, error) {
			// Where no member answers, the role counts that was seen last: a cluster has to be started somehow.
			if err := store.CheckAdmin(ctx, actor); err != nil && model.CodeOf(err) != model.CodeUnavailable {
				return "", nil, err
			}
			look := func() tea.Cmd { return func() tea.Msg { return readMachine(here, machine) } }
			if err := machine.Do(ctx, what, name); err != nil {
				return "", look, err
			}
			return with(a.did), func() tea.Cmd {
				s.acted = append(s.acted, model.Happening{At: s.cluster.Taken, Words: strings.TrimPrefix(with(a.did), "Member ")})
				return look()
			}, nil
		})
	}
	return bind([]string{a.key}, a.words, func() tea.Cmd {
		if a.question == "" {
			return deed()
		}
		return s.open(&confirm{step: a.step, asks: asks, yes: a.words, no: "leave it", deed: deed})
	}).called(string(what) + "-member")
}

// consequence says what the cluster can lose after a member has failed, and what would undo that.
func consequence(c model.Cluster, m model.Member, undo string) string {
	at := slices.IndexFunc(c.Members, func(other model.Member) bool { return other.Name == m.Name })
	if at < 0 {
		return "It no longer belongs to the cluster."
	}
	after := c.After(at, false)
	switch {
	case c.Quorum && !after.Quorum:
		return "Sales stop then: too few members are left to agree. They go on when " + undo + "."
	case c.Quorum && c.Members[at].Leader:
		return "It leads, so orders wait for a second or two until another one does. After that, " + after.Outlook() + "."
	}
	return "After that, " + after.Outlook() + "."
}
