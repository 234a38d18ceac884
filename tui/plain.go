package tui

import (
	"bufio"
	"cmp"
	"context"
	"io"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// Lines is how a person and a plain session speak with each other.
type Lines struct {
	In  io.Reader
	Out io.Writer
	// Secret reads a line that must not be seen, and shows its end; nil reads it from In like any other.
	Secret func() (string, error)
	// Prompt says that a person is waiting, and is told when it is their turn. Without it only answers are written.
	Prompt bool
}

// Plain is the shop line by line, for screen readers, simple terminals and pipes: what is drawn elsewhere is told in
// sentences, and commands stand for keys. It is a [Session] with its rules, its words and its screens, which are never
// drawn. It writes text and ends of lines and nothing else, so run it without a renderer.
type Plain struct {
	*Session
	lines   Lines
	in      *bufio.Reader
	asked   *question // what the next line answers; nil for a command
	prompt  string    // what the person is being asked now; empty while the shop is at work
	ended   bool      // nothing is asked any more
	unheard bool      // what was said last could not be written
	reading *question // what the line that is being read answers
	out     *login    // the screen that said last why somebody was logged out
	spoken  int       // the tag of the last toast that was told
	why     string    // the last trouble with the connection that was told
	full    bool      // the database was full when it was last told

	before *model.Person // my records before what is under way
	behind func() bool   // what was done has not come back yet; nil if it has
	waits  int           // counts what was waited for, so that a late clock knows that it is late

	listed  []string           // the ids of the events that the numbers of the last list stand for
	entry   func(i int) string // what the list says of each
	further int                // how many of them have been told
	orders  []string           // the ids of the orders that have been told of the last list of orders
	event   string             // the id of the open event
}

type (
	// lineMsg is a line that the person wrote.
	lineMsg struct {
		text string
		to   *question
		err  error
	}
	// lateMsg says that what was waited for is taking too long.
	lateMsg struct{ wait int }
)

// Continued tells a plain session that it was stopped and goes on: whatever has had the terminal meanwhile has written on it,
// and the person is asked again what they are being asked.
type Continued struct{}

// catchUp is how long the shop waits, before it goes on, to see what was just done come back from the store. It comes
// within milliseconds, or else the connection is lost, which is told.
const catchUp = 2 * time.Second

// NewPlain returns a plain session on some lines, which ends with ctx.
func NewPlain(ctx context.Context, cfg Config, lines Lines) *Plain {
	s := New(ctx, cfg)
	s.cfg.Still, s.cfg.Quiet, s.cfg.Mouse = true, true, false
	s.cfg.Keys = Keymap{ // where words name a key
		"notifications": {"the command notifications"}, "manage-events": {"the command ticketcd event create"},
	}
	return &Plain{Session: s, lines: lines, in: bufio.NewReader(lines.In)}
}

// Init greets, and asks for the first line.
func (p *Plain) Init() tea.Cmd {
	start := p.Session.Init()
	p.tell("TickETCD, a ticket shop, line by line. Type help for commands, quit to leave.")
	if !p.shop.Loaded {
		p.tell("Loading the events ...")
		p.behind = func() bool { return !p.shop.Loaded && p.shop.Why == "" }
	}
	p.report()
	return tea.Batch(start, p.next())
}

// View draws nothing: all that there is to say has been told.
func (p *Plain) View() tea.View { return tea.View{} }

// Update does what a line says, leaves everything else to the session, and tells what the session would show.
func (p *Plain) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case lineMsg:
		if p.ended {
			return p, nil
		}
		if msg.err != nil {
			cmd = p.end("nobody says anything more")
			break
		}
		p.prompt = ""
		p.before = p.person
		text := strings.TrimRight(msg.text, "\r\n")
		if !msg.to.secret {
			text = strings.TrimSpace(text)
		}
		cmd = msg.to.answer(text)
	case lateMsg:
		if msg.wait == p.waits {
			p.behind = nil
		}
	case tea.KeyPressMsg, tea.MouseMsg, tea.PasteMsg:
	case Continued:
		if p.prompt != "" {
			p.showPrompt()
		}
	case Closing:
		p.breakOff()
		_, cmd = p.Session.Update(msg)
	case doneMsg:
		_, cmd = p.Session.Update(msg)
		cmd = tea.Batch(cmd, p.await(msg))
	default:
		_, cmd = p.Session.Update(msg)
	}
	p.tellOut()
	p.report()
	return p, tea.Batch(cmd, p.next(), p.unlessHeard())
}

// unlessHeard ends a session that nobody hears any more, when what is under way is done.
func (p *Plain) unlessHeard() tea.Cmd {
	if !p.unheard || p.ending.why != "" {
		return nil
	}
	return p.finish(Closing{Words: "nobody hears it"})
}

// end reads and asks nothing more. The session ends when what is under way is done, which is told.
func (p *Plain) end(why string) tea.Cmd {
	p.breakOff()
	return p.finish(Closing{Words: why})
}

// await keeps the next line waiting until the person's records show what was done, so that it is seen by what follows.
func (p *Plain) await(done doneMsg) tea.Cmd {
	if done.err != nil || p.me.Username == "" {
		return nil
	}
	before := p.before
	p.waits++
	p.behind = func() bool { return p.person == before || !p.person.Known }
	return p.after(catchUp, lateMsg{p.waits})
}

// report tells what the session said, and how the connection is, if either is news.
func (p *Plain) report() {
	if p.toast.tag != p.spoken {
		p.spoken = p.toast.tag
		p.tell(sentence(p.toast.text))
	}
	if p.shop.Why != p.why {
		p.why = p.shop.Why
		p.tell(sentence(capital(cmp.Or(p.why, "The connection is back, and the counts are live again"))))
	}
	if p.shop.Full != p.full {
		p.full = p.shop.Full
		words := databaseFull
		if !p.full {
			words = "There is room in the database again: tickets are sold"
		}
		p.tell(sentence(words))
	}
}

// sentence ends what was said with a full stop.
func sentence(text string) string {
	text = strings.ReplaceAll(text, "…", "...")
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?:") {
		return text
	}
	return text + "."
}
