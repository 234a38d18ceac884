package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/ticketcd/ticketcd/model"
)

// scriptStep is a query in a file, as the original's script has them.
type scriptStep struct {
	Description string  `json:"description"`
	Code        string  `json:"code"`
	Output      *string `json:"output"` // what it is to print; nil for anything
}

// stepJSON is what became of a step, as scripts see it.
type stepJSON struct {
	Description string  `json:"description"`
	Code        string  `json:"code"`
	Output      string  `json:"output"`
	Expected    *string `json:"expected,omitempty"`
	Same        *bool   `json:"same,omitempty"`
	Error       string  `json:"error,omitempty"`
}

// runScript runs the queries of a file one after the other, all of them, unless the cluster is lost on the way.
func (a *app) runScript(ctx context.Context, file string) error {
	steps, err := a.readScript(ctx, file)
	if err != nil {
		return err
	}
	return a.with(ctx, func(store *opened) error {
		done := []stepJSON{}
		var failed error
		wrong := 0
		for i, step := range steps {
			ended, err := a.runStep(ctx, store, step)
			done = append(done, ended)
			if !a.flags.json() {
				a.printStep(fmt.Sprintf("%d/%d", i+1, len(steps)), ended)
			}
			if err != nil && failed == nil {
				failed = model.Wrap(model.CodeOf(err), err, "query %d failed: %s", i+1, model.Sentence(err))
			}
			if ended.Same != nil && !*ended.Same {
				wrong++
			}
			if model.CodeOf(err) == model.CodeUnavailable || ctx.Err() != nil {
				break
			}
		}
		if a.flags.json() {
			if err := a.printJSON(done); err != nil {
				return err
			}
		}
		if failed == nil && wrong > 0 {
			failed = model.Errorf(model.CodeFailed, "%s of %s %s gave something else than the file says",
				model.Thousands(wrong), model.Thousands(len(steps)), model.OneOrMany(len(steps), "query", "queries"))
		}
		return failed
	})
}

func (a *app) readScript(ctx context.Context, file string) ([]scriptStep, error) {
	raw, err := a.readDocument(ctx, file)
	if err != nil {
		return nil, err
	}
	var steps []scriptStep
	if err := json.Unmarshal(raw, &steps); err != nil {
		return nil, model.Wrap(model.CodeUsage, err, `%s is no JSON list of {"description", "code", "output"}: %s`, model.Clean(file), notJSON(raw, &steps, err))
	}
	return steps, nil
}

// runStep runs one query of a file, whose answer is compared if the file has one.
func (a *app) runStep(ctx context.Context, store *opened, step scriptStep) (stepJSON, error) {
	out := stepJSON{Description: step.Description, Code: step.Code, Expected: step.Output}
	q, err := model.ParseQuery(step.Code)
	if err == nil && q.Verb == model.VerbWatch && q.Limit == 0 {
		err = model.Errorf(model.CodeUsage, "a watch in a file needs --limit, or it would never end")
	}
	if err == nil {
		var printed strings.Builder
		cut := ""
		err = store.Query(ctx, q, func(answer model.Answer) error {
			cut = answer.Cut
			printed.WriteString(answer.Text())
			return nil
		})
		if out.Output = printed.String(); err == nil && cut != "" {
			err = model.Errorf(model.CodeFailed, "%s", cut)
		}
	}
	if err != nil {
		out.Error = model.Sentence(err)
	}
	if step.Output != nil {
		same := err == nil && len(differing(*step.Output, out.Output)) == 0
		out.Same = &same
	}
	return out, err
}

// differing returns the first lines in which two outputs differ, with their number; nothing where they say the same. White
// space at the ends of lines and of the whole does not count.
func differing(want, got string) []string {
	lines := func(text string) []string {
		all := strings.Split(strings.TrimSpace(text), "\n")
		for i := range all {
			all[i] = strings.TrimRight(all[i], " \t\r")
		}
		return all
	}
	wanted, given := lines(want), lines(got)
	for i := range max(len(wanted), len(given)) {
		var w, g string
		if i < len(wanted) {
			w = wanted[i]
		}
		if i < len(given) {
			g = given[i]
		}
		if w != g || i >= len(wanted) || i >= len(given) {
			return []string{fmt.Sprintf("from line %d on; the file has:", i+1), w, "the store has:", g}
		}
	}
	return nil
}

func (a *app) printStep(number string, s stepJSON) {
	a.printf("%s %s\n> %s\n", number, model.Clean(s.Description), strings.ReplaceAll(a.clean(s.Code), "\n", "\n> "))
	a.printf("%s", a.clean(s.Output))
	switch {
	case s.Error != "":
		a.printf("failed: %s\n", model.Clean(s.Error))
	case s.Same == nil:
	case *s.Same:
		a.printf("same as in the file\n")
	default:
		a.printf("different %s\n", a.clean(strings.Join(differing(*s.Expected, s.Output), "\n  ")))
	}
	a.printf("\n")
}
