package cli

import (
	"cmp"
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/adrg/xdg"
	"github.com/spf13/pflag"

	"github.com/ticketcd/ticketcd/model"
)

// strength says which word counts where a setting is set more than once.
type strength int

const (
	byDefault strength = iota
	byFile
	byEnvironment
	byFlag
)

// origin is where a setting comes from.
type origin struct {
	strength strength
	words    string
}

// settings are what can stand in the configuration file: a setting is a flag of the same name, which may also stand in
// the environment, as the flags of a server may. A flag is stronger than the environment, and that than the file.
type settings struct {
	file    *configFile
	origins map[string]origin // of what is not as it was by default
}

// everySetting makes flags for all settings, which belong to no command.
func everySetting() *pflag.FlagSet {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	var global globalFlags
	var wishes look
	global.register(flags)
	wishes.register(flags)
	return flags
}

// settingNames are the names of the settings, in alphabetical order. The file cannot say where it is itself, and a flag
// that takes another one back is no setting of its own.
func settingNames(flags *pflag.FlagSet) []string {
	var names []string
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name != configFlag && f.Name != noMouseFlag {
			names = append(names, f.Name)
		}
	})
	return names
}

// configFlag says where the configuration file is.
const configFlag = "config-file"

// settle completes a command's flags from the environment and from the file.
func settle(ctx context.Context, flags *pflag.FlagSet) (*settings, error) {
	s := &settings{origins: map[string]origin{}}
	s.credit(flags, byFlag, onCommandLine)
	if err := s.fromEnvironment(flags); err != nil {
		return nil, err
	}
	name, asked := filepath.Join(xdg.ConfigHome, "ticketcd", "config.toml"), false
	if f := flags.Lookup(configFlag); f != nil && f.Changed {
		name, asked = f.Value.String(), true
	}
	var err error
	if s.file, err = readConfig(ctx, name, asked); err != nil {
		return nil, err
	}
	for name, value := range s.file.values {
		f := flags.Lookup(name)
		if f == nil || f.Changed {
			continue
		}
		if err = s.file.set(flags, f); err != nil {
			return nil, err
		}
		s.origins[name] = origin{byFile, s.file.where(value.line)}
	}
	return s, nil
}

// credit notes where the flags come from that were set since the last time.
func (s *settings) credit(flags *pflag.FlagSet, by strength, words func(name string) string) {
	flags.Visit(func(f *pflag.Flag) {
		if _, known := s.origins[f.Name]; !known {
			s.origins[f.Name] = origin{by, words(f.Name)}
		}
	})
}

// fromEnvironment sets the flags that were not given, and may stand there, to what the environment says. Empty variables
// say nothing.
func (s *settings) fromEnvironment(flags *pflag.FlagSet) error {
	var wrong error
	known := everyVariable()
	flags.VisitAll(func(f *pflag.Flag) {
		name := variable(f.Name)
		value := os.Getenv(name)
		given := f.Changed || f.Name == noMouseFlag && flags.Lookup(mouseFlag).Changed
		if given || value == "" || wrong != nil || known.Lookup(f.Name) == nil {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			wrong = model.Wrap(model.CodeUsage, err, "%s", misuse(err, variable))
		}
		s.credit(flags, byEnvironment, func(string) string { return name })
	})
	return wrong
}

func (s *settings) strength(name string) strength { return s.origins[name].strength }

// from says in words where a setting comes from.
func (s *settings) from(name string) string { return cmp.Or(s.origins[name].words, "default") }

// inFileOrder returns the names of what stands in the file, from top to bottom.
func inFileOrder(values map[string]written) []string {
	return slices.SortedFunc(maps.Keys(values), func(a, b string) int {
		return cmp.Or(cmp.Compare(values[a].line, values[b].line), strings.Compare(a, b))
	})
}
