package tui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// members is the admin's view of the cluster, live.
type members struct {
	cursor cursor
	top    int                // how many lines stand above the first member, as it was last drawn
	stop   context.CancelFunc // ends the watching of the cluster; nil while it is not watched
}

// clusterMsg brings the newest state of the cluster to the screen that watches it.
type clusterMsg struct {
	screen  *members
	board   *model.Board[model.Cluster]
	cluster model.Cluster
	machine machineState
}

// theMembers is the screen of this person's, which is as they left it.
func (s *Session) theMembers() *members {
	if s.members == nil {
		s.members = &members{}
	}
	return s.members
}

func (ms *members) opened(s *Session) tea.Cmd {
	if ms.stop != nil { // it was left for less time than there is between two looks
		return nil
	}
	ctx, stop := context.WithCancel(s.here)
	ms.stop = stop
	board := s.cfg.Store.WatchCluster(ctx)
	cluster, _ := board.Read()
	return ms.wait(s, ctx, board, cluster)
}

// wait waits for a newer state than the one that is shown.
func (ms *members) wait(s *Session, ctx context.Context, board *model.Board[model.Cluster], shown model.Cluster) tea.Cmd {
	machine := s.cfg.Machine
	return func() tea.Msg {
		newest, changed := board.Read()
		if newest.Taken.Equal(shown.Taken) {
			select {
			case <-changed:
			case <-ctx.Done():
				return nil
			}
			newest, _ = board.Read()
		}
		return clusterMsg{ms, board, newest, readMachine(ctx, machine)}
	}
}

// arrive takes a new state of the cluster, and stops watching when the screen has been closed.
func (msg clusterMsg) arrive(s *Session) tea.Cmd {
	if !s.holds(msg.screen) {
		msg.screen.stop()
		msg.screen.stop = nil
		return nil
	}
	s.cluster = msg.cluster
	msg.machine.take(s)
	return msg.screen.wait(s, s.here, msg.board, msg.cluster)
}

// memberRows are members as rows.
type memberRows []model.Member

func (r memberRows) len() int        { return len(r) }
func (r memberRows) id(i int) string { return r[i].ID + r[i].Endpoint }

func (ms *members) title(*Session) string { return "Cluster" }

func (ms *members) forAdmins() {}

func (ms *members) click(s *Session, x, row int) bool {
	beside := s.width >= wide && x >= memberListWidth(s.width)
	return !beside && ms.cursor.click(memberRows(s.cluster.Members), row-ms.top)
}

func (ms *members) actions(s *Session) []action {
	list := memberRows(s.cluster.Members)
	at := ms.cursor.find(list)
	if at < 0 {
		return nil
	}
	m, actor, busy := list[at], s.me.Username, s.stillBusy()
	down := ""
	if !m.Healthy() {
		down = "Member " + m.Title() + " does not answer"
	}
	leading := down
	switch {
	case down != "": // the others may not have noticed yet that their leader has gone
	case len(list) == 1:
		leading = "There is no other member to take the lead from"
	case m.Leader:
		leading = "Member " + m.Title() + " leads already"
	}
	quiet := ""
	if len(s.alarms()) == 0 {
		quiet = "There is no alarm"
	}
	actions := append(ms.machineActions(s, at),
		ms.ask(s, "m", "make leader", "Make "+m.Title()+" the leader?\n\nOrders wait for a moment while the members agree.",
			"Moving the lead to "+m.Title(), "Member "+m.Title()+" leads now", func(ctx context.Context, store Store) error {
				return store.MoveLeader(ctx, actor, m.ID)
			}).unless(busy).barred(leading),
		ms.ask(s, "d", "defragment", "Defragment "+m.Title()+"?\n\nIt gives unused space back and answers nobody meanwhile, for a second per 100 MB or so."+silence(s.cluster, m),
			"Defragmenting "+m.Title(), "Member "+m.Title()+" is defragmented", func(ctx context.Context, store Store) error {
				return store.Defragment(ctx, actor, m.ID)
			}).unless(busy).barred(down),
		ms.ask(s, "a", "clear alarms", "Clear all alarms?\n\nOne whose cause is still there comes back with the next order.",
			"Clearing the alarms", "The alarms are cleared", func(ctx context.Context, store Store) error {
				return store.DisarmAlarms(ctx, actor)
			}).unless(busy).barred(quiet),
	)
	if s.cfg.Files != nil {
		actions = append(actions, bind([]string{"w"}, "save a snapshot", func() tea.Cmd {
			return s.open(newSaveSnapshot(s))
		}).unless(busy))
	}
	return append(actions, ms.cursor.actions(list, false)...)
}

// ask is an action that first asks, and then does something to the cluster.
func (ms *members) ask(s *Session, key, words, question, doing, did string, run func(context.Context, Store) error) action {
	store := s.cfg.Store
	return bind([]string{key}, words, func() tea.Cmd {
		return s.open(&confirm{step: capital(words), question: question, yes: words, no: "leave it", deed: func() tea.Cmd {
			return s.do(doing, time.Minute, func(ctx context.Context) (string, func() tea.Cmd, error) {
				if err := run(ctx, store); err != nil {
					return "", nil, err
				}
				return did, func() tea.Cmd {
					words, named := strings.CutPrefix(did, "Member ")
					if !named {
						words = lower(words)
					}
					s.acted = append(s.acted, model.Happening{At: s.cluster.Taken, Words: words})
					return nil
				}, nil
			})
		}})
	})
}

// silence says what it costs that a member answers nobody for a while.
func silence(c model.Cluster, m model.Member) string {
	switch {
	case !c.Quorum || c.Refusing() != "":
		return ""
	case len(c.Members) == 1:
		return "\n\nSales stop until it is done."
	case m.Leader:
		return "\n\nSales stop until it is done, as it leads: make another one the leader first."
	case c.CanLose() == 0:
		return "\n\nSales may stop until it is done: no member can be spared."
	}
	return "\n\nSales go on meanwhile."
}

// alarms are those that any member raises.
func (s *Session) alarms() []string {
	var all []string
	for _, m := range s.cluster.Members {
		for _, alarm := range m.Alarms {
			all = append(all, m.Title()+": "+alarm)
		}
	}
	return all
}
