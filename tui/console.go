package tui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// console is where an admin asks the store itself, in etcdctl's words.
type console struct {
	line       commandLine
	output     output          // the answer
	usage      output          // which queries there are
	showsUsage bool            // instead of the answer
	shown      int             // keys that are shown
	count      int64           // keys that there are
	rest       *model.RawQuery // asks for the next page; nil where there is none
	watch      *watching       // what is being watched; nil for nothing
	unkept     []string        // queries that have yet to be kept, the first of them under way
}

// queryPatience is how long a query may take: a compaction that gives its space back at once may need a minute.
const queryPatience = 70 * time.Second

func newConsole() *console {
	c := &console{line: newCommandLine(), showsUsage: true}
	c.usage.examples()
	return c
}

// theConsole is the one of this person's, which is as they left it.
func (s *Session) theConsole() *console {
	if s.console == nil {
		s.console = newConsole()
	}
	return s.console
}

func (c *console) title(*Session) string { return "Console" }

func (c *console) forAdmins() {}

func (c *console) typing() bool { return true }

func (c *console) listen(s *Session, msg tea.Msg) (tea.Cmd, bool) { return c.line.listen(s, msg) }

func (c *console) scroll(by int) { c.below().scroll(by) }

// below is what stands below the line.
func (c *console) below() *output {
	if c.showsUsage {
		return &c.usage
	}
	return &c.output
}

// turn shows which queries there are instead of the answer, or the answer again.
func (c *console) turn() tea.Cmd {
	c.showsUsage = !c.showsUsage
	return nil
}

func (c *console) actions(s *Session) []action {
	empty := c.line.empty()
	enter := bind([]string{"enter"}, "run", func() tea.Cmd { return c.run(s) }).unless(s.stillBusy())
	switch {
	case empty && c.rest != nil && !c.showsUsage:
		enter = bind([]string{"enter"}, "more", func() tea.Cmd { return c.more(s) }).unless(s.stillBusy())
	case empty && c.showsUsage:
		enter = enter.unless("Type a query first")
	case empty:
		enter = enter.unless("Type a query first: " + s.keyOf("complete", "tab") + " shows which there are")
	}
	actions := []action{enter.called("run")}
	switch {
	case c.watch != nil:
		actions = append(actions, bind([]string{"esc"}, "stop", c.stopWatching).called("stop"))
	case !empty:
		actions = append(actions, bind([]string{"esc"}, "clear", c.line.clear).inHelp())
	case c.showsUsage && !c.output.vacant():
		actions = append(actions, bind([]string{"esc"}, "back to the answer", c.turn).called("back").inHelp())
	}
	page := func(pages int) func() tea.Cmd {
		return func() tea.Cmd {
			if pages > 0 && c.rest != nil && !c.showsUsage && c.output.atEnd() && s.stillBusy() == "" {
				return c.more(s)
			}
			c.scroll(pages * max(c.below().room()-1, 1))
			return nil
		}
	}
	complete := bind([]string{"tab"}, "complete", func() tea.Cmd { return c.line.complete(s) }).inHelp()
	switch {
	case !empty || c.output.vacant():
	case c.showsUsage:
		complete = bind([]string{"tab"}, "back to the answer", c.turn).called("complete")
	default:
		complete = bind([]string{"tab"}, "show which queries there are", c.turn).called("complete").inHelp()
	}
	return append(actions,
		complete,
		bind([]string{"up"}, "earlier", c.line.earlier).named("↑").called("earlier-query").unless(c.line.noEarlier()),
		bind([]string{"down"}, "later", c.line.later).called("later-query").moving(),
		bind([]string{"pgdown"}, "scroll", page(1)).named("pgup pgdn").called("scroll-down"),
		bind([]string{"pgup"}, "scroll up", page(-1)).called("scroll-up").moving(),
	)
}

// run does what the line says. What writes is asked about first.
func (c *console) run(s *Session) tea.Cmd {
	text := c.line.text()
	c.showsUsage = false
	q, err := model.ParseQuery(text)
	if err != nil {
		c.line.mark(err)
		if c.output.follows = c.watch != nil; !c.output.follows { // a watch goes on, and what it has seen stays
			c.rest = nil
			c.output.show("", "")
		}
		c.output.fail(model.Sentence(err))
		c.output.quote(err, text)
		return nil
	}
	c.line.wrong = nil
	if c.watch != nil {
		c.watch.stop()
		c.watch = nil
	}
	switch {
	case q.Verb == model.VerbWatch:
		return tea.Batch(c.keep(s, text), c.beginWatching(s, text, q))
	case q.Writes():
		return c.askFirst(s, text, q)
	}
	return tea.Batch(c.keep(s, text), c.ask(s, text, "Asking the store", q, false))
}

// askFirst looks what a write would do, and asks whether that is wanted.
func (c *console) askFirst(s *Session, text string, q model.RawQuery) tea.Cmd {
	store, actor, since := s.cfg.Store, s.me.Username, s.waiting()
	return s.do("Finding out what this would do", queryPatience, func(ctx context.Context) (string, func() tea.Cmd, error) {
		effect, err := store.Effect(ctx, actor, q)
		if err != nil {
			return "", nil, err
		}
		return "", func() tea.Cmd {
			switch {
			case s.top() != c:
				return s.say(warning, "Nothing was written: you had left the console")
			case !since.still(s):
				return s.say(warning, "Nothing was written, because you went on: "+s.keyOf("run", "enter")+" asks you again")
			}
			return s.open(&confirm{
				step:     "Write to the store",
				question: effectWords(effect) + "\n\n" + warningOf(q),
				yes:      "do it", no: "leave it",
				deed: func() tea.Cmd { return tea.Batch(c.keep(s, text), c.ask(s, text, "Writing", q, false)) },
			})
		}, nil
	})
}

// warningOf says what a write may cost.
func warningOf(q model.RawQuery) string {
	if q.Verb == model.VerbCompaction {
		return "The history of counts goes with it, and so does what would settle an order whose answer is being waited for."
	}
	return "This bypasses the shop's rules: ticketcd audit finds what it damages."
}

// effectParts is how many writes of a transaction are told one by one.
const effectParts = 4

// effectWords says what a write would do. Of a long transaction it says how many more there are.
func effectWords(e model.Effect) string {
	hidden := 0
	shorten := func(effects []model.Effect, most int) []model.Effect {
		hidden += max(len(effects)-most, 0)
		return effects[:min(len(effects), most)]
	}
	e.Then = shorten(e.Then, effectParts)
	e.Else = shorten(e.Else, max(effectParts-len(e.Then), 1))
	words := e.String()
	if hidden > 0 {
		words += "\n- and " + model.Plural(hidden, "more write") + ", which are not listed"
	}
	return words
}

// ask has a query answered, and shows the answer below the line, or below what is there already.
func (c *console) ask(s *Session, text, doing string, q model.RawQuery, below bool) tea.Cmd {
	store, actor := s.cfg.Store, s.me.Username
	return s.do(doing, queryPatience, func(ctx context.Context) (string, func() tea.Cmd, error) {
		answer, err := store.QueryAs(ctx, actor, q)
		return "", func() tea.Cmd { return c.take(s, text, answer, err, below) }, nil
	})
}

// more asks for the next page.
func (c *console) more(s *Session) tea.Cmd {
	rest := *c.rest
	return c.ask(s, "", "Asking for more", rest, true)
}

// take shows an answer. Somebody who has gone elsewhere is told there.
func (c *console) take(s *Session, text string, answer model.Answer, err error, below bool) tea.Cmd {
	c.showsUsage = false
	if below {
		c.shown += len(answer.Pairs)
		c.output.add(answer)
	} else {
		c.shown, c.count = len(answer.Pairs), answer.Count
		c.output.show(text, "")
		c.output.add(told(answer))
	}
	if err != nil {
		s.failed(err)
		c.output.fail(model.Sentence(err))
	} else {
		c.output.words, c.output.done = c.answerWords(answer), answer.Query.Writes()
	}
	if rest, more := answer.Rest(); more {
		c.rest = &rest
	} else if err == nil || !below {
		c.rest = nil
	}
	switch {
	case s.holds(c), s.console != c: // they see it, or have logged out
		return nil
	case err != nil:
		return s.say(bad, model.Sentence(err))
	}
	return s.say(good, "The console has an answer for you")
}

// told is an answer without what answerWords says of it already: OK, or a number.
func told(a model.Answer) model.Answer {
	switch verb := a.Query.Verb; {
	case verb == model.VerbPut, verb == model.VerbDel: // what was there before, if it was asked for
		a.Query.Verb = model.VerbGet
	case a.Query.CountOnly, verb == model.VerbCompaction:
		return model.Answer{}
	}
	return a
}

// answerWords says in words what came of a query.
func (c *console) answerWords(a model.Answer) string {
	at := ""
	if a.Revision > 0 {
		at = " at revision " + model.Thousands(int(a.Revision))
	}
	q := a.Query
	switch {
	case q.Verb == model.VerbGet && q.CountOnly:
		return model.Plural(int(a.Count), "key") + at
	case q.Verb == model.VerbGet && c.shown == 0:
		return "no such key" + at
	case q.Verb == model.VerbGet && int64(c.shown) < c.count:
		return "the first " + model.Thousands(c.shown) + " of " + model.Plural(int(c.count), "key") + at
	case q.Verb == model.VerbGet:
		return model.Plural(c.shown, "key") + at
	case q.Verb == model.VerbPut:
		return "written" + at
	case q.Verb == model.VerbDel:
		return model.Plural(int(a.Count), "key") + " removed" + at
	case q.Verb == model.VerbTxn && a.Succeeded:
		return "the conditions held" + at
	case q.Verb == model.VerbTxn:
		return "the conditions did not hold" + at
	case q.Verb == model.VerbCompaction:
		return "what was before that revision is forgotten"
	case q.Verb == model.VerbAlarmList && len(a.Rows) == 0:
		return "no alarms"
	}
	return ""
}

func (c *console) view(s *Session, width, height int) string {
	hint := "a query, such as get --prefix event: --limit 5"
	if !c.showsUsage {
		hint = "a query: " + s.keyOf("complete", "tab") + " shows which there are"
	}
	lines := append(c.line.view(s.theme, hint, width), s.theme.border.Render(strings.Repeat("─", width)))
	below := c.below()
	below.rows = height - consoleTop
	return strings.Join(append(lines, below.view(s.theme, width)...), "\n")
}

// consoleTop is how many rows stand above the output: the line, what is said of it, and a rule.
const consoleTop = 3
