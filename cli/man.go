package cli

import (
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/ticketcd/ticketcd/model"
)

func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man DIRECTORY",
		Short: "Write the manual pages of all commands",
		Long: "Writes ticketcd.1, and a page for each command such as ticketcd-buy.1, into a directory, which is made if need be.\n" +
			"The pages carry the date of SOURCE_DATE_EPOCH where that is set, and otherwise today's.",
		Example: "  ticketcd man ~/.local/share/man/man1\n  man ticketcd-buy",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return model.Wrap(model.CodeFailed, err, "%s cannot be made: %s", args[0], reason(err))
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true // which would name the library
			if err := doc.GenManTree(root, &doc.GenManHeader{Source: "TickETCD", Manual: "TickETCD"}, args[0]); err != nil {
				return model.Wrap(model.CodeFailed, err, "the manual pages could not be written: %s", reason(err))
			}
			a.notef("The manual pages are in %s.", args[0])
			return nil
		},
	}
}
