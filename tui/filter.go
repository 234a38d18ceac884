package tui

import (
	"fmt"
	"strings"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// filter narrows a list of events by words, type, place and dates. It has the cursor of the list, which goes to the top with
// every change.
type filter struct {
	input    textinput.Model
	inField  bool // keys go to the field for words
	offer    bool // the words are those of an earlier search: the first letter that is typed replaces them
	kind     string
	location string
	dates    model.Dates
	drawn    filterLine // what the list is narrowed to, as it was last drawn
	cursor   cursor
}

// newFilter returns a filter that lets all events pass.
func newFilter(inField bool) filter {
	f := filter{input: newInput(), inField: inField}
	if inField {
		f.input.Focus()
	}
	return f
}

func (f *filter) typing() bool { return f.inField }

// query is what the filter asks for at now. Whoever needs an order, or what is over, adds it.
func (f *filter) query(now time.Time) model.Query {
	return model.Query{Text: f.input.Value(), Type: f.kind, Location: f.location, Days: f.dates.Days(now)}
}

// wordless says that something is typed in which there is nothing to be found by.
func (f *filter) wordless() bool {
	text := strings.TrimSpace(f.input.Value())
	return text != "" && len(model.Words(text)) == 0
}

func (f *filter) filtered() bool { return f.input.Value() != "" || f.narrowed() }

// narrowed says whether something other than words narrows the list.
func (f *filter) narrowed() bool { return f.kind != "" || f.location != "" || f.dates != "" }

// noneOf says that there is nothing of the type, at the place and on the dates to which the list is narrowed; empty if it is to
// none.
func (f *filter) noneOf() string {
	of := ""
	if f.kind != "" {
		of += " of type " + model.Clean(f.kind)
	}
	if f.location != "" {
		of += " in " + model.Clean(f.location)
	}
	if f.dates != "" {
		of += " " + f.dates.Phrase()
	}
	switch {
	case of == "":
		return ""
	case strings.TrimSpace(f.input.Value()) == "":
		return "There is nothing" + of + "."
	}
	return "Nothing" + of + " has these words."
}

// widening says how to find more in a list that is narrowed to a type, a place or dates.
func (f *filter) widening(s *Session) string {
	all := s.keyOf("show-all", "x") + " to show all events, of any type, place and date."
	tab := s.keyOf("to-list", "tab") + " and then "
	switch {
	case f.inField && strings.TrimSpace(f.input.Value()) != "":
		return "Try fewer letters, or press " + tab + all
	case f.inField:
		return "Press " + tab + all
	}
	return "Press " + all
}

// enterField goes to the field, to go on with the words that are in it.
func (f *filter) enterField() tea.Cmd {
	f.inField, f.offer = true, false
	return f.input.Focus()
}

// searchAnew goes to the field for other words: those that are in it are replaced by the first letter, and kept by what edits.
func (f *filter) searchAnew() tea.Cmd {
	entered := f.enterField()
	f.input.CursorEnd()
	f.offer = f.input.Value() != ""
	return entered
}

func (f *filter) leaveField() tea.Cmd {
	f.inField, f.offer = false, false
	f.input.Blur()
	return nil
}

// clear takes the words away and, if they are taken away already, everything else.
func (f *filter) clear() tea.Cmd {
	if !f.inField {
		f.kind, f.location, f.dates = "", "", ""
	}
	f.input.SetValue("")
	f.offer = false
	f.cursor.reset()
	return nil
}

// fieldActions are the keys of the field while somebody types in it.
func (f *filter) fieldActions() []action {
	out := bind([]string{"tab"}, "to the list", f.leaveField)
	if f.input.Value() == "" {
		return []action{out, bind([]string{"esc"}, "to the list", f.leaveField).inHelp()}
	}
	return []action{out, bind([]string{"esc"}, "clear", f.clear)}
}

// pickActions are the keys that narrow by type, place and dates.
func (f *filter) pickActions(s *Session) []action {
	pick := func(heading, none string, options func() []string, into *string) func() tea.Cmd {
		return func() tea.Cmd {
			return s.open(newPicker(heading, none, options(), *into, func(chosen string) tea.Cmd {
				*into = chosen
				f.cursor.reset()
				return nil
			}))
		}
	}
	shop := s.shop.Catalogue
	dates := func() []string { return shop.Dates(s.now()) }
	return []action{
		bind([]string{"t"}, "choose type", pick("Type of event", "all types", shop.Types, &f.kind)),
		bind([]string{"w"}, "choose place", pick("Where", "everywhere", shop.Locations, &f.location)),
		bind([]string{"c"}, "choose dates", pick("When", "any date", dates, (*string)(&f.dates))),
	}
}

// allActions is the key that shows all again, where there is something to take away. Whoever has forgotten that the list is
// narrowed takes what it hides for not on sale, so it stands early in the footer.
func (f *filter) allActions() []action {
	if !f.filtered() {
		return nil
	}
	return []action{bind([]string{"x"}, "show all", f.clear)}
}

func (f *filter) listen(_ *Session, msg tea.Msg) (tea.Cmd, bool) {
	press, ok := msg.(tea.KeyPressMsg)
	if ok && !takes(f.input, press) {
		return nil, false
	}
	if ok && press.Text == "/" && (f.offer || f.input.Value() == "") {
		return nil, true // it goes to the search field from anywhere, also from there
	}
	if _, pasted := msg.(tea.PasteMsg); pasted && !f.inField {
		f.searchAnew()
	}
	before := f.input.Value()
	if f.offer && isText(msg) {
		f.input.SetValue("")
	}
	f.offer = false
	cmd := edit(&f.input, msg)
	if f.input.Value() != before {
		f.cursor.reset()
	}
	return cmd, true
}

// viewField shows the search field, and at the right a tally of what was found.
func (f *filter) viewField(t theme, tally string, width int) string {
	prompt := t.faint.Render(" Search ")
	if f.inField {
		prompt = t.prompt.Render(" Search ")
	}
	right := t.faint.Render(" " + tally + " ")
	const cursor, gap = 1, 1
	f.input.SetWidth(max(width-cells(prompt)-cursor-gap-cells(right), 8))
	field := t.faint.Render("press / and type")
	switch {
	case f.input.Value() != "":
		field = viewInput(f.input, f.offer, t)
	case f.inField:
		field = emptyInput(f.input, "a name, a place, any words", t)
	}
	return spread(prompt+field, right, width)
}

// tally says how many events are shown, of how many.
func (f *filter) tally(s *Session, results model.Results) string {
	all := s.shop.Catalogue.Len()
	switch {
	case !s.shop.Loaded:
		return "loading"
	case !f.filtered():
		return model.Plural(all, "event")
	case results.Len() > results.Exact && results.Exact > 0:
		return fmt.Sprintf("%s found, %s similar", model.Thousands(results.Exact),
			model.Thousands(results.Len()-results.Exact))
	case results.Len() > results.Exact:
		return model.Thousands(results.Len()) + " similar"
	}
	return fmt.Sprintf("%s of %s", model.Thousands(results.Len()), model.Plural(all, "event"))
}
