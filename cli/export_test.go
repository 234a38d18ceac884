package cli

import "github.com/spf13/cobra"

// Root is the tree of all commands, for tests that look things up in it.
func Root() *cobra.Command { return (&app{}).root() }

// InEnvironment says whether a flag can stand there.
func InEnvironment(flag string) bool { return everyVariable().Lookup(flag) != nil }

// WayIn is what serve tells people to type.
func WayIn(address string) string { return wayIn(address) }
