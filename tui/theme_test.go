package tui_test

import (
	"fmt"
	"image/color"
	"math"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// Backgrounds that many people have: plain ones, and those of well-known colour schemes.
var (
	darkPapers = []string{
		"#000000", "#0c0c0c", "#16141f", "#1e1e1e", "#1e1e2e", "#282828", "#282a36", "#282c34", "#002b36", "#2e3440", "#300a24",
	}
	lightPapers = []string{"#ffffff", "#fbfaff", "#fafafa", "#f5f5f5", "#eff1f5", "#fdf6e3", "#fbf1c7"}
)

// The sets of 16 colours of terminals that have no more: the console of Linux (VGA), xterm, and the old console of Windows.
var (
	vga = []string{
		"#000000", "#aa0000", "#00aa00", "#aa5500", "#0000aa", "#aa00aa", "#00aaaa", "#aaaaaa",
		"#555555", "#ff5555", "#55ff55", "#ffff55", "#5555ff", "#ff55ff", "#55ffff", "#ffffff",
	}
	xterm = []string{
		"#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5",
		"#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff",
	}
)

// luminance is the relative luminance of WCAG 2.2.
func luminance(c color.Color) float64 {
	linear := func(v uint32) float64 {
		part := float64(v) / 0xffff
		if part <= 0.04045 {
			return part / 12.92
		}
		return math.Pow((part+0.055)/1.055, 2.4)
	}
	r, g, b, _ := c.RGBA()
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// contrast is the contrast ratio of WCAG 2.2, from 1 to 21.
func contrast(a, b color.Color) float64 {
	first, second := luminance(a), luminance(b)
	return (max(first, second) + 0.05) / (min(first, second) + 0.05)
}

// aa is the contrast that WCAG 2.2 asks of text, at level AA.
const aa = 4.5

func TestEverythingThatIsReadStandsOutFromItsBackground(t *testing.T) {
	t.Parallel()
	for _, dark := range []bool{true, false} {
		papers := lightPapers
		if dark {
			papers = darkPapers
		}
		palette := tui.Palette(dark, false)
		for _, role := range []string{"faint", "accent", "good", "warning", "bad", "pink", "yellow", "green", "red"} {
			for _, paper := range papers {
				require.GreaterOrEqual(t, contrast(palette[role], lipgloss.Color(paper)), aa, "%s on %s", role, paper)
				fewer := colorprofile.ANSI256.Convert(palette[role])
				require.GreaterOrEqual(t, contrast(fewer, lipgloss.Color(paper)), aa-0.8, "%s of 256 colours on %s", role, paper)
			}
			require.GreaterOrEqual(t, contrast(palette[role], palette["selection"]), aa, "%s on the selection", role)
			require.GreaterOrEqual(t, contrast(palette["onColour"], palette[role]), aa, "letters on %s", role)
		}
		require.GreaterOrEqual(t, contrast(palette["onSelection"], palette["selection"]), aa)
		for _, paper := range papers {
			require.GreaterOrEqual(t, contrast(palette["border"], lipgloss.Color(paper)), 1.5, "the border on %s", paper)
		}
	}
}

// spread is how far a colour is from being a grey, from 0 to 255.
func spread(c color.Color) uint32 {
	r, g, b, _ := c.RGBA()
	return (max(r, g, b) - min(r, g, b)) >> 8
}

// coloured is the spread from which on people see a colour. What is fainter, such as the border, is meant as a grey.
const coloured = 32

func TestNoColourIsGreyOnATerminalWith256Colours(t *testing.T) {
	t.Parallel()
	for _, dark := range []bool{true, false} {
		seen := 0
		for role, c := range tui.Palette(dark, false) {
			if spread(c) < coloured {
				continue
			}
			seen++
			require.GreaterOrEqual(t, spread(colorprofile.ANSI256.Convert(c)), uint32(coloured), "%s, dark: %t", role, dark)
		}
		require.GreaterOrEqual(t, seen, 9, "all but the greys")
	}
}

func TestSixteenColoursStayReadable(t *testing.T) {
	t.Parallel()
	for _, dark := range []bool{true, false} {
		paper := lipgloss.Color("#ffffff")
		if dark {
			paper = lipgloss.Color("#000000")
		}
		for role, c := range tui.Palette(dark, true) {
			basic, ok := c.(ansi.BasicColor)
			if !ok || role == "border" {
				require.True(t, ok || c == lipgloss.NoColor{}, "%s is of the 16, or the terminal's own", role)
				continue
			}
			for _, set := range [][]string{vga, xterm} {
				require.GreaterOrEqual(t, contrast(lipgloss.Color(set[basic]), paper), aa, "%s, dark: %t", role, dark)
			}
		}
	}
}

func TestWithoutColoursWhatIsChosenIsSeen(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").opens("jazz", "Café Noir") // by when what the terminal can do was told
	ann.program.Send(tea.ColorProfileMsg{Profile: colorprofile.ASCII})
	ann.presses("b", "right", "enter").sees("Confirm the order")
	frame := ann.frame()
	require.NotRegexp(t, "\x1b\\[[0-9;]*[34][0-7]m", frame, "no colours")
	require.Contains(t, frame, "\x1b[1;7m Not yet \x1b[", "the answer that enter gives is in reverse")
	require.NotContains(t, frame, "\x1b[1;7m Buy ")
}

func TestATerminalThatShowsOnlyASCIIGetsNothingElse(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := sit(t, "ann", tui.Config{Store: shop.store, Live: shop.live, ASCII: true}, 120, 40)
	ann.sees("Log in", "* live")
	ann.types("ann").presses("enter").types("ann-secret").presses("enter").sees("Welcome back")
	ann.types("jazz").sees("> Cafe Noir Jazz Night", "========")
	ann.presses("enter", "b", "right", "enter").sees("+- Confirm the order -", "You pay GBP 60.00").presses("y").sees("Bought").presses("enter", "f3").sees("1 order")
	for _, r := range ansi.Strip(ann.frame()) {
		require.Less(t, r, rune(0x80))
	}
}

func TestWhereThereIsOnlyASCIIAnArrowKeyIsNotNamedLikeALetterThatDoesNothing(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := sit(t, "ann", tui.Config{Store: shop.store, Live: shop.live, ASCII: true}, 120, 40)
	ann.sees("Log in").types("ann").presses("enter").types("ann-secret").presses("enter").sees("Welcome back").types("jazz").seesRow("> Cafe Noir")
	ann.presses("enter", "b").sees("press right or type a number", "right one more  left one less  down next type")
	ann.presses("enter").sees("! Choose how many first: press right or type a number")
	ann.presses("?").seesRow("right + = l", "one more").seesRow("up k shift+tab", "type before").presses("esc", ":").seesRow("Next type", "down").presses("esc")
	ann.presses("right", "enter").sees("left right other answer").presses("y").sees("Bought").presses("enter", "f3")
	ann.sees("1 order").presses("?").seesRow("v", "open event").seesRow("down j", "down").seesNo("v j")
}

func TestWideLettersAndPicturesLeaveTheColumnsAlone(t *testing.T) {
	t.Parallel()
	names := []string{"日本語の夜", "👩\u200d🚀 Lift-off ❤\ufe0f", "🇬🇧 Proms 👍🏽", "e\u0301te\u0301 à la plage", "한국 음악 " + strings.Repeat("長", 60), "plain"}
	records := []model.Record{user("ann", "Ann 👨\u200d👩\u200d👧 Lee")}
	for i, name := range names {
		id := fmt.Sprintf("0b9c2c5e-93a5-4f0e-8f43-6b6a55d0c0%02d", i)
		e := model.Event{ID: id, Name: name, Location: "東京", Type: "concert", Date: model.ParseDate("2027-03-05 20:30"), Left: 1}
		records = append(records, model.Record{Key: model.EventKey(id), Value: e.Encode()},
			model.Record{Key: model.TicketKey(id, "紅"), Value: model.Ticket{Left: 1, Total: 1, Price: 100}.Encode()})
	}
	shop := openShop(t, records...)
	for _, onlyASCII := range []bool{false, true} {
		for _, width := range []int{60, 80, 120} {
			ann := sit(t, "ann", tui.Config{Store: shop.store, Live: shop.live, ASCII: onlyASCII}, width, 24)
			ann.sees("Log in").types("ann").presses("enter").types("ann-secret").presses("enter").sees("6 events", "Welcome")
			isAligned(t, ann.frame(), width)
			ann.presses("tab", "enter").sees("In all")
			isAligned(t, ann.frame(), width)
		}
	}
}

// isAligned checks that all lines of a frame are as wide as the window, for terminals that join letters to pictures and
// for those that do not, and that all times of day stand below each other.
func isAligned(t *testing.T, frame string, width int) {
	t.Helper()
	columns := map[int]bool{}
	for line := range strings.SplitSeq(ansi.Strip(frame), "\n") {
		require.Equal(t, width, ansi.StringWidth(line), "%q", line)
		require.Equal(t, width, ansi.StringWidthWc(line), "%q", line)
		if before, _, found := strings.Cut(line, "Fri  5 Mar 20:30"); found {
			columns[ansi.StringWidth(before)] = true
		}
	}
	require.LessOrEqual(t, len(columns), 1, "%s", ansi.Strip(frame))
}

func TestTheLocaleSaysWhichCharactersThereAre(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		variables map[string]string
		onlyASCII bool
	}{
		{nil, false},
		{map[string]string{"LANG": "C"}, true},
		{map[string]string{"LANG": "en_GB.UTF-8"}, false},
		{map[string]string{"LANG": "en_GB.UTF-8", "LC_CTYPE": "POSIX"}, true},
		{map[string]string{"LANG": "en_GB.ISO-8859-1", "LC_ALL": "C.utf8"}, false},
	} {
		require.Equal(t, c.onlyASCII, tui.OnlyASCII(func(name string) string { return c.variables[name] }), "%v", c.variables)
	}
}

func TestADigitThatIsDrawnAsAKeyIsShownAndTyped(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	shop.puts(model.EventKey(jazzID), `{"name":"The 1️⃣2️⃣3️⃣ of all that there is to know about jazz, in twelve easy lessons","description":"1️⃣ and 2️⃣",`+
		`"location":"The 9️⃣th floor of a house in London","type":"concert","date":"2027-03-05 20:30","current_quantity":340}`)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").seesRow("The 1", " of all that", "340")
	ann.program.Send(tea.PasteMsg{Content: "1️⃣ 2️⃣ 3️⃣ of all that there is to know about jazz in twelve"})
	ann.sees("1 of 3 events").seesRow("›", "The 1", "340").presses("enter").sees("in twelve easy lessons").presses("b").sees("You pay")
}
