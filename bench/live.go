package bench

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
)

// What an audience looks at: events that are found by words that no others have, and whose counts can be told from any
// other number on the screen. One of them sells.
const (
	LiveWord  = "zebra"
	QuietWord = "walrus"
	liveEvent = "0000be4c-11fe-4000-8000-000000000000"
	liveTotal = 900_000
	liveLeft  = 800_000
	liveRate  = 200 // orders a second, one after the other
	// framePace is how long a frame takes at the pace at which sessions draw.
	framePace = time.Second / 30
	// lateness is how long the last order is waited for. What was not seen by then counts as that late.
	lateness = 30 * time.Second
)

// Sight is how many tickets somebody saw to be left, and when.
type Sight struct {
	Bare bool  `json:"bare"` // on a bare watch, else in a finished frame
	Left int   `json:"left"`
	At   int64 `json:"at"` // in nanoseconds since 1970
}

var liveCount = regexp.MustCompile(`7\d\d,\d{3}|800,000`)

// CountIn finds the count of the event that the audience looks at in what is on a screen.
func CountIn(screen string) (left int, ok bool) {
	left, err := strconv.Atoi(strings.ReplaceAll(liveCount.FindString(screen), ",", ""))
	return left, err == nil
}

// WatchBare tells of every change of the event that an audience looks at, as etcd itself tells it, until ctx ends.
func WatchBare(ctx context.Context, store *etcdstore.Store, ready func(), saw func(Sight)) error {
	return store.Yardstick().Watch(ctx, model.EventKey(liveEvent), ready, func(value string, at time.Time) {
		if event, err := model.DecodeEvent(liveEvent, []byte(value)); err == nil {
			saw(Sight{Bare: true, Left: event.Left, At: at.UnixNano()})
		}
	})
}

// audience is a process whose sessions watch, as this one sees it.
type audience struct {
	mu   sync.Mutex
	seen [2][]Sight // in frames, and on the bare watch
	more chan struct{}
}

func (a *audience) listen(from io.Reader) {
	told := json.NewDecoder(bufio.NewReader(from))
	for {
		var s Sight
		if err := told.Decode(&s); err != nil {
			return
		}
		kind := 0
		if s.Bare {
			kind = 1
		}
		a.mu.Lock()
		a.seen[kind] = append(a.seen[kind], s)
		a.mu.Unlock()
		select {
		case a.more <- struct{}{}:
		default:
		}
	}
}

// shows says whether frames and watch have come down to a count.
func (a *audience) shows(left int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !slices.ContainsFunc(a.seen[:], func(seen []Sight) bool { return len(seen) == 0 || seen[len(seen)-1].Left > left })
}

// await waits until they do, and says whether they did in time.
func (a *audience) await(ctx context.Context, left int, patience time.Duration) (bool, error) {
	late := time.NewTimer(patience)
	defer late.Stop()
	for !a.shows(left) {
		select {
		case <-a.more:
		case <-ctx.Done():
			return false, ctx.Err()
		case <-late.C:
			return false, nil
		}
	}
	return true, nil
}

// live is how long it takes from the sending of an order until a session in another process shows it in a frame that is
// drawn to the end, and until a bare watch in that process tells it. Both have the commit in them. So many of the sessions of
// that process look at the event; the others look at one that does not sell.
func (b *bench) live(ctx context.Context, sessions, looking int) (frames, watch sample, err error) {
	if err = b.write(ctx, liveRecords()); err != nil {
		return frames, watch, err
	}
	cmd := b.Audience(ctx, sessions, looking)
	answers, err := cmd.StdoutPipe()
	if err != nil {
		return frames, watch, err
	}
	stop, err := cmd.StdinPipe()
	if err != nil {
		return frames, watch, err
	}
	if err = cmd.Start(); err != nil {
		return frames, watch, model.Wrap(model.CodeFailed, err, "a process that watches cannot be started: %s", err)
	}
	a := &audience{more: make(chan struct{}, 1)}
	listening := make(chan struct{})
	go func() {
		defer close(listening)
		a.listen(answers)
	}()
	defer func() {
		stop.Close()
		<-listening
		cmd.Wait() //nolint:errcheck // what it saw is known
	}()
	sent, err := b.orderForAudience(ctx, a)
	if err != nil {
		return frames, watch, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return delays(sent, a.seen[0]), delays(sent, a.seen[1]), nil
}

// orderForAudience places orders at a steady rate, one after the other, and returns when each was sent.
func (b *bench) orderForAudience(ctx context.Context, a *audience) ([]time.Time, error) {
	if started, err := a.await(ctx, liveLeft, 2*lateness); err != nil || !started {
		return nil, cmp.Or[error](err, model.Errorf(model.CodeFailed, "the sessions that watch do not start"))
	}
	var sent []time.Time
	pace := time.NewTicker(time.Second / liveRate)
	defer pace.Stop()
	for began := time.Now(); time.Since(began) < time.Duration(b.Turns)*b.Slice; <-pace.C {
		sent = append(sent, time.Now())
		if err := b.buy(ctx, oneTicket(liveEvent, b.users[len(sent)%len(b.users)])); err != nil {
			return nil, err
		}
	}
	_, err := a.await(ctx, liveLeft-len(sent), lateness)
	return sent, err
}

// delays say how long after each order a count was seen that includes it.
func delays(sent []time.Time, seen []Sight) sample {
	var took []time.Duration
	for i, at := range sent {
		first := slices.IndexFunc(seen, func(s Sight) bool { return s.Left <= liveLeft-(i+1) })
		late := lateness
		if first >= 0 {
			late = time.Duration(seen[first].At - at.UnixNano())
		}
		took = append(took, late)
	}
	s := sample{Count: len(took)}
	s.P50, s.P99 = model.Percentiles(took)
	return s
}

// liveRecords are two events with one type of tickets each, as nobody has ordered for them.
func liveRecords() []model.Record {
	var records []model.Record
	for _, event := range []model.Event{
		{ID: liveEvent, Name: "A Zebra Crossing", Description: "Everybody watches", Left: liveLeft},
		{ID: "0000be4c-11fe-4000-8000-000000000001", Name: "A Walrus at Rest", Description: "Nothing happens", Left: liveLeft},
	} {
		event.Location, event.Type, event.Date = "Hall", "concert", model.ParseDate("2099-12-31 20:00")
		ticket := model.Ticket{Type: "red", Total: liveTotal, Left: liveLeft, Price: 2399}
		records = append(records,
			model.Record{Key: model.TicketKey(event.ID, "red"), Value: ticket.Encode()},
			model.Record{Key: model.EventKey(event.ID), Value: event.Encode()})
	}
	return records
}

// takeLive measures a process with one session, one with many of which a tenth look at what sells, and one with as many that
// all do. The event's count begins anew for each, so this is no shop to be audited.
func (b *bench) takeLive(ctx context.Context) ([]Figure, error) {
	if !b.wants("live") {
		return nil, nil
	}
	var out []Figure
	type crowd struct{ sessions, looking int }
	for _, of := range slices.Compact([]crowd{{1, 1}, {b.Sessions, (b.Sessions + 9) / 10}, {b.Sessions, b.Sessions}}) {
		name := "live/" + model.Plural(of.sessions, "session")
		if of.looking < of.sessions {
			name += fmt.Sprintf(", %d of them looking", of.looking)
		}
		b.Tell(fmt.Sprintf("%s, %d orders a second", name, liveRate))
		frames, watch, err := b.live(ctx, of.sessions, of.looking)
		if err != nil {
			return nil, err
		}
		if err = b.etcd.Remove(ctx, model.PrefixPurchase); err != nil {
			return nil, err
		}
		atMostTwoFramesMore := Figure{Name: name + ", bare watch, 99 of 100 within, and two frames", Value: millis(watch.P99 + 2*framePace), Unit: "ms"}
		out = append(out,
			turns{frames}.half(name+", order to frame, half within").than(turns{watch}.half(name+", bare watch, half within"), Goal{}),
			turns{frames}.slowest(name+", order to frame, 99 of 100 within").than(atMostTwoFramesMore, atMost(1)))
	}
	return out, nil
}
