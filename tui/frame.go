package tui

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/ticketcd/ticketcd/model"
)

// The rows of a frame that are not the screen's own: header, rule, message, footer.
const frameRows = 4

// View draws the frame: header, the top screen, what is being said, and the keys that work now.
func (s *Session) View() tea.View {
	view := tea.NewView(s.frame())
	view.AltScreen = true
	view.WindowTitle = "TickETCD"
	return view
}

func (s *Session) frame() string {
	if s.width < minWidth || s.height < minHeight {
		return s.tooSmall()
	}
	height := s.height - frameRows
	return strings.Join([]string{
		s.header(),
		s.theme.border.Render(strings.Repeat("─", s.width)),
		s.body(height),
		fit(" "+s.message(), s.width),
		s.footer(),
	}, "\n")
}

func (s *Session) tooSmall() string {
	if s.width < 1 || s.height < 1 {
		return ""
	}
	text := fmt.Sprintf("Please make this window larger.\n\nThe shop needs %d × %d characters,\nthis window has %d × %d.",
		minWidth, minHeight, s.width, s.height)
	return block(centred(text, s.width, s.height), s.width, s.height)
}

// body draws the topmost full screen, and the boxes that are open over it.
func (s *Session) body(height int) string {
	base := len(s.stack) - 1
	for base > 0 {
		if _, isBox := s.stack[base].(overlay); !isBox {
			break
		}
		base--
	}
	body := block(s.stack[base].view(s, s.width, height), s.width, height)
	for _, top := range s.stack[base+1:] {
		body = over(body, top.view(s, s.width-4, height-2), s.width, height)
	}
	return block(body, s.width, height)
}

// header tells where the person is, who they are, and how fresh the data is.
func (s *Session) header() string {
	left := s.theme.brand.Render(" TickETCD ") + " " + s.theme.strong.Render(s.base().title(s))
	right := s.health() + " "
	if s.me.Username != "" {
		right = s.theme.faint.Render(model.Clean(s.me.Username)+"  ") + right
	}
	return spread(left, right, s.width)
}

// base is the topmost screen that is no box.
func (s *Session) base() screen {
	for i := len(s.stack) - 1; i > 0; i-- {
		if _, isBox := s.stack[i].(overlay); !isBox {
			return s.stack[i]
		}
	}
	return s.stack[0]
}

// health says in a word whether the counts are live, and if not, how old they are.
func (s *Session) health() string {
	switch {
	case s.shop.Stale:
		age := s.cfg.Now().Sub(s.shop.Since).Truncate(time.Second)
		return s.theme.warning.Render("○ counts are " + duration(age) + " old")
	case !s.shop.Loaded && s.shop.Why != "":
		return s.theme.warning.Render("○ not connected")
	case !s.shop.Loaded:
		return s.theme.faint.Render("○ loading …")
	}
	return s.theme.good.Render("● live")
}

// duration writes a span for people: "8 s", "3 min", "2 h".
func duration(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(max(d, 0)/time.Second))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d/time.Minute))
	}
	return fmt.Sprintf("%d h", int(d/time.Hour))
}

// message is the line above the footer: the toast, or else why the counts are not live.
func (s *Session) message() string {
	if s.toast.text == "" {
		if s.shop.Why != "" {
			return s.theme.warning.Render("! " + capital(model.Clean(s.shop.Why)))
		}
		return ""
	}
	switch s.toast.mood {
	case good:
		return s.theme.good.Render("✓ " + s.toast.text)
	case warning:
		return s.theme.warning.Render("! " + s.toast.text)
	case bad:
		return s.theme.bad.Render("✗ " + s.toast.text)
	case doing:
	}
	return s.theme.accent.Render("… ") + s.theme.text.Render(strings.TrimSuffix(s.toast.text, " …"))
}

// footer shows the keys that work now, as many as fit; help and leaving always do.
func (s *Session) footer() string {
	hint := func(a action) string {
		h := a.binding.Help()
		style := s.theme.keys
		if a.why != "" {
			style = s.theme.faint
		}
		return style.Render(h.Key) + " " + s.theme.faint.Render(h.Desc)
	}
	var always []string
	for _, a := range s.common(s.top()) {
		always = append(always, hint(a))
	}
	right := strings.Join(always, "  ") + " "
	left := ""
	for _, a := range s.top().actions(s) {
		if a.quiet {
			continue
		}
		next := left + "  " + hint(a)
		if ansi.StringWidth(next)+2+ansi.StringWidth(right) > s.width {
			break
		}
		left = next
	}
	return spread(strings.TrimPrefix(left, " "), right, s.width)
}

// capital starts a sentence with a capital letter.
func capital(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[size:]
}

func lower(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToLower(r)) + text[size:]
}
