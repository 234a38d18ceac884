package sshserver

import (
	"regexp"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/ssh"
	"github.com/charmbracelet/colorprofile"

	"github.com/ticketcd/ticketcd/tui"
)

// The window sizes that are drawn, in cells: a smaller one is no window, a larger one costs more than anybody sees.
const (
	usualWidth, usualHeight = 80, 24
	maxWidth, maxHeight     = 500, 200
)

// clamp makes a window size one that can be drawn.
func clamp(width, height uint32) tea.WindowSizeMsg {
	if width < 1 || height < 1 {
		return tea.WindowSizeMsg{Width: usualWidth, Height: usualHeight}
	}
	return tea.WindowSizeMsg{Width: int(min(width, maxWidth)), Height: int(min(height, maxHeight))}
}

// terminal is what a client says of its terminal, as far as it is to be believed.
type terminal struct {
	name    string
	size    tea.WindowSizeMsg
	env     []string
	profile colorprofile.Profile
	mouse   bool
	dumb    bool // it has no screen to draw on
	ascii   bool // it can show nothing else
}

var (
	terminalName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}$`) // it is looked up as a file's name
	withoutMouse = regexp.MustCompile(`^(linux|vt\d|ansi|sun|con|cygwin)`)
)

func newTerminal(pty ssh.Pty, environment []string) terminal {
	name := pty.Term
	if !terminalName.MatchString(name) {
		name = "xterm"
	}
	t := terminal{
		name: name, size: clamp(uint32(pty.Window.Width), uint32(pty.Window.Height)), env: []string{"TERM=" + name},
		mouse: !withoutMouse.MatchString(name), dumb: name == "dumb" || pty.Term == "",
	}
	plain := false
	locale := map[string]string{}
	for _, variable := range environment {
		name, value, _ := strings.Cut(variable, "=")
		switch {
		case name == "COLORTERM" && (value == "truecolor" || value == "24bit"):
			t.env = append(t.env, variable)
		case name == "NO_COLOR" && value != "": // https://no-color.org: any value
			plain = true
		default:
			locale[name] = value
		}
	}
	t.ascii = tui.OnlyASCII(func(name string) string { return locale[name] })
	t.profile = colorprofile.Env(t.env)
	if plain {
		t.profile = colorprofile.ASCII
	}
	return t
}
