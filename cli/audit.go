package cli

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/model"
)

func (a *app) auditCommand() *cobra.Command {
	var repair, yes bool
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Check that counts, orders and the search index are sound",
		Long: "Reads the whole store at one revision and checks that no ticket was oversold, that counts add up, that every\n" +
			"order is there once, and that every event is found. Says how to mend what is wrong. Exits with 1 if anything is.\n\n" +
			"With --repair it shows what can be mended safely (the search index, the sums of tickets, the allowed values,\n" +
			"notifications of nothing), asks, mends it, and checks again. It never touches orders, prices, or what is left\n" +
			"of a ticket.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if yes && !repair {
				return model.Errorf(model.CodeUsage, "--yes is for --repair: give both")
			}
			return a.with(cmd.Context(), func(store *opened) error {
				report, err := store.Audit(cmd.Context())
				if err != nil {
					return err
				}
				if len(report.Violations) > 0 {
					if err = a.noteHalfFilled(cmd.Context(), store); err != nil {
						return err
					}
				}
				if repair {
					return a.repair(cmd.Context(), store, report, yes)
				}
				return a.printAudit(report)
			})
		},
	}
	cmd.Flags().BoolVar(&repair, "repair", false, "mend what can be mended safely, after showing the plan")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// noteHalfFilled says first of all where much of it may come from, if the demo data is not all there: then little is to be
// mended, but the rest to be loaded.
func (a *app) noteHalfFilled(ctx context.Context, store *opened) error {
	begun, err := store.HalfFilled(ctx)
	if err == nil && begun != "" {
		a.notef("This shop is being filled with demo data, or that was interrupted: what began it (ticketcd, or serve or cluster with " +
			"--seed-demo) loads the rest when it is started again. Until then much is missing.")
	}
	return err
}

// violationJSON is a violation as scripts see it.
type violationJSON struct {
	model.Violation
	Hint string `json:"hint"`
}

// auditJSON is a report as scripts see it.
type auditJSON struct {
	Revision   int64             `json:"revision"`
	Checked    model.AuditCounts `json:"checked"`
	Violations []violationJSON   `json:"violations"`
	Notes      []violationJSON   `json:"notes"`
}

func newAuditJSON(r model.AuditReport) auditJSON {
	hinted := func(violations []model.Violation) []violationJSON {
		list := make([]violationJSON, 0, len(violations))
		for _, v := range violations {
			list = append(list, violationJSON{v, v.Hint()})
		}
		return list
	}
	return auditJSON{r.Revision, r.Checked, hinted(r.Violations), hinted(r.Notes)}
}

func (a *app) printAudit(report model.AuditReport) error {
	if a.flags.json() {
		if err := a.printJSON(newAuditJSON(report)); err != nil {
			return err
		}
		return unsound(report)
	}
	for _, v := range report.Violations {
		a.printf("%s: %s: %s (%s)\n", v.Rule, model.Clean(v.Key), model.Clean(v.Message), v.Hint())
	}
	for _, v := range report.Notes {
		a.printf("note: %s: %s (%s)\n", model.Clean(v.Key), model.Clean(v.Message), v.Hint())
	}
	if err := unsound(report); err != nil {
		return err
	}
	c := report.Checked
	a.printf("All is well at revision %d: checked %s, %s, %s, %s and %s.\n", report.Revision,
		model.Plural(c.Users, "user"), model.Plural(c.Events, "event"), model.Plural(c.Tickets, "ticket type"),
		model.Plural(c.Orders, "order"), model.Plural(c.Notifications, "notification"))
	return nil
}

func unsound(report model.AuditReport) error {
	if n := len(report.Violations); n > 0 {
		return model.Errorf(model.CodeFailed, "the audit found %s at revision %d", model.Plural(n, "violation"), report.Revision)
	}
	return nil
}

// repairJSON is a repair as scripts see it.
type repairJSON struct {
	Plan   []model.Repair `json:"plan"`
	Mended int            `json:"mended"`
	Before auditJSON      `json:"before"`
	After  *auditJSON     `json:"after"` // null where nothing was carried out
}

// maxPlan is how many repairs are shown to people; scripts get all.
const maxPlan = 40

// repair shows what can be mended, asks, mends it, and audits again.
func (a *app) repair(ctx context.Context, store *opened, found model.AuditReport, yes bool) error {
	out := repairJSON{Plan: append([]model.Repair{}, found.Repairs...), Before: newAuditJSON(found)}
	if len(found.Repairs) == 0 {
		if a.flags.json() {
			out.After = &out.Before
			return cmp.Or(a.printJSON(out), unsound(found))
		}
		a.notef("There is nothing that can be mended automatically.")
		return a.printAudit(found)
	}
	a.showPlan(found)
	agreed, err := a.agreed(ctx, yes)
	if err == nil && agreed {
		bar := a.newProgress("Mending")
		out.Mended, err = store.Repair(ctx, found.Repairs, bar.show)
		bar.end()
	}
	if err != nil || !agreed {
		if a.flags.json() {
			return cmp.Or(a.printJSON(out), err)
		}
		return err
	}
	after, err := store.Audit(ctx)
	if err != nil {
		return err
	}
	if a.flags.json() {
		document := newAuditJSON(after)
		out.After = &document
		return cmp.Or(a.printJSON(out), unsound(after))
	}
	a.printf("Mended %s.\n", model.Plural(out.Mended, "record"))
	return a.printAudit(after)
}

// showPlan tells people what would be mended, and what would not.
func (a *app) showPlan(found model.AuditReport) {
	if a.flags.json() {
		return
	}
	a.printf("The audit found %s at revision %d. This can be mended:\n", model.Plural(len(found.Violations), "violation"), found.Revision)
	for i, r := range found.Repairs {
		if i == maxPlan {
			a.printf("  ... and %s more (-w json shows all)\n", model.Thousands(len(found.Repairs)-maxPlan))
			break
		}
		a.printf("  %s: %s\n", model.Clean(r.Key), r.Does)
	}
}

// agreed asks whether to go on. Without a terminal there is nobody to be asked.
func (a *app) agreed(ctx context.Context, yes bool) (bool, error) {
	if !yes && !a.canAsk() {
		return false, model.Errorf(model.CodeUsage, "nothing was changed: give --yes to have this mended")
	}
	return a.agrees(ctx, yes, "Mend this?")
}
