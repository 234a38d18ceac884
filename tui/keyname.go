package tui

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ticketcd/ticketcd/model"
)

// keyName writes a key for people.
func keyName(name string) string {
	switch name {
	case "up":
		return "↑"
	case "down":
		return "↓"
	case "left":
		return "←"
	case "right":
		return "→"
	}
	return name
}

// spelled names keys as a person sees them. Where there is only ASCII an arrow would become a sign that can be typed, and typing
// it would do nothing: there it is a word.
func (s *Session) spelled(keys string) string {
	if !s.cfg.ASCII {
		return keys
	}
	return strings.NewReplacer("←→", "left right", "↑↓", "up down", "↑", "up", "↓", "down", "←", "left", "→", "right").Replace(keys)
}

// modifiers are what may stand before a key, in the order in which the terminal's library writes them.
func modifiers() []string { return []string{"ctrl+", "alt+", "shift+"} }

// namedKeys are the keys that are more than a letter.
func namedKeys() []string {
	return []string{
		"enter", "esc", "tab", "space", "backspace", "delete", "insert", "up", "down", "left", "right", "home", "end",
		"pgup", "pgdown", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12",
	}
}

// checkKey says why a key cannot be bound as it is written; nil if it can.
func checkKey(name string) error {
	key, modified := name, false
	for _, modifier := range modifiers() {
		if rest, found := strings.CutPrefix(key, modifier); found && rest != "" {
			key, modified = rest, true
		}
	}
	letter, size := utf8.DecodeRuneInString(key)
	single := key != "" && size == len(key) && unicode.IsGraphic(letter) && letter != ' '
	bad := func(format string, args ...any) error { return model.Errorf(model.CodeUsage, format, args...) }
	switch {
	case name == "ctrl+i", name == "ctrl+m", name == "ctrl+[", name == "ctrl+h":
		return bad("most terminals cannot tell %s from tab, enter, esc or backspace: choose another key", name)
	case single && modified && unicode.IsUpper(letter):
		return bad("%s is not written like that: with ctrl or alt, letters are small, and a capital is shift+", model.Clean(name))
	case single && strings.HasPrefix(name, "shift+"):
		return bad("%s is not written like that: write what shift makes of it, such as %c", model.Clean(name), unicode.ToUpper(letter))
	case single, slices.Contains(namedKeys(), key):
		return nil
	}
	return unknown("there is no key "+model.Clean(name), model.Nearest(spelledOut(key), namedKeys()))
}

// spelledOut turns the names that others give to some keys into ours.
func spelledOut(name string) string {
	switch strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(name)) {
	case "escape":
		return "esc"
	case "return", "cr":
		return "enter"
	case "pageup", "prior":
		return "pgup"
	case "pagedown", "next":
		return "pgdown"
	case "del":
		return "delete"
	case "ins":
		return "insert"
	case "bs":
		return "backspace"
	}
	return strings.ToLower(name)
}
