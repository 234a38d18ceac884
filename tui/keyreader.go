package tui

import (
	"io"
	"unicode/utf8"
)

// KeyReader reads the bytes that come from a terminal, made fit for the library that makes keys of them. That panics, and
// takes the whole process along, at a control sequence with more parameters than it has room for; it reads one that has no
// end again and again, the longer the slower; and it makes 65,535 presses of one that says so. Whoever types, or pastes, may
// send all of that: so sequences are cut off where no terminal's are as long. What is not UTF-8 is left out, or the controls
// of eight bits would be among it.
type KeyReader struct {
	from   io.Reader
	half   []byte // of a character
	in     rune   // what begins the sequence that is being read, or goes on with it; 0 in text
	length int    // of its parameters, or of its string, in characters
	parts  int    // how many parameters have ended
}

// NewKeyReader reads from a terminal.
func NewKeyReader(from io.Reader) *KeyReader { return &KeyReader{from: from} }

const (
	maxParts      = 31   // one more parameter than these is the last that there is room for
	maxParameters = 128  // characters
	maxString     = 1024 // characters; an answer of a terminal has some dozens
)

// What begins, and ends, a control sequence.
const (
	escape       = 0x1b
	beginsKey    = '['
	beginsDevice = 'P'
	beginsSystem = ']'
	beginsOther  = '_' // and X, and ^
	bell         = 0x07
	cancels      = 0x18
	substitutes  = 0x1a
)

// Read reads what is left, which may be nothing although something came.
func (k *KeyReader) Read(p []byte) (int, error) {
	held := copy(p, k.half)
	n, err := k.from.Read(p[held:])
	read, kept := p[:held+n], p[:0]
	for len(read) > 0 && utf8.FullRune(read) {
		r, size := utf8.DecodeRune(read)
		read = read[size:]
		if r == utf8.RuneError && size == 1 {
			continue
		}
		if as, ok := k.pass(r); ok {
			kept = utf8.AppendRune(kept, as)
		}
	}
	k.half = append(k.half[:0], read...)
	return len(kept), err
}

// pass says whether a character is passed on, and as what.
func (k *KeyReader) pass(r rune) (rune, bool) {
	switch {
	case r == escape:
		k.in, k.length, k.parts = escape, 0, 0
	case k.in == escape:
		k.in = beginning(r)
	case k.in == beginsKey || k.in == beginsDevice:
		return k.parameter(r)
	case k.in != 0:
		if r == cancels || r == substitutes || r == bell && k.in == beginsSystem {
			k.in = 0
			return r, true
		}
		k.length++
		return r, k.length <= maxString
	}
	return r, true
}

// parameter passes what stands between the beginning and the end of a sequence.
func (k *KeyReader) parameter(r rune) (rune, bool) {
	if r >= ' ' && r <= '?' {
		k.length++
		if r == ';' || r == ':' {
			k.parts++
		}
		return r, k.length <= maxParameters && k.parts <= maxParts
	}
	device := k.in == beginsDevice
	k.in = 0
	if device {
		k.in, k.length = beginsOther, 0
	} else if r == '_' {
		r = '`' // Windows' own records of keys, which say how often each is pressed; nobody has asked for them
	}
	return r, true
}

// beginning is what the character behind escape begins; 0 for nothing.
func beginning(r rune) rune {
	switch r {
	case beginsKey, beginsDevice, beginsSystem:
		return r
	case 'X', '^', beginsOther:
		return beginsOther
	}
	return 0
}
