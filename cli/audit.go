package cli

import (
	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/model"
)

func (a *app) auditCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "audit",
		Short: "Check that counts, orders and the search index are sound",
		Long: "Reads the whole store at one revision and checks that no ticket was oversold, that counts add up, that every\n" +
			"order is there once, and that every event is found. Exits with 1 if anything is wrong.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(store *opened) error {
				report, err := store.Audit(cmd.Context())
				if err != nil {
					return err
				}
				return a.printAudit(report)
			})
		},
	}
}

func (a *app) printAudit(report model.AuditReport) error {
	if a.flags.json() {
		if err := a.printJSON(report); err != nil {
			return err
		}
	} else {
		for _, v := range report.Violations {
			a.printf("%s: %s: %s\n", v.Rule, model.Clean(v.Key), model.Clean(v.Message))
		}
	}
	if n := len(report.Violations); n > 0 {
		return model.Errorf(model.CodeFailed, "the audit found %s at revision %d", model.Plural(n, "violation"), report.Revision)
	}
	if !a.flags.json() {
		c := report.Checked
		a.printf("All is well at revision %d: checked %s, %s, %s, %s and %s.\n", report.Revision,
			model.Plural(c.Users, "user"), model.Plural(c.Events, "event"), model.Plural(c.Tickets, "ticket type"),
			model.Plural(c.Orders, "order"), model.Plural(c.Notifications, "notification"))
	}
	return nil
}
