package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ticketcd/ticketcd/model"
)

// checkArguments makes an unknown command, a wrong number of arguments, or an empty one, a usage error like a wrong flag.
func checkArguments(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			err := check(cmd, args)
			switch {
			case slices.ContainsFunc(args, isBlank):
				return model.Errorf(model.CodeUsage, "an argument is empty; usage: %s", cmd.UseLine())
			case err != nil && cmd.HasSubCommands() && strings.HasPrefix(err.Error(), "unknown command"):
				return unknownCommand(cmd, args[0])
			case err != nil:
				return model.Wrap(model.CodeUsage, err, "wrong number of arguments; usage: %s", cmd.UseLine())
			}
			return nil
		}
	}
	for _, child := range cmd.Commands() {
		checkArguments(child)
	}
}

// unknownCommand says that a command has no other of that name below it, and which one was probably meant.
func unknownCommand(above *cobra.Command, name string) error {
	var known []string
	for _, cmd := range above.Commands() {
		if !cmd.Hidden {
			known = append(known, cmd.Name())
		}
	}
	advice := suggestion(name, known)
	if advice == "" {
		advice = "; see " + above.CommandPath() + " --help"
	}
	return model.Errorf(model.CodeUsage, "unknown command %q%s", model.Clean(name), advice)
}

// wrongFlag says what is wrong with a flag, unless it is the command before it that does not exist.
func wrongFlag(cmd *cobra.Command, err error) error {
	if before := cmd.Flags().Args(); cmd.HasSubCommands() && len(before) > 0 {
		if unknown := cmd.ValidateArgs(before); unknown != nil {
			return unknown
		}
	}
	return model.Wrap(model.CodeUsage, err, "%s; see %s --help", misuse(err, onCommandLine), cmd.CommandPath())
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
