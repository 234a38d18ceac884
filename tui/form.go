package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/ticketcd/ticketcd/model"
)

// maxPaste is how many characters a text field takes: what is beyond is no name, password or query.
const maxPaste = 256

// field is a labelled line of text.
type field struct {
	label string
	hint  string             // what is expected, shown while the field is empty and has the focus
	check func(string) error // says what is wrong with the text; nil if anything will do
	input textinput.Model
	wrong string // what check said; empty if nothing is wrong
	offer bool   // the text is a proposal: the first letter that is typed replaces it
	was   string // what stood in it at first, where that matters
	left  bool   // the focus was here and has gone elsewhere, or should have been

	// pick is what enter does in a field in which nothing is typed: one chooses from a list, which any letter opens too, or
	// presses a button.
	pick   func() tea.Cmd
	button bool
}

func newField(label, hint string, check func(string) error) *field {
	return &field{label: label, hint: hint, check: check, input: newInput()}
}

func newSecret(label, hint string, check func(string) error) *field {
	f := newField(label, hint, check)
	f.input.EchoMode = textinput.EchoPassword
	f.input.EchoCharacter = '•'
	return f
}

// newRepeat asks for a new password once more: what is typed unseen may have gone wrong.
func newRepeat(first func() string) *field {
	return newSecret("Once more", "the same password", func(text string) error {
		if text != first() {
			return model.Errorf(model.CodeRefused, "the two passwords differ")
		}
		return nil
	})
}

// newInput returns an empty text field. Its keys are those of a shell; the arrows up and down are left to the screen.
func newInput() textinput.Model {
	input := textinput.New()
	input.Prompt = ""
	input.CharLimit = maxPaste
	input.KeyMap.NextSuggestion = key.NewBinding()
	input.KeyMap.PrevSuggestion = key.NewBinding()
	input.KeyMap.AcceptSuggestion = key.NewBinding()
	input.KeyMap.Paste = key.NewBinding() // the terminal's own paste arrives as a message
	styles := textinput.DefaultStyles(true)
	styles.Focused = textinput.StyleState{}
	styles.Blurred = textinput.StyleState{}
	styles.Cursor.Color = lipgloss.NoColor{}
	styles.Cursor.Blink = false // nothing moves by itself
	input.SetStyles(styles)
	return input
}

// emptyInput draws a field in which nothing has been typed yet: the cursor, and what is expected.
func emptyInput(input textinput.Model, hint string, t theme) string {
	input.SetWidth(0)
	return input.View() + t.faint.Render(" "+hint)
}

// takes says whether a key is for a text field: text, or one of the keys that edit it.
func takes(input textinput.Model, msg tea.KeyPressMsg) bool {
	if msg.Text != "" {
		return true
	}
	return key.Matches(msg, editing(input)...)
}

// editing are the keys that edit a text field.
func editing(input textinput.Model) []key.Binding {
	k := input.KeyMap
	return []key.Binding{
		k.CharacterForward, k.CharacterBackward, k.WordForward, k.WordBackward,
		k.DeleteWordBackward, k.DeleteWordForward, k.DeleteAfterCursor, k.DeleteBeforeCursor,
		k.DeleteCharacterBackward, k.DeleteCharacterForward, k.LineStart, k.LineEnd,
	}
}

// form is a column of fields of which one has the focus.
type form struct {
	fields []*field
	focus  int
}

func newForm(fields ...*field) form {
	f := form{fields: fields}
	f.move(0)
	return f
}

func (f *form) typing() bool { return true }

// move gives the focus to a field further down or up, round and round.
func (f *form) move(by int) {
	f.fields[f.focus].input.Blur()
	f.fields[f.focus].left = f.fields[f.focus].left || by != 0
	f.focus = (f.focus + by + len(f.fields)) % len(f.fields)
	f.fields[f.focus].input.Focus()
}

// last says whether the last field has the focus.
func (f *form) last() bool { return f.focus == len(f.fields)-1 }

func (f *form) value(i int) string { return f.fields[i].input.Value() }

func (f *form) set(i int, text string) {
	f.fields[i].input.SetValue(text)
	cleanInput(&f.fields[i].input)
	f.fields[i].input.CursorEnd()
	f.fields[i].offer = false
}

// isText says whether a key or a paste brings text, and does not only edit what is there.
func isText(msg tea.Msg) bool {
	press, ok := msg.(tea.KeyPressMsg)
	return !ok || press.Text != ""
}

// viewInput draws a text field. A text on offer, which the first letter replaces, is marked.
func viewInput(input textinput.Model, offer bool, t theme) string {
	if !offer {
		return input.View()
	}
	if size := cells(input.Value()); size < input.Width() {
		input.SetWidth(size) // only the words are marked, and not all of the field
	}
	styles := input.Styles()
	styles.Focused.Text = t.selected.style
	input.SetStyles(styles)
	return input.View()
}

// edit hands a key or a paste to a text field.
func edit(input *textinput.Model, msg tea.Msg) (cmd tea.Cmd) {
	*input, cmd = input.Update(msg)
	cleanInput(input)
	return cmd
}

// cleanInput takes out of a field what must not reach the terminal; what is pasted, say, may hold anything. Passwords
// are not shown, and stay as they are.
func cleanInput(input *textinput.Model) {
	text := input.Value()
	if clean := model.Clean(text); clean != text && input.EchoMode == textinput.EchoNormal {
		input.SetValue(clean)
	}
}

// listen hands a key or a paste to the field that has the focus.
func (f *form) listen(s *Session, msg tea.Msg) (tea.Cmd, bool) {
	if press, ok := msg.(tea.KeyPressMsg); ok && !takes(f.fields[f.focus].input, press) {
		return nil, false
	}
	current := f.fields[f.focus]
	if current.pick != nil {
		press, ok := msg.(tea.KeyPressMsg)
		switch {
		case ok && press.Text == " ":
			return current.pick(), true
		case ok && press.Text != "" && !current.button:
			return tea.Batch(current.pick(), s.begins(press)), true
		}
		return nil, true
	}
	if current.offer && isText(msg) {
		current.input.SetValue("")
	}
	current.offer = false
	current.wrong = ""
	return edit(&current.input, msg), true
}

// check asks every field what is wrong, gives the focus to the first wrong one and says whether all is well.
func (f *form) check() bool {
	first := -1
	for i, field := range f.fields {
		field.wrong, field.left = "", true
		if field.check == nil {
			continue
		}
		if err := field.check(field.input.Value()); err != nil {
			field.wrong = model.Sentence(err)
			if first < 0 {
				first = i
			}
		}
	}
	if first >= 0 {
		f.move(first - f.focus)
	}
	return first < 0
}

// reject says at a field what only the store knew to be wrong with it, and gives it the focus.
func (f *form) reject(i int, err error) {
	f.move(i - f.focus)
	f.fields[i].wrong = model.Sentence(err)
}

// enter is what the enter key means in a form: the next field, or at the last one, done.
func (f *form) enter(submit func() tea.Cmd) tea.Cmd {
	if pick := f.fields[f.focus].pick; pick != nil {
		return pick()
	}
	if !f.last() {
		f.move(1)
		return nil
	}
	if !f.check() {
		return nil
	}
	return submit()
}

// actions are the keys of a form.
func (f *form) actions(words string, busy string, submit func() tea.Cmd) []action {
	enter := bind([]string{"enter"}, words, func() tea.Cmd { return f.enter(submit) })
	if f.last() {
		enter = enter.unless(busy)
	} else {
		enter = bind([]string{"enter"}, "next field", enter.do)
	}
	return []action{
		enter.called("accept"),
		bind([]string{"tab", "down"}, "next field", func() tea.Cmd { f.move(1); return nil }).inHelp().around(),
		bind([]string{"shift+tab", "up"}, "field before", func() tea.Cmd { f.move(-1); return nil }).inHelp().around(),
	}
}

// view draws the fields with their labels aligned, and under a field what is wrong with it.
func (f *form) view(t theme, width int) string {
	labels := 0
	for _, field := range f.fields {
		labels = max(labels, cells(field.label))
	}
	room := max(width-labels-4, 8)
	var lines []string
	for i, field := range f.fields {
		focused := i == f.focus
		label, pointer := t.faint, "  "
		if focused {
			label, pointer = t.strong, t.accent.Render("› ")
		}
		lines = append(lines, pointer+label.Render(fit(field.label, labels))+"  "+field.view(t, focused, room))
		lines = append(lines, field.below(t, width)...)
	}
	return strings.Join(lines, "\n")
}

// below says what is wrong with a field, all of it; or keeps the line free for that.
func (f *field) below(t theme, width int) []string {
	if f.wrong == "" {
		return []string{""}
	}
	lines := strings.Split(wrap(f.wrong, width-4, 2), "\n")
	for i, sign := 0, "↑ "; i < len(lines); i, sign = i+1, "  " {
		lines[i] = "  " + t.bad.Render(sign+lines[i])
	}
	return lines
}

func (f *field) view(t theme, focused bool, width int) string {
	if f.input.Value() == "" && !focused {
		return t.faint.Render(strings.Repeat("─", width))
	}
	f.input.SetWidth(width - 1)
	text := viewInput(f.input, f.offer, t)
	if f.input.Value() == "" {
		text = emptyInput(f.input, f.hint, t)
	}
	if !focused {
		text = strings.TrimRight(text, " ")
	}
	return fit(text, width)
}

// begins passes a letter on that has opened a box, if one types in it.
func (s *Session) begins(letter tea.KeyPressMsg) tea.Cmd {
	box, isBox := s.top().(overlay)
	l, types := box.(listener)
	if !isBox || !types {
		return nil
	}
	cmd, _ := l.listen(s, letter)
	return cmd
}
