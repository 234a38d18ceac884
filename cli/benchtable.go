package cli

import (
	"fmt"
	"math"
	"strconv"

	"github.com/ticketcd/ticketcd/bench"
	"github.com/ticketcd/ticketcd/model"
)

// printFigures prints what was measured.
func (a *app) printFigures(figures []bench.Figure) error {
	if a.flags.json() {
		return a.printJSON(figures)
	}
	var rows [][]string
	missed := 0
	for _, f := range figures {
		row := []string{f.Name, amount(f.Value) + " " + f.Unit, "", "", "", ""}
		if f.Reference != "" {
			row = []string{
				f.Name, amount(f.Value) + " " + f.Unit, times(f.Ratio), f.Reference, amount(f.ReferenceValue) + " " + f.ReferenceUnit, goal(f.Goal, f.Ratio),
			}
		}
		if !f.Goal.Met(f.Ratio) {
			missed++
		}
		rows = append(rows, row)
	}
	if err := a.printTable([]string{"MEASURED", "VALUE", "RATIO", "TO", "VALUE", "GOAL"}, rows); err != nil {
		return err
	}
	if missed > 0 {
		a.printf("\n%s missed. Ratios are what counts; on a machine that is busy with other things they vary.\n", model.Plural(missed, "goal"))
	}
	return nil
}

// goal says what a ratio ought to be, and whether it is; nothing where it may be anything.
func goal(g bench.Goal, ratio float64) string {
	if g.Limit == 0 {
		return ""
	}
	bound, verdict := "at least", "met"
	if g.AtMost {
		bound = "at most"
	}
	if !g.Met(ratio) {
		verdict = "missed"
	}
	return fmt.Sprintf("%s %s x: %s", bound, strconv.FormatFloat(g.Limit, 'g', 3, 64), verdict)
}

// times writes a ratio.
func times(ratio float64) string {
	if ratio >= 100 {
		return amount(ratio) + " x"
	}
	return fmt.Sprintf("%.2f x", ratio)
}

// amount writes a number with as many digits as mean something.
func amount(v float64) string {
	if math.Abs(v) >= 100 {
		return model.Thousands(int(math.Round(v)))
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}
