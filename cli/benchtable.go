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
			row = []string{f.Name, amount(f.Value) + " " + f.Unit, fmt.Sprintf("%.2f x", f.Ratio), f.Reference, amount(f.ReferenceValue), goal(f)}
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

// goal says what a ratio ought to be, and whether it is.
func goal(f bench.Figure) string {
	if f.Goal.Limit == 0 {
		return ""
	}
	sign, verdict := "≥", "met"
	if f.Goal.AtMost {
		sign = "≤"
	}
	if !f.Goal.Met(f.Ratio) {
		verdict = "missed"
	}
	return fmt.Sprintf("%s %s, %s", sign, strconv.FormatFloat(f.Goal.Limit, 'g', 3, 64), verdict)
}

// amount writes a number with as many digits as mean something.
func amount(v float64) string {
	if math.Abs(v) >= 100 {
		return model.Thousands(int(math.Round(v)))
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}
