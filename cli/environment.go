package cli

import (
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

// checkEnvironment refuses a variable of no flag, and a setting with a value that it cannot have, whichever command is
// run: what is wrong is refused as it is in the configuration file, and not passed over.
func checkEnvironment(root *cobra.Command) error {
	known := everyName(root)
	for _, entry := range slices.Sorted(slices.Values(os.Environ())) {
		variable, value, _ := strings.Cut(entry, "=")
		name, ours := strings.CutPrefix(variable, environmentPrefix)
		if !ours || value == "" || isServiceLink(name) || slices.Contains(known, name) {
			continue
		}
		words := "there is no setting " + model.Clean(variable)
		if meant := model.Nearest(name, known); meant != "" {
			words += "; did you mean " + environmentPrefix + meant + "?"
		}
		return model.Errorf(model.CodeUsage, "%s", words)
	}
	tried := settings{origins: map[string]origin{}}
	return tried.fromEnvironment(everySetting())
}

// everyName are what our variables may be called behind the prefix: one place may set the flags of several commands.
func everyName(cmd *cobra.Command) []string {
	var all []string
	note := func(f *pflag.Flag) { all = append(all, strings.TrimPrefix(variable(f.Name), environmentPrefix)) }
	cmd.Flags().VisitAll(note)
	cmd.PersistentFlags().VisitAll(note)
	for _, child := range cmd.Commands() {
		all = append(all, everyName(child)...)
	}
	return all
}

// isServiceLink says whether Kubernetes sets a variable, in every container beside a service that is called ticketcd.
func isServiceLink(name string) bool {
	return name == "PORT" || strings.HasPrefix(name, "PORT_") || strings.HasPrefix(name, "SERVICE_")
}
