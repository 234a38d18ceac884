package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

func (a *app) configCommand() *cobra.Command {
	var example bool
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show the settings in force, and where each comes from",
		Long: "Shows every setting, its value, and where that comes from. A flag is stronger than the environment (TICKETCD_ and\n" +
			"the flag's name in capitals, such as TICKETCD_THEME), and that is stronger than the configuration file. The flags of\n" +
			"ticketcd serve can stand in the environment too, and are shown if they do.",
		Example: "  ticketcd config --example > config.toml",
		Args:    cobra.NoArgs,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if example {
				return nil // it helps whoever has a file that is wrong
			}
			return a.settle(cmd)
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if example {
				a.printf("%s", exampleConfig())
				return nil
			}
			return a.printConfig(cmd.Flags())
		},
	}
	cmd.Flags().BoolVar(&example, "example", false, "print a configuration file with every setting, to begin with")
	a.look.register(cmd.Flags())
	return cmd
}

// settingJSON is a setting as scripts see it.
type settingJSON struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
	From  string `json:"from"`
}

// configJSON is the configuration as scripts see it.
type configJSON struct {
	File     string        `json:"file"`
	Settings []settingJSON `json:"settings"`
}

func (a *app) printConfig(flags *pflag.FlagSet) error {
	all := everySetting()
	out := configJSON{File: a.set.file.name}
	for _, name := range settingNames(all) {
		out.Settings = append(out.Settings, settingJSON{name, a.valueOf(flags.Lookup(name)), a.set.from(name)})
	}
	served, err := a.served()
	if err != nil {
		return err
	}
	out.Settings = append(out.Settings, served...)
	for _, k := range everyKey(a.look.keymap) {
		from := "default"
		if v, ok := a.set.file.keys[k.Name]; ok {
			from = a.set.file.where(v.line)
		}
		out.Settings = append(out.Settings, settingJSON{keysTable + "." + k.Name, k.Keys, from})
	}
	if a.flags.json() {
		return a.printJSON(out)
	}
	rows := make([][]string, 0, len(out.Settings))
	for _, s := range out.Settings {
		if strings.HasPrefix(s.Name, keysTable+".") && s.From == "default" {
			continue // a hundred of them would bury the rest
		}
		text := fmt.Sprint(s.Value)
		if list, ok := s.Value.([]string); ok {
			text = strings.Join(list, " ")
		}
		rows = append(rows, []string{s.Name, model.Clean(text), s.From})
	}
	if err := a.printTable([]string{"SETTING", "VALUE", "FROM"}, rows); err != nil {
		return err
	}
	a.notef("The configuration file is %s. Keys that are as usual are not listed: docs/keys.md and -w json have them.", out.File)
	return nil
}

// served are the flags of a server that the environment sets. Nobody else says that they are there.
func (a *app) served() ([]settingJSON, error) {
	flags, here := everyVariable(), settings{origins: map[string]origin{}}
	if err := here.fromEnvironment(flags); err != nil {
		return nil, err
	}
	shown := everySetting()
	var all []settingJSON
	flags.Visit(func(f *pflag.Flag) {
		if shown.Lookup(f.Name) == nil {
			all = append(all, settingJSON{f.Name, a.valueOf(f), here.from(f.Name)})
		}
	})
	return all, nil
}

// valueOf is the value of a setting. Nobody is shown a password.
func (a *app) valueOf(f *pflag.Flag) any {
	const hidden = "(hidden)"
	switch f.Name {
	case "endpoints":
		return append([]string{}, a.flags.endpoints...)
	case "data-dir":
		if len(a.flags.endpoints) > 0 {
			return ""
		}
		return a.dataDir()
	case "password":
		if a.flags.password != "" {
			return hidden
		}
	case "user":
		if name, _, found := strings.Cut(a.flags.user, ":"); found {
			return name + ":" + hidden
		}
	}
	if f.Value.Type() == "bool" {
		return f.Value.String() == "true"
	}
	return f.Value.String()
}

// everyKey are all actions with their keys, each once: with those that it has everywhere, or else where it has most.
func everyKey(keymap tui.Keymap) []tui.ActionKeys {
	var all []tui.ActionKeys
	everywhere := 0
	for _, screen := range tui.Screens(keymap) {
		for _, a := range screen.Actions {
			at := slices.IndexFunc(all, func(other tui.ActionKeys) bool { return other.Name == a.Name })
			switch {
			case a.Name == "":
			case at < 0:
				all = append(all, a)
			case at >= everywhere && len(a.Keys) > len(all[at].Keys):
				all[at] = a
			}
		}
		if screen.Title == tui.Everywhere {
			everywhere = len(all)
		}
	}
	return all
}

// exampleConfig is a configuration file that changes nothing: every setting as it is by default, behind a #.
func exampleConfig() string {
	var out strings.Builder
	out.WriteString("# Settings of TickETCD. Take the # away from a line to change it; ticketcd config tells what is in force.\n" +
		"# Paths begin at this file's directory, or at your own with ~/.\n")
	flags := everySetting()
	for _, name := range settingNames(flags) {
		f := flags.Lookup(name)
		what, usage := pflag.UnquoteUsage(f)
		value := fmt.Sprintf("%q", f.DefValue)
		switch {
		case f.Value.Type() == "bool":
			value = f.DefValue
		case f.Value.Type() == "stringSlice":
			value = `["https://10.0.0.1:2379", "https://10.0.0.2:2379"]`
		case f.DefValue == "":
			value = fmt.Sprintf("%q", what)
		}
		fmt.Fprintf(&out, "\n# %s\n#%s = %s\n", usage, name, value)
	}
	out.WriteString("\n# Keys of your own: an action's name, and its key or keys. docs/keys.md tells which screen has which.\n#[" +
		keysTable + "]\n")
	for _, k := range everyKey(nil) {
		var keys []string
		for _, name := range k.Keys {
			keys = append(keys, fmt.Sprintf("%q", name))
		}
		fmt.Fprintf(&out, "#%s = [%s]\n", k.Name, strings.Join(keys, ", "))
	}
	return out.String()
}
