package tui

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"charm.land/bubbles/v2/textinput"
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

	before *model.Person // my records before what is under way
	behind func() bool   // what was done has not come back yet; nil if it has
	waits  int           // counts what was waited for, so that a late clock knows that it is late

	listed  []string           // the ids of the events that the numbers of the last list stand for
	entry   func(i int) string // what the list says of each
	further int                // how many of them have been told
	orders  []string           // the ids of the orders that have been told of the last list of orders
	event   string             // the id of the open event
}

// commandPrompt asks for a command.
const commandPrompt = ">"

// question is something that the person is asked.
type question struct {
	words  string
	secret bool
	answer func(line string) tea.Cmd
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
}

// sentence ends what was said with a full stop.
func sentence(text string) string {
	text = strings.ReplaceAll(text, "…", "...")
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?:") {
		return text
	}
	return text + "."
}

// tellOut tells somebody why they were logged out who did not ask for it. They are not asked any more what they were being
// asked: what they answer to it is dropped, for it may be a password, or a yes.
func (p *Plain) tellOut() {
	l, ok := p.stack[0].(*login)
	if !ok || l.out == "" || l == p.out {
		return
	}
	p.out, p.asked, p.behind = l, nil, nil
	p.forget()
	if p.prompt != "" && p.prompt != commandPrompt {
		p.prompt = commandPrompt
		p.reading.answer = func(string) tea.Cmd {
			p.tell("You are not logged in any more, so nothing was done.")
			return nil
		}
	}
	p.tell(sentence(l.out))
}

// next reads a line, unless one is being read or something is under way.
func (p *Plain) next() tea.Cmd {
	if p.ended || p.prompt != "" || p.busy != "" || p.behind != nil && p.behind() {
		return nil
	}
	p.behind = nil
	q := p.asked
	if p.asked = nil; q == nil {
		q = &question{words: commandPrompt, answer: p.command}
		if c, ok := p.top().(*confirm); ok {
			p.tell(strings.Split(c.asked(), "\n")...)
			q = &question{words: "Yes or no?", answer: func(line string) tea.Cmd { return p.decide(c, line) }}
		}
	}
	p.prompt, p.reading = q.words, q
	p.showPrompt()
	read := func() (string, error) { return readLine(p.in) }
	if q.secret && p.lines.Secret != nil {
		read = p.lines.Secret
	}
	return func() tea.Msg {
		text, err := read()
		return lineMsg{text: text, to: q, err: err}
	}
}

// maxAnswer is how many bytes of a line are looked at: more than anybody types. What has no end would take all memory.
const maxAnswer = 4096

// readLine reads a line, the last one also without an end. The rest of one that is too long is passed over.
func readLine(in *bufio.Reader) (string, error) {
	var text []byte
	for {
		part, err := in.ReadSlice('\n')
		text = append(text, part[:min(len(part), maxAnswer-len(text))]...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(text) > 0:
			err = nil
		}
		return string(text), err
	}
}

// ask has the next line answer a question. An empty answer takes back whatever it was asked for.
func (p *Plain) ask(words string, secret bool, then func(answer string) tea.Cmd) tea.Cmd {
	p.asked = &question{words: words + ":", secret: secret, answer: func(line string) tea.Cmd {
		if line == "" {
			p.tell("No answer, so nothing was done.")
			return nil
		}
		return then(line)
	}}
	return nil
}

// decide takes the answer to a question that is asked before something happens. Only a yes is one.
func (p *Plain) decide(c *confirm, line string) tea.Cmd {
	p.Session.close(c)
	switch strings.ToLower(line) {
	case "y", "yes":
		return c.deed()
	}
	p.tell("Only yes goes ahead, so nothing was done.")
	return nil
}

// fill asks for the fields of a form, one after the other and again for what is wrong, and then does what it is for.
func (p *Plain) fill(of screen, f *form, at int) tea.Cmd {
	if at == len(f.fields) {
		return p.accept(of, f)
	}
	field := f.fields[at]
	words := field.label
	if field.hint != "" {
		words += " (" + field.hint + ")"
	}
	return p.ask(words, field.input.EchoMode != textinput.EchoNormal, func(answer string) tea.Cmd {
		f.set(at, answer)
		if field.check != nil {
			if err := field.check(f.value(at)); err != nil {
				p.tell(sentence(capital(model.Sentence(err))))
				return p.fill(of, f, at)
			}
		}
		return p.fill(of, f, at+1)
	})
}

// accept does what a form is for, or tells what is wrong with it.
func (p *Plain) accept(of screen, f *form) tea.Cmd {
	f.move(len(f.fields) - 1 - f.focus)
	cmd := p.act(of.actions(p.Session)[0])
	for _, field := range f.fields {
		if field.wrong != "" {
			p.tell(sentence(capital(field.wrong)))
		}
	}
	return cmd
}

// tell writes lines. When the person's turn has begun already, the turn begins again.
func (p *Plain) tell(lines ...string) {
	if p.prompt != "" && p.lines.Prompt {
		p.write("\n")
	}
	for _, line := range lines {
		if line != "" {
			p.write(model.Clean(line) + "\n")
		}
	}
	if p.prompt != "" {
		p.showPrompt()
	}
}

// breakOff asks nothing more, and ends the line in which the person was asked something.
func (p *Plain) breakOff() {
	if p.prompt != "" && p.lines.Prompt {
		p.write("\n")
	}
	p.prompt, p.ended = "", true
}

func (p *Plain) tellf(format string, args ...any) { p.tell(fmt.Sprintf(format, args...)) }

func (p *Plain) showPrompt() {
	if p.lines.Prompt {
		p.write(model.Clean(p.prompt) + " ")
	}
}

// write writes. Where nobody hears it any more nothing more is asked, and the session ends.
func (p *Plain) write(text string) {
	if _, err := io.WriteString(p.lines.Out, spellLine(text, p.cfg.ASCII)); err != nil {
		p.prompt, p.ended, p.unheard = "", true, true
	}
}
