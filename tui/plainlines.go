package tui

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// commandPrompt asks for a command.
const commandPrompt = ">"

// question is something that the person is asked.
type question struct {
	words  string
	secret bool
	answer func(line string) tea.Cmd
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

func (p *Plain) tellf(format string, args ...any) { p.tell(fmt.Sprintf(format, args...)) }

// breakOff asks nothing more, and ends the line in which the person was asked something.
func (p *Plain) breakOff() {
	if p.prompt != "" && p.lines.Prompt {
		p.write("\n")
	}
	p.prompt, p.ended = "", true
}

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
