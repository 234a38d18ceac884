package tui

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// wanted is how many lines the details of a member take with one chart, with nothing cut.
func (ms *members) wanted(s *Session, m model.Member, width int) int {
	n := 1 + len(ms.told(s, m, width, math.MaxInt))
	if m.Measured {
		n++
	}
	return n
}

// told are the lines of a member's details. Where there is no room for all that break, those further down are cut: all are
// told in part sooner than some of them in full.
func (ms *members) told(s *Session, m model.Member, width, height int) []string {
	var lines []string
	details := append(ms.words(m), ms.measured(s.cluster, m)...)
	spare := height - len(details)
	for _, d := range details {
		broken := d.lines(s.theme, width, spare > 0)
		if len(broken)-1 > spare {
			broken = d.lines(s.theme, width, false)
		}
		spare -= len(broken) - 1
		lines = append(lines, broken...)
	}
	return lines
}

// detail is one line of the details.
type detail struct{ label, text string }

// detailLabels is how wide the labels are.
const detailLabels = 10

// detail tells all that is known of one member, in at most so many lines: what fits of its charts, the most telling first.
func (ms *members) detail(s *Session, m model.Member, width, height int) []string {
	t := s.theme
	lines := []string{" " + t.strong.Render(m.Title()) + t.faint.Render(fit("  "+m.ID+"  "+m.Endpoint, max(width-cells(m.Title())-2, 1)))}
	if !m.Healthy() {
		return append(lines, strings.Split(indent(t.bad.Render(wrap(s.whyOut(m), width-2, max(height-1, 1))), 1), "\n")...)
	}
	if s.width >= wide {
		lines = append(lines, "")
	}
	lines = append(lines, ms.told(s, m, width, height-len(lines))...)
	if complaints := slices.Concat(m.Alarms, m.Errors); len(complaints) > 0 {
		lines = slices.Insert(lines, 1, " "+t.bad.Render(fit("! "+strings.Join(complaints, ", "), width-2)))
	}
	if !m.Measured {
		lines = append(append(lines, ""), strings.Split(indent(t.faint.Render(wrap(s.unmeasured(m), width-2, 3)), 1), "\n")...)
	}
	lines = append(lines, charted(t, m, width, height-len(lines))...)
	return lines[:min(len(lines), height)]
}

// unmeasured says why nothing is known of what a member does.
func (s *Session) unmeasured(m model.Member) string {
	if isLocal(m) {
		return "The local store is not measured, as the members of a cluster are: only how long its answers take is known."
	}
	return "No metrics from this member yet."
}

// lines draws a line of the details: cut, or broken where there is room below it.
func (d detail) lines(t theme, width int, breaks bool) []string {
	texts := []string{fit(d.text, width-detailLabels-2)}
	if breaks {
		texts = strings.Split(wrapLists(d.text, width-detailLabels-2, 3), "\n")
	}
	label := fit(d.label, detailLabels)
	for i, text := range texts {
		texts[i] = " " + t.faint.Render(label) + text
		label = strings.Repeat(" ", detailLabels)
	}
	return texts
}

// charted draws how a member moved, the most telling first, as far as there is room: higher where there is much.
func charted(t theme, m model.Member, width, height int) []string {
	moved, high, gap := trends(), 1, 0
	if !m.Measured {
		moved = []trend{answering()}
	}
	if height < 1 || !m.Measured && len(m.History) == 0 {
		return nil
	}
	var lines []string
	switch room := height - 2; {
	case room < 1:
		moved = moved[:1]
	default:
		lines = append(lines, "", " "+t.faint.Render("The last three minutes"))
		moved = moved[:min(len(moved), room)]
		if each := min(room/len(moved), 4); each > 1 {
			high, gap = each-1, 1
		}
	}
	for _, tr := range moved {
		label := t.faint.Render(fit(tr.label, detailLabels)) + fitRight(tr.text(m.Activity, m.Latency), 10)
		for n, line := range tr.draw(m, width-detailLabels-14, high) {
			if n < high-1 {
				lines = append(lines, strings.Repeat(" ", detailLabels+13)+t.accent.Render(line))
				continue
			}
			if gap == 0 {
				line = strings.ReplaceAll(line, "█", "▇") // so that it keeps off the one above
			}
			lines = append(lines, " "+label+"  "+t.accent.Render(line))
		}
		lines = append(lines, slices.Repeat([]string{""}, gap)...)
	}
	return lines[:min(len(lines), height)]
}

// whyOut says why a member takes no part, and what can be done about it here.
func (s *Session) whyOut(m model.Member) string {
	p, _ := s.machine.of(m.Name)
	switch state, _ := s.machine.doing(m); {
	case state == model.ProcessPaused:
		return "Its process is paused: it answers nobody. " + s.keyOf("resume-member", "p") + " resumes it."
	case state == model.ProcessStarting:
		return "Its process is starting. It takes part as soon as enough members are there to agree."
	case state == model.ProcessStopped && p.Fault != "":
		return capital(model.Clean(p.Fault)) + ". " + s.keyOf("start-member", "s") + " starts it again."
	case state == model.ProcessStopped:
		return "Its process was stopped. " + s.keyOf("start-member", "s") + " starts it again."
	case s.machine.why != "":
		return sentence(capital(m.Err)) + " " + sentence(s.machine.why)
	}
	return capital(m.Err)
}

// words are what a member says of itself.
func (ms *members) words(m model.Member) []detail {
	up, quota := "", ""
	if m.Uptime > 0 {
		up = ", up for " + model.Span(m.Uptime)
	}
	if m.Quota > 0 {
		quota = ", full at " + model.Bytes(m.Quota)
	}
	return []detail{
		{"etcd", fmt.Sprintf("%s, term %s%s", m.Version, model.Thousands(int(m.RaftTerm)), up)},
		{"database", fmt.Sprintf("%s, %s of it in use%s", model.Bytes(m.DBSize), model.Bytes(m.DBInUse), quota)},
	}
}

// measured are what its metrics say; nothing where there are none.
func (ms *members) measured(c model.Cluster, m model.Member) []detail {
	if !m.Measured {
		return nil
	}
	a := m.Activity
	return []detail{
		{"requests", fmt.Sprintf("%s, %s, %s, %s a second; %s %s", perSecondOf(a.Requests.Range, "get"), perSecondOf(a.Requests.Put, "put"),
			perSecondOf(a.Requests.Txn, "transaction"), perSecondOf(a.Requests.Delete, "delete"),
			model.Thousands(a.Watchers), model.OneOrMany(a.Watchers, "watch", "watches"))},
		{"agreed", fmt.Sprintf("%.0f a second, %d waiting, %.0f failed; %s", a.Committed, a.Pending, a.Failed,
			model.Plural(a.LeaderChanges, "change")+" of leader")},
		{"disk", fmt.Sprintf("99 of 100 log writes in %s, data writes in %s", millis(a.FsyncP99), millis(a.CommitP99))},
		{"network", fmt.Sprintf("%s in, %s out a second; %s", model.Bytes(int64(a.BytesIn)), model.Bytes(int64(a.BytesOut)), peers(c, m))},
	}
}

func perSecondOf(n float64, noun string) string { return model.Plural(int(math.Round(n)), noun) }

// peers lists how long the round trips to the other members take.
func peers(c model.Cluster, m model.Member) string {
	var parts []string
	for _, other := range c.Members {
		if trip := m.Peers[other.ID]; trip > 0 && other.Healthy() {
			parts = append(parts, other.Title()+" "+millis(trip))
		}
	}
	if len(parts) == 0 {
		return "no peers"
	}
	return strings.Join(parts, ", ")
}

// trend is something about a member that moved over the last minutes.
type trend struct {
	label string
	text  func(model.Activity, time.Duration) string // as it is now
	at    func(model.Sample) float64                 // as it was
}

// draw draws how it moved, oldest first. A column is the mean of some seconds, always the same ones, so that nothing dances
// while time goes on.
func (tr trend) draw(m model.Member, width, height int) []string {
	if width < 2 {
		return make([]string, height)
	}
	each := int64(model.MaxSamples/(width-1) + 1) // seconds; the first column and the last may have less
	var values []int
	sum, n, column := 0.0, 0, int64(-1)
	for _, sample := range m.History {
		if at := sample.Taken.Unix() / each; at != column {
			sum, n, column = 0, 0, at
			values = append(values, 0)
		}
		sum, n = sum+tr.at(sample), n+1
		values[len(values)-1] = int(math.Round(sum / float64(n) * 1000)) // fine enough to be drawn
	}
	return area(values, width, height)
}

// answering is how long answers take, which is known without a member's metrics.
func answering() trend {
	return trend{
		"answer", func(_ model.Activity, latency time.Duration) string { return millis(latency) },
		func(at model.Sample) float64 { return at.Latency.Seconds() * 1000 },
	}
}

// trends are all of them, the most telling first.
func trends() []trend {
	return []trend{
		{
			"requests", func(a model.Activity, _ time.Duration) string { return perSecond(a.Requests.Total()) },
			func(at model.Sample) float64 { return at.Activity.Requests.Total() },
		},
		{
			"agreed", func(a model.Activity, _ time.Duration) string { return perSecond(a.Committed) },
			func(at model.Sample) float64 { return at.Activity.Committed },
		},
		{
			"log write", func(a model.Activity, _ time.Duration) string { return millis(a.FsyncP99) },
			func(at model.Sample) float64 { return at.Activity.FsyncP99.Seconds() * 1000 },
		},
		answering(),
		{
			"waiting", func(a model.Activity, _ time.Duration) string { return model.Thousands(a.Pending) },
			func(at model.Sample) float64 { return float64(at.Activity.Pending) },
		},
		{
			"data write", func(a model.Activity, _ time.Duration) string { return millis(a.CommitP99) },
			func(at model.Sample) float64 { return at.Activity.CommitP99.Seconds() * 1000 },
		},
		{
			"sent", func(a model.Activity, _ time.Duration) string { return model.Bytes(int64(a.BytesOut)) + "/s" },
			func(at model.Sample) float64 { return at.Activity.BytesOut },
		},
	}
}

// millis writes a short span: "0.8 ms", "12 ms", "8.2 s"; nothing for an unknown one.
func millis(d time.Duration) string {
	switch {
	case d <= 0:
		return "–"
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	case d >= time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}
