package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ticketcd/ticketcd/bench"
	"github.com/ticketcd/ticketcd/model"
)

// offerValues has a shell complete what the flags and arguments of all commands take: words where only a few fit, files
// where one is meant, and nothing elsewhere, where a shell would offer files. No store is opened for it.
func offerValues(cmd *cobra.Command) {
	offer := func(f *pflag.Flag) {
		takes, _ := pflag.UnquoteUsage(f)
		words := wordsOf(f)
		cmd.RegisterFlagCompletionFunc(f.Name, cobra.FixedCompletions(words, completes(takes))) //nolint:errcheck // it has none yet
	}
	cmd.Flags().VisitAll(offer)
	cmd.PersistentFlags().VisitAll(offer)
	if cmd.ValidArgsFunction == nil && len(cmd.ValidArgs) == 0 {
		cmd.ValidArgsFunction = offerArgument
	}
	for _, child := range cmd.Commands() {
		offerValues(child)
	}
}

// wordsOf are all that a flag can be set to, if they are few.
func wordsOf(f *pflag.Flag) []string {
	switch v := f.Value.(type) {
	case choice:
		return v.allowed
	case memberCount:
		return v.choice().allowed
	}
	if f.Name == "only" {
		return bench.Parts()
	}
	return nil
}

// offerArgument goes by how the use of a command calls the argument that comes next.
func offerArgument(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	names := strings.Fields(cmd.Use)[1:]
	if len(args) >= len(names) {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	name := strings.Trim(names[len(args)], "[]")
	if strings.Contains(name, "|") {
		return strings.Split(name, "|"), cobra.ShellCompDirectiveNoFileComp
	}
	return nil, completes(strings.ToLower(name))
}

// completes says what a shell itself completes where something is taken that is called so.
func completes(takes string) cobra.ShellCompDirective {
	switch takes {
	case "file":
		return cobra.ShellCompDirectiveDefault
	case "directory":
		return cobra.ShellCompDirectiveFilterDirs
	}
	return cobra.ShellCompDirectiveNoFileComp
}

// offerQuery offers the words of queries, and files behind the flag that names one.
func offerQuery(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if last := len(args) - 1; last >= 0 && (args[last] == "--file" || args[last] == "-f") {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return model.QueryWords(strings.Join(append(args, begun), " ")), cobra.ShellCompDirectiveNoFileComp
}
