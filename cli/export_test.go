package cli

import "github.com/spf13/cobra"

// Root is the tree of all commands, with those that the library adds, for tests that look things up in it.
func Root() *cobra.Command {
	root := (&app{}).root()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	return root
}
