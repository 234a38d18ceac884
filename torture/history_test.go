package torture

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/ticketcd/ticketcd/model"
)

// ticketTypes are what every event sells, in the order in which counts are written down.
var ticketTypes = [...]string{"green", "pink", "red"}

// counts are numbers of tickets, by type.
type counts [len(ticketTypes)]int

func (c counts) lines() []model.Line {
	var lines []model.Line
	for i, n := range c {
		if n > 0 {
			lines = append(lines, model.Line{Type: ticketTypes[i], Quantity: n})
		}
	}
	return lines
}

func countLines(lines []model.Line) (c counts) {
	for _, line := range lines {
		if i := slices.Index(ticketTypes[:], line.Type); i >= 0 {
			c[i] += line.Quantity
		}
	}
	return c
}

func countLeft(tickets []model.Ticket) (c counts) {
	for _, ticket := range tickets {
		if i := slices.Index(ticketTypes[:], ticket.Type); i >= 0 {
			c[i] = ticket.Left
		}
	}
	return c
}

// verb is what a shopper asks for.
type verb string

const (
	buy    verb = "buy"
	cancel verb = "cancel"
	look   verb = "look" // at what is left, in the store itself
	end    verb = "end"  // what the store holds when all is over; asked by the judge
)

// outcome is what a shopper was told.
type outcome string

const (
	done    outcome = "done"
	refused outcome = "refused" // by a rule, after a look at the truth
	nothing outcome = "nothing" // was done, because the cluster does not answer
	unknown outcome = "unknown" // not known: it may be done by now, or later, or never
	wrong   outcome = "wrong"   // what must not be said at all
)

// never is when a deed without an answer ends: it may still come into force.
const never = math.MaxInt64

// deed is something that a shopper asked for, and what came of it.
type deed struct {
	Process string  `json:"process"`
	Number  int     `json:"number"` // of the process's deeds
	Verb    verb    `json:"verb"`
	Event   string  `json:"event"`
	User    string  `json:"user,omitempty"`
	Order   string  `json:"order,omitempty"`
	Tickets counts  `json:"tickets"` // wanted, given back, or left
	Call    int64   `json:"call"`    // in nanoseconds of a clock that all processes share
	Return  int64   `json:"return"`
	Outcome outcome `json:"outcome"`
	Words   string  `json:"words,omitempty"`   // the sentence that people are shown
	Doubted bool    `json:"doubted,omitempty"` // it was checked whether it went through

	Standing []string `json:"-"` // of an end: the orders in the store, sorted
	Again    bool     `json:"-"` // of a cancel: others cancel the same order
}

// sight is what a process shows of an event.
type sight struct {
	Process  string `json:"process"`
	Revision int64  `json:"revision"`
	Event    string `json:"event"`
	Left     counts `json:"left"`
}

// entry is a line of a history.
type entry struct {
	Began  *deed             `json:"began,omitempty"`
	Ended  *deed             `json:"ended,omitempty"`
	Sight  *sight            `json:"sight,omitempty"`
	Shows  map[string]counts `json:"shows,omitempty"` // of all events, at the end
	Report string            `json:"report,omitempty"`
}

// outcomeOf translates what the store said.
func outcomeOf(v verb, err error) outcome {
	switch model.CodeOf(err) {
	case "":
		return done
	case model.CodeRefused:
		if text := model.Sentence(err); v == buy && !strings.Contains(text, "left") && !strings.Contains(text, "sold out") {
			return wrong
		}
		return refused
	case model.CodeNotFound:
		if v == cancel {
			return refused
		}
	case model.CodeConflict:
		if v == buy && strings.Contains(model.Sentence(err), "went through") {
			return done // and somebody else has cancelled it since
		}
	case model.CodeUnavailable:
		return nothing
	case model.CodeUnknown:
		return unknown
	default:
	}
	return wrong
}

// book is everything that the processes wrote down.
type book struct {
	deeds  map[string]map[int]deed
	sights []sight
}

func newBook() *book { return &book{deeds: map[string]map[int]deed{}} }

// write takes down an entry. A deed counts as unanswered until it has ended.
func (b *book) write(e entry) {
	switch {
	case e.Began != nil:
		e.Began.Outcome, e.Began.Return = unknown, never
		b.keep(*e.Began)
	case e.Ended != nil:
		if e.Ended.Outcome == unknown || e.Ended.Outcome == wrong {
			e.Ended.Return = never
		}
		b.keep(*e.Ended)
	case e.Sight != nil:
		b.sights = append(b.sights, *e.Sight)
	}
}

func (b *book) keep(d deed) {
	if b.deeds[d.Process] == nil {
		b.deeds[d.Process] = map[int]deed{}
	}
	b.deeds[d.Process][d.Number] = d
}

// all returns the deeds in the order in which they were begun.
func (b *book) all() []deed {
	var all []deed
	for _, deeds := range b.deeds {
		for _, d := range deeds {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(x, y deed) int { return int(min(1, max(-1, x.Call-y.Call))) })
	return all
}

// readEntries reads a history line by line. The last line of a process that was killed may be torn.
func readEntries(from io.Reader, take func(entry)) error {
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var e entry
		if err = json.Unmarshal(line, &e); err != nil {
			return err
		}
		take(e)
	}
}
