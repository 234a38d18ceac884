package tui_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

func TestSomebodyUsesKeysOfTheirOwn(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	keys := tui.Keymap{
		"buy-tickets": {"o", "enter"}, "down": {"ctrl+n"}, "help": {"f12", "H"}, "quit": {"Q"},
		"all-commands": {"ctrl+t"}, "tell-me-when": {"f9"},
	}
	_, err := keys.Check()
	require.NoError(t, err)
	ann := sit(t, "ann", tui.Config{Store: shop.store, Live: shop.live, Keys: keys}, 80, 24)
	bob := shop.sits("bob")
	ann.logsIn("ann", "ann-secret").sees("f12 help", "ctrl+c quit").opens("jazz", "Café Noir")
	ann.sees("o buy tickets", "f9 tell me when", "f12 help", "Q quit").seesNo("? help")
	ann.presses("H").sees("f12 H", "o enter").presses("esc").seesNo("f12 H")
	ann.presses("ctrl+t").types("buy").seesRow("Buy tickets", "o ").presses("esc")
	ann.presses("o").sees("You pay").presses("esc").presses("esc", "tab").seesRow("›", "Café Noir").presses("x")
	ann.seesRow("›", "Vanishing").presses("j", "ctrl+n").seesRow("›", "Café Noir")
	bob.logsIn("bob", "bob-secret").opens("jazz", "Café Noir").sees("enter buy tickets", "? help")
	bob.presses("b").sees("You pay")
	ann.leaves()
}

func TestAKeymapThatCannotWorkIsRefusedInWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keys   tui.Keymap
		action string
		says   string
	}{
		{tui.Keymap{"buy-ticket": {"x"}}, "buy-ticket", "there is no action buy-ticket; did you mean buy-tickets?"},
		{tui.Keymap{"dance": {"x"}}, "dance", "there is no action dance; did you mean done?"},
		{tui.Keymap{"down": {}}, "down", "down has no key: leave the line out to keep its own"},
		{tui.Keymap{"down": {"page-down"}}, "down", "there is no key page-down; did you mean pgdown?"},
		{tui.Keymap{"down": {"strg+d"}}, "down", "there is no key strg+d"},
		{tui.Keymap{"down": {""}}, "down", "there is no key "},
		{tui.Keymap{"down": {"ctrl+D"}}, "down", "ctrl+D is not written like that: with ctrl or alt, letters are small, and a capital is shift+"},
		{tui.Keymap{"down": {"shift+d"}}, "down", "shift+d is not written like that: write what shift makes of it, such as D"},
		{tui.Keymap{"down": {"ctrl+m"}}, "down", "most terminals cannot tell ctrl+m from tab, enter, esc or backspace: choose another key"},
		{tui.Keymap{"down": {"ctrl+c"}}, "down", "ctrl+c always leaves, so it cannot stand for anything else"},
		{tui.Keymap{"sort": {"t"}}, "sort", "t already stands for choose-type on the screen Events"},
		{tui.Keymap{"choose-type": {"s"}}, "choose-type", "s already stands for sort on the screen Events"},
		{tui.Keymap{"sort": {"f1"}}, "sort", "f1 already stands for help on the screen Events"},
		{tui.Keymap{"sort": {"4"}, "one-more": {"4"}}, "one-more", "4 already stands for type-number on the screen Buy tickets"},
		{tui.Keymap{"accept": {"o"}}, "accept", "accept needs a key that neither makes nor edits text, such as a function key, because one types on the screen Log in"},
		{tui.Keymap{"next-field": {"ctrl+e"}}, "next-field", "next-field needs a key that neither makes nor edits text, such as a function key, because one types on the screen Log in"},
	} {
		action, err := c.keys.Check()
		require.Equal(t, model.CodeUsage, model.CodeOf(err), c.says)
		require.Equal(t, c.says, model.Sentence(err))
		require.Equal(t, c.action, action)
	}
	for _, sound := range []tui.Keymap{
		nil,
		{},
		{"sort": {"t"}, "choose-type": {"s"}}, // exchanged
		{"down": {"down", "j", "ctrl+n", "alt+j", "shift+f5", "+"}},
		{"quit": {"ctrl+q", "ctrl+c"}},
		{"open": {"enter", "o"}, "clear": {"esc"}},
	} {
		action, err := sound.Check()
		require.NoError(t, err, action)
	}
}

// A keymap cannot hold what the tour does not visit.
func TestTheTourVisitsEveryScreen(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	toured := tui.Toured()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range syntax.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Name.Name != "view" || f.Recv == nil || len(f.Type.Params.List) < 2 || !isSession(f.Type.Params.List[0]) {
				continue
			}
			star, ok := f.Recv.List[0].Type.(*ast.StarExpr)
			require.True(t, ok)
			screen, ok := star.X.(*ast.Ident)
			require.True(t, ok)
			require.True(t, toured[screen.Name], "the screen %s is not on the tour: give it a place in tour.go", screen.Name)
		}
	}
}

func isSession(field *ast.Field) bool {
	star, ok := field.Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	name, ok := star.X.(*ast.Ident)
	return ok && name.Name == "Session"
}

// An action's name stands in people's files, so it must not depend on a number or a date.
func TestActionsHaveNamesThatCanStandInAFile(t *testing.T) {
	t.Parallel()
	for _, name := range tui.Actions() {
		require.Regexp(t, `^[a-z]+(-[a-z]+)*$`, name)
	}
}

func TestTheListOfKeysInTheDocumentsIsTrue(t *testing.T) {
	t.Parallel()
	var page strings.Builder
	page.WriteString(keysHeading)
	for _, screen := range tui.Screens(nil) {
		if len(screen.Actions) == 0 {
			continue
		}
		fmt.Fprintf(&page, "\n## %s\n\n| keys | what they do | name |\n|---|---|---|\n", screen.Title)
		for _, a := range screen.Actions {
			name := ""
			if a.Name != "" {
				name = "`" + a.Name + "`"
			}
			fmt.Fprintf(&page, "| `%s` | %s | %s |\n", strings.Join(a.Keys, "` `"), a.Words, name)
		}
	}
	golden(t, filepath.Join("..", "docs", "keys.md"), page.String())
}

const keysHeading = `# Keys

This page is made from the screens' own tables of actions by ` + "`make golden`" + `. On a screen where one types, letters are
text, and only the keys that make none work. A screen's own keys come before those that work everywhere.

The name is what an action is called in the ` + "`[keys]`" + ` part of the configuration:

` + "```toml" + `
[keys]
down = ["down", "j", "ctrl+n"]
buy-tickets = "o"
` + "```" + `

` + "`ticketcd config`" + ` tells where that file is. Keys are written as on this page: ` + "`ctrl+`, `alt+` and `shift+`" + ` go before a
name, and a capital letter is the letter alone. ` + "`ctrl+c`" + ` always leaves.
`

func TestAThemeStaysAsItWasChosen(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, theme := range tui.Themes() {
		for _, background := range []string{"#000000", "#ffffff"} {
			s := tui.New(t.Context(), tui.Config{Live: model.NewLive(), Now: func() time.Time { return opening }, Theme: theme})
			s.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
			s.Update(tea.BackgroundColorMsg{Color: lipgloss.Color(background)})
			seen[theme+background] = s.View().Content
		}
	}
	require.NotEqual(t, seen["dark#000000"], seen["light#000000"])
	require.Equal(t, seen["dark#000000"], seen["dark#ffffff"])
	require.Equal(t, seen["light#000000"], seen["light#ffffff"])
	require.Equal(t, seen["dark#000000"], seen["auto#000000"])
	require.Equal(t, seen["light#000000"], seen["auto#ffffff"])
}

func TestWithReducedMotionWhatIsSaidStaysUntilTheNextKey(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := sit(t, "ann", tui.Config{Store: shop.store, Live: shop.live, Still: true, Linger: time.Nanosecond}, 80, 24)
	ann.logsIn("ann", "ann-secret").sees("Welcome back, Ann Lee").presses("tab").seesNo("Welcome back")
	ann.presses("f").sees("Added to your favourites").presses("down").seesNo("Added")
}
