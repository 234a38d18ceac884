package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
	"github.com/spf13/pflag"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// keysTable is the part of the configuration file that holds the keys.
const keysTable = "keys"

// configFile is what somebody wrote into their configuration.
type configFile struct {
	name   string
	values map[string]written // by setting
	keys   map[string]written // by action
}

// written is a value of the file.
type written struct {
	kind  unstable.Kind
	texts []string // one, or those of a list
	line  int
}

// readConfig reads the file, and refuses what it does not understand. A file that was not asked for need not exist.
func readConfig(ctx context.Context, name string, asked bool) (*configFile, error) {
	file := &configFile{name: name, values: map[string]written{}, keys: map[string]written{}}
	document, err := unlessEnded(ctx, func() ([]byte, error) { return readWhole(name) })
	if errors.Is(err, fs.ErrNotExist) && !asked {
		return file, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, model.Wrap(model.CodeUsage, err, "the configuration %s cannot be read: %s", name, reason(err))
	}
	// The library finds out whether this is TOML at all, and names nothing twice; only its parser knows lines.
	err = toml.Unmarshal(document, &map[string]any{})
	if syntax, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ := syntax.Position()
		if setting := lacksValue(document, line); setting != "" {
			return nil, file.wrong(line, "%s has no value: give it one, or leave the line out", model.Clean(setting))
		}
		return nil, file.wrong(line, "%s", strings.TrimPrefix(syntax.Error(), "toml: "))
	}
	if err != nil {
		return nil, model.Wrap(model.CodeUsage, err, "%s: %s", name, err)
	}
	if err = file.parse(document); err != nil {
		return nil, err
	}
	if err = file.check(); err != nil {
		return nil, err
	}
	return file, nil
}

// lacksValue returns what is set to nothing in a line of a document; empty if nothing is.
func lacksValue(document []byte, line int) string {
	lines := strings.Split(string(document), "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	name, value, _ := strings.Cut(lines[line-1], "=")
	if value = strings.TrimSpace(value); value != "" && value[0] != '#' {
		return ""
	}
	if name = strings.TrimSpace(name); strings.ContainsAny(name, " #[") {
		return ""
	}
	return name
}

// parse notes each value with its line.
func (f *configFile) parse(document []byte) error {
	var parser unstable.Parser
	parser.Reset(document)
	table := ""
	for parser.NextExpression() {
		node := parser.Expression()
		path := nodePath(node)
		line := parser.Shape(parser.Range(firstKey(node))).Start.Line
		switch node.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = strings.Join(path, ".")
			if table != keysTable || node.Kind == unstable.ArrayTable {
				return f.unknown(line, "there is no part ["+table+"]", table, []string{keysTable})
			}
		case unstable.KeyValue:
			if err := f.note(table, path, node.Value(), line); err != nil {
				return err
			}
		default:
		}
	}
	return parser.Error()
}

// note takes one value of the file.
func (f *configFile) note(table string, path []string, value *unstable.Node, line int) error {
	if table == "" && len(path) == 2 && path[0] == keysTable {
		table, path = keysTable, path[1:]
	}
	name := strings.Join(path, ".")
	v := written{kind: value.Kind, line: line}
	switch value.Kind {
	case unstable.String, unstable.Bool, unstable.Integer:
		v.texts = []string{string(value.Data)}
	case unstable.Array:
		for items := value.Children(); items.Next(); {
			if items.Node().Kind != unstable.String {
				return f.wrong(line, "%s is a list of texts, each in quotes", name)
			}
			v.texts = append(v.texts, string(items.Node().Data))
		}
	default:
		return f.wrong(line, "%s takes text, a list of texts, or true or false", name)
	}
	if table == keysTable {
		f.keys[name] = v
	} else {
		f.values[name] = v
	}
	return nil
}

// nodePath is the dotted name of a table or a value.
func nodePath(node *unstable.Node) []string {
	var path []string
	for keys := node.Key(); keys.Next(); {
		path = append(path, string(keys.Node().Data))
	}
	return path
}

// firstKey is where the name of a table or a value begins in the document.
func firstKey(node *unstable.Node) []byte {
	keys := node.Key()
	keys.Next()
	return keys.Node().Data
}

// check tries every value where it does no harm.
func (f *configFile) check() error {
	flags := everySetting()
	known := settingNames(flags)
	for _, name := range inFileOrder(f.values) {
		if !slices.Contains(known, name) {
			return f.unknown(f.values[name].line, "there is no setting "+model.Clean(name), name, append(known, keysTable))
		}
		if err := f.set(flags, flags.Lookup(name)); err != nil {
			return err
		}
	}
	for _, name := range inFileOrder(f.keys) {
		if k := f.keys[name]; k.kind != unstable.String && k.kind != unstable.Array {
			return f.wrong(k.line, "%s takes a key in quotes, or a list of them", model.Clean(name))
		}
	}
	if action, err := f.keymap().Check(); err != nil {
		return f.wrong(f.keys[action].line, "%s", model.Sentence(err))
	}
	return nil
}

// set sets a flag to what the file says.
func (f *configFile) set(flags *pflag.FlagSet, flag *pflag.Flag) error {
	value := f.values[flag.Name]
	fits, expected := value.kind == unstable.String, "a text in quotes"
	switch flag.Value.Type() {
	case "bool":
		fits, expected = value.kind == unstable.Bool, "true or false"
	case "stringSlice":
		fits, expected = fits || value.kind == unstable.Array, "a text, or a list of texts"
	}
	if !fits {
		return f.wrong(value.line, "%s takes %s", flag.Name, expected)
	}
	text := strings.Join(value.texts, ",")
	if text == "" {
		return f.wrong(value.line, "%s is empty: leave the line out instead", flag.Name)
	}
	if isPath(flag.Name) {
		text = f.resolve(text)
	}
	if err := flags.Set(flag.Name, text); err != nil {
		return f.wrong(value.line, "%s", misuse(err, func(setting string) string { return setting }))
	}
	return nil
}

// isPath says whether a setting names a file or a directory.
func isPath(setting string) bool {
	switch setting {
	case "cacert", "cert", "key", "data-dir":
		return true
	}
	return false
}

// resolve reads a path as it is meant in a file: from the file's own directory, ~/ from the person's.
func (f *configFile) resolve(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(f.name), path)
}

func (f *configFile) keymap() tui.Keymap {
	keymap := tui.Keymap{}
	for action, value := range f.keys {
		keymap[action] = value.texts
	}
	return keymap
}

// where names a place in the file.
func (f *configFile) where(line int) string { return fmt.Sprintf("%s:%d", f.name, line) }

func (f *configFile) wrong(line int, format string, args ...any) error {
	return model.Errorf(model.CodeUsage, "%s: %s", f.where(line), fmt.Sprintf(format, args...))
}

func (f *configFile) unknown(line int, words, name string, known []string) error {
	return f.wrong(line, "%s", words+suggestion(name, known))
}
