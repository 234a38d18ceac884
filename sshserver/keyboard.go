package sshserver

import (
	"bufio"
	"io"
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"github.com/ticketcd/ticketcd/model"
)

// maxLine is how many characters somebody may write at once.
const maxLine = 512

// The keys that edit a line.
const (
	keyInterrupt = 0x03 // ctrl+c
	keyEnd       = 0x04 // ctrl+d
	keyErase     = 0x15 // ctrl+u
	keyEscape    = 0x1b
	keyDelete    = 0x7f
)

// keyboard makes lines of the keys of a terminal on the other side of a connection, where nobody else shows what is typed
// and takes back what was wrong. It reads a line at a time.
type keyboard struct {
	in   *bufio.Reader
	out  io.Writer
	rest string // of a line, not read yet
}

func newKeyboard(terminal io.ReadWriter) *keyboard {
	return &keyboard{in: bufio.NewReader(terminal), out: terminal}
}

// Read reads a line, which is shown while it is typed.
func (k *keyboard) Read(p []byte) (int, error) {
	if k.rest == "" {
		line, err := k.line(true)
		if err != nil {
			return 0, err
		}
		k.rest = line + "\n"
	}
	n := copy(p, k.rest)
	k.rest = k.rest[n:]
	return n, nil
}

// Secret reads a line that is not shown.
func (k *keyboard) Secret() (string, error) { return k.line(false) }

func (k *keyboard) line(shown bool) (string, error) {
	var typed []rune
	show := func(text string) {
		if shown {
			k.show(text)
		}
	}
	for {
		r, _, err := k.in.ReadRune()
		if err != nil {
			return "", err
		}
		switch {
		case r == '\r', r == '\n':
			k.show("\r\n")
			return string(typed), nil
		case r == keyInterrupt, r == keyEnd && len(typed) == 0:
			return "", io.EOF
		case r == keyDelete, r == '\b':
			if n := len(typed); n > 0 {
				show(erasing(typed[n-1:]))
				typed = typed[:n-1]
			}
		case r == keyErase:
			show(erasing(typed))
			typed = nil
		case r == keyEscape:
			k.skip()
		case unicode.IsPrint(r) && r != unicode.ReplacementChar && len(typed) < maxLine:
			typed = append(typed, r)
			show(model.Clean(string(r)))
		}
	}
}

// erasing takes characters off the screen again, without a sequence that a simple terminal would not know.
func erasing(typed []rune) string { return strings.Repeat("\b \b", ansi.StringWidth(string(typed))) }

// skip passes over what follows escape when it is a key such as an arrow, which means nothing here.
func (k *keyboard) skip() {
	for first := true; k.in.Buffered() > 0; first = false {
		b, err := k.in.ReadByte()
		if err != nil || !first && b >= '@' && b <= '~' || first && b != '[' && b != 'O' {
			return
		}
	}
}

// show writes. Whoever cannot be written to is not there, which reading finds out.
func (k *keyboard) show(text string) { _, _ = io.WriteString(k.out, text) } //nolint:errcheck // see above
