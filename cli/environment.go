package cli

import (
	"cmp"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ticketcd/ticketcd/model"
)

// environmentPrefix is what the names of our variables begin with.
const environmentPrefix = "TICKETCD_"

// variable is what a flag is called in the environment.
func variable(flag string) string {
	return environmentPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// everyVariable makes flags for all that can stand in the environment, which belong to no command: the settings, and how a
// server serves, which units and containers say there. What one command is to do (--replace, --as) is said to it alone: a
// variable that somebody has forgotten must not overwrite anything, nor buy in another's name.
func everyVariable() *pflag.FlagSet {
	flags := everySetting()
	new(serveFlags).register(flags)
	return flags
}

// checkEnvironment refuses a variable that sets nothing, and one with a value that it cannot have, whichever command is run:
// what is wrong is refused as it is in the configuration file, and not passed over.
func checkEnvironment(root *cobra.Command) error {
	flags := everyVariable()
	known := everyName(flags)
	for _, entry := range slices.Sorted(slices.Values(os.Environ())) {
		variable, value, _ := strings.Cut(entry, "=")
		name, ours := strings.CutPrefix(variable, environmentPrefix)
		if !ours || value == "" || isServiceLink(name) || slices.Contains(known, name) {
			continue
		}
		words := "there is no setting " + model.Clean(variable)
		if flag := flagOf(root, variable); flag != "" {
			words += ": --" + flag + " is given to a command, and cannot stand in the environment"
		} else if meant := model.Nearest(name, known); meant != "" {
			words += "; did you mean " + environmentPrefix + meant + "?"
		}
		return model.Errorf(model.CodeUsage, "%s", words)
	}
	tried := settings{origins: map[string]origin{}}
	return tried.fromEnvironment(flags)
}

// everyName are what flags are called in the environment, behind the prefix.
func everyName(flags *pflag.FlagSet) []string {
	var all []string
	flags.VisitAll(func(f *pflag.Flag) { all = append(all, strings.TrimPrefix(variable(f.Name), environmentPrefix)) })
	return all
}

// flagOf returns the flag that somebody means who sets a variable; empty if no command has it.
func flagOf(cmd *cobra.Command, set string) string {
	found := ""
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if variable(f.Name) == set {
			found = f.Name
		}
	})
	for _, child := range cmd.Commands() {
		found = cmp.Or(found, flagOf(child, set))
	}
	return found
}

// isServiceLink says whether Kubernetes sets a variable, in every container beside a service that is called ticketcd.
func isServiceLink(name string) bool {
	return name == "PORT" || strings.HasPrefix(name, "PORT_") || strings.HasPrefix(name, "SERVICE_")
}
