package tui

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/ticketcd/ticketcd/model"
)

// members is the admin's view of the cluster, live.
type members struct {
	cursor cursor
	stop   context.CancelFunc // ends the watching of the cluster
}

// clusterMsg brings the newest state of the cluster to the screen that watches it.
type clusterMsg struct {
	screen  *members
	board   *model.Board[model.Cluster]
	cluster model.Cluster
	machine machineState
}

func (ms *members) opened(s *Session) tea.Cmd {
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
	if !slices.Contains(s.stack, screen(msg.screen)) {
		msg.screen.stop()
		return nil
	}
	s.cluster, s.machine = msg.cluster, msg.machine
	return msg.screen.wait(s, s.here, msg.board, msg.cluster)
}

// memberRows are members as rows.
type memberRows []model.Member

func (r memberRows) len() int        { return len(r) }
func (r memberRows) id(i int) string { return r[i].ID + r[i].Endpoint }

func (ms *members) title(*Session) string { return "Cluster" }

func (ms *members) forAdmins() {}

func (ms *members) click(s *Session, row int) bool {
	return ms.cursor.click(memberRows(s.cluster.Members), row-4)
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
	if m.Leader {
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
			}).unless(cmp.Or(leading, busy)),
		ms.ask(s, "d", "defragment", "Defragment "+m.Title()+"?\n\nIt gives unused space back and answers nobody meanwhile, for a second per 100 MB or so.",
			"Defragmenting "+m.Title(), "Member "+m.Title()+" is defragmented", func(ctx context.Context, store Store) error {
				return store.Defragment(ctx, actor, m.ID)
			}).unless(cmp.Or(down, busy)),
		ms.ask(s, "a", "clear alarms", "Clear all alarms?\n\nOne whose cause is still there comes back with the next order.",
			"Clearing the alarms", "The alarms are cleared", func(ctx context.Context, store Store) error {
				return store.DisarmAlarms(ctx, actor)
			}).unless(cmp.Or(quiet, busy)),
	)
	return append(actions, ms.cursor.actions(list, false)...)
}

// ask is an action that first asks, and then does something to the cluster.
func (ms *members) ask(s *Session, key, words, question, doing, did string, run func(context.Context, Store) error) action {
	store := s.cfg.Store
	return bind([]string{key}, words, func() tea.Cmd {
		return s.open(&confirm{question: question, yes: words, no: "leave it", deed: func() tea.Cmd {
			return s.do(doing, time.Minute, func(ctx context.Context) (string, func() tea.Cmd, error) {
				return did, nil, run(ctx, store)
			})
		}})
	})
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

func (ms *members) view(s *Session, width, height int) string {
	t := s.theme
	list := memberRows(s.cluster.Members)
	if len(list) == 0 {
		return vacant(t, "Asking the members …", "", width, height)
	}
	outlook := t.good
	if s.cluster.CanLose() == 0 {
		outlook = t.warning
	}
	if !s.cluster.Quorum {
		outlook = t.bad
	}
	words := model.Plural(s.cluster.Healthy, "member") + " of " + model.Thousands(len(list)) + " well: "
	lines := []string{
		" " + words + outlook.Render(s.cluster.Outlook()), "",
		t.faint.Render(memberLine("Member", "Role", "Applied", "Lag", "Database", "Answer", "Requests", width)),
	}
	rows := min(len(list), max(height-len(lines)-9, 3))
	first, at := ms.cursor.window(list, rows)
	for i := first; i < min(first+rows, len(list)); i++ {
		lines = append(lines, ms.row(s, list[i], width, i == at))
	}
	lines = append(lines, t.border.Render(strings.Repeat("─", width)))
	return strings.Join(append(lines, ms.detail(s, list[at], width)...), "\n")
}

func memberLine(name, role, applied, lag, database, answer, requests string, width int) string {
	names := max(width-66, 8)
	return "  " + fit(name, names) + " " + fit(role, 9) + fitRight(applied, 13) + fitRight(lag, 7) +
		fitRight(database, 10) + fitRight(answer, 11) + fitRight(requests, 11) + " "
}

func (ms *members) row(s *Session, m model.Member, width int, selected bool) string {
	t := s.theme
	style, pointer := t.text, "  "
	switch {
	case !m.Healthy():
		style = t.faint
	case m.Leader:
		style = t.accent
	}
	if selected {
		style, pointer = t.on(style), "› "
	}
	if !m.Healthy() {
		since := ""
		if !m.Since.IsZero() {
			since = " for " + duration(s.cfg.Now().Sub(m.Since))
		}
		return style.Render(fit(pointer+fit(m.Title(), max(width-66, 8))+" "+s.machine.out(m)+since+": "+m.Err, width))
	}
	requests := ""
	if m.Measured {
		requests = fmt.Sprintf("%.0f /s", m.Activity.Requests.Total())
	}
	line := memberLine(m.Title(), m.Role(), model.Thousands(int(m.RaftApplied)), model.Thousands(int(s.cluster.Lag(m))),
		model.Bytes(m.DBSize), millis(m.Latency), requests, width)
	return style.Render(pointer + line[2:])
}

// detail tells all that is known of one member.
func (ms *members) detail(s *Session, m model.Member, width int) []string {
	t := s.theme
	line := func(label, format string, args ...any) string {
		return " " + t.faint.Render(fit(label, 10)) + fit(fmt.Sprintf(format, args...), width-12)
	}
	up := ""
	if m.Uptime > 0 {
		up = ", up for " + duration(m.Uptime)
	}
	lines := []string{" " + t.strong.Render(m.Title()) + t.faint.Render(fit("  "+m.ID+"  "+m.Endpoint, max(width-len(m.Title())-2, 1)))}
	if !m.Healthy() {
		return append(lines, " "+t.bad.Render(wrap(capital(m.Err), width-2, 3)))
	}
	quota := ""
	if m.Quota > 0 {
		quota = ", full at " + model.Bytes(m.Quota)
	}
	lines = append(lines,
		line("etcd", "%s, term %s%s", m.Version, model.Thousands(int(m.RaftTerm)), up),
		line("database", "%s, %s of it in use%s", model.Bytes(m.DBSize), model.Bytes(m.DBInUse), quota))
	if complaints := slices.Concat(m.Alarms, m.Errors); len(complaints) > 0 {
		lines = append(lines, " "+t.bad.Render(fit("! "+strings.Join(complaints, ", "), width-2)))
	}
	if !m.Measured {
		return append(lines, t.faint.Render(" This member publishes no metrics."))
	}
	a := m.Activity
	return append(lines,
		line("requests", "%.0f gets, %.0f puts, %.0f transactions, %.0f deletes a second; %s", a.Requests.Range,
			a.Requests.Put, a.Requests.Txn, a.Requests.Delete, watches(a.Watchers)),
		line("agreed", "%.0f a second, %d waiting, %.0f failed; %s", a.Committed, a.Pending, a.Failed,
			model.Plural(a.LeaderChanges, "change")+" of leader"),
		line("disk", "99 of 100 within %s for the log, %s for the database", millis(a.FsyncP99), millis(a.CommitP99)),
		line("network", "%s in, %s out a second; %s", model.Bytes(int64(a.BytesIn)), model.Bytes(int64(a.BytesOut)), peers(s.cluster, m)),
		line("3 minutes", "%s", trend(t.accent, m.History, width-12)),
	)
}

func watches(n int) string {
	if n == 1 {
		return "1 watch"
	}
	return model.Thousands(n) + " watches"
}

// peers lists how long the round trips to the other members take.
func peers(c model.Cluster, m model.Member) string {
	var parts []string
	for _, other := range c.Members {
		if trip, ok := m.Peers[other.ID]; ok {
			parts = append(parts, other.Title()+" "+millis(trip))
		}
	}
	if len(parts) == 0 {
		return "no peers"
	}
	return strings.Join(parts, ", ")
}

// trend draws the requests of the last minutes.
func trend(style lipgloss.Style, history []model.Sample, width int) string {
	var values []int
	for _, sample := range history {
		values = append(values, int(math.Round(sample.Activity.Requests.Total())))
	}
	return style.Render(sparkline(values, min(width, 60)))
}

// millis writes a short span: "0.8 ms", "12 ms"; nothing for an unknown one.
func millis(d time.Duration) string {
	switch {
	case d <= 0:
		return "–"
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}
