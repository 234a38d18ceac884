package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/model"
)

func (a *app) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	choose := strings.Join(shells[:len(shells)-1], ", ") + " or " + shells[len(shells)-1]
	var bare bool
	cmd := &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print a script by which a shell completes commands and flags",
		Long: "Prints a script by which a shell completes the commands and flags of ticketcd. SHELL is " + choose + ".\n" +
			"Put it where the shell looks for it, as in the examples, and begin a new shell. In bash it needs the package\n" +
			"bash-completion; in zsh the line \"autoload -U compinit; compinit\" in ~/.zshrc.",
		Example: "  source <(ticketcd completion bash)   # in this shell only\n" +
			"  ticketcd completion bash > ~/.local/share/bash-completion/completions/ticketcd\n" +
			"  ticketcd completion zsh > \"${fpath[1]}/_ticketcd\"\n" +
			"  ticketcd completion fish > ~/.config/fish/completions/ticketcd.fish\n" +
			"  ticketcd completion powershell >> $PROFILE",
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return model.Errorf(model.CodeUsage, "say for which shell: %s; see %s --help", choose, cmd.CommandPath())
			case !slices.Contains(shells, args[0]):
				return model.Errorf(model.CodeUsage, "there are no completions for %s: choose %s", model.Clean(args[0]), choose)
			}
			if err := a.printCompletion(cmd.Root(), args[0], !bare); err != nil {
				return model.Wrap(model.CodeFailed, err, "the output could not be written: %s", reason(err))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&bare, "no-descriptions", false, "complete without saying what commands and flags do")
	return cmd
}

func (a *app) printCompletion(root *cobra.Command, shell string, described bool) error {
	switch {
	case shell == "bash":
		return root.GenBashCompletionV2(a.Out, described)
	case shell == "fish":
		return root.GenFishCompletion(a.Out, described)
	case shell == "zsh" && described:
		return root.GenZshCompletion(a.Out)
	case shell == "zsh":
		return root.GenZshCompletionNoDesc(a.Out)
	case described:
		return root.GenPowerShellCompletionWithDesc(a.Out)
	}
	return root.GenPowerShellCompletion(a.Out)
}

// tellOwnHelp has the help command speak our words, and refuse commands that do not exist. How it is completed stays the
// library's.
func tellOwnHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	help, _, _ := root.Find([]string{"help"}) //nolint:errcheck // it was just added
	help.Use, help.Short = "help [COMMAND...]", "Tell what a command does, and which flags it has"
	help.Long = "Tells what a command does, and which flags it has, as --help behind the command does."
	help.Example = "  ticketcd help event create"
	help.Run = nil
	help.RunE = func(_ *cobra.Command, words []string) error {
		cmd, unknown, err := root.Find(words)
		if err != nil {
			return model.Wrap(model.CodeUsage, err, "%s", err)
		}
		if len(unknown) > 0 {
			return unknownCommand(cmd, unknown[0])
		}
		cmd.InitDefaultHelpFlag() // so that it is shown too
		cmd.InitDefaultVersionFlag()
		return cmd.Help()
	}
}
