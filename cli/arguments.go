package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ticketcd/ticketcd/model"
)

// checkArguments makes a wrong number of arguments, or an empty one, a usage error like a wrong flag.
func checkArguments(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			err := check(cmd, args)
			switch {
			case err != nil && strings.HasPrefix(err.Error(), "unknown command"):
				return model.Wrap(model.CodeUsage, err, "%s; usage: %s", strings.Split(err.Error(), "\n")[0], cmd.UseLine())
			case err != nil:
				return model.Wrap(model.CodeUsage, err, "wrong number of arguments; usage: %s", cmd.UseLine())
			case slices.ContainsFunc(args, isBlank):
				return model.Errorf(model.CodeUsage, "an argument is empty; usage: %s", cmd.UseLine())
			}
			return nil
		}
	}
	for _, child := range cmd.Commands() {
		checkArguments(child)
	}
}

// isBlank says whether an argument says nothing, as it does where a variable of a script is not set.
func isBlank(argument string) bool { return strings.TrimSpace(argument) == "" }

// needValue refuses flags that were given without a value: the command would do something else without them.
func needValue(flags *pflag.FlagSet, names ...string) error {
	for _, name := range names {
		flag := flags.Lookup(name)
		if flag.Changed && isBlank(strings.Trim(flag.Value.String(), "[]")) {
			return model.Errorf(model.CodeUsage, "--%s is empty: give it a value, or leave it out", name)
		}
	}
	return nil
}
