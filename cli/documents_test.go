package cli_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/cli"
)

// What the documents name exists: files, make targets, commands, flags, variables, keys and declarations, as far as they
// stand in `code` or are linked.

var (
	fenceForm   = regexp.MustCompile("(?ms)^ *```([a-z]*)\n(.*?)^ *```$")
	spanForm    = regexp.MustCompile("`([^`]+)`")
	linkForm    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	headingForm = regexp.MustCompile(`(?m)^#+ (.+)$`)
	symbolForm  = regexp.MustCompile(`^[A-Za-z]\w*(\.[A-Za-z]\w*)+$`)
	keyForm     = regexp.MustCompile(`^(f\d+|(ctrl|alt|shift)\+\S+|[a-zA-Z?:/]|[↑↓←→]|tab|enter|esc|space|backspace)$`)
	wordsForm   = regexp.MustCompile(`^[a-z]+(/[a-z]+)+$`)
)

// document is one that people read.
type document struct {
	name string // from the top of the repository
	text string
}

func documents(t *testing.T) []document {
	t.Helper()
	var all []document
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		names, err := filepath.Glob(filepath.Join("..", pattern))
		require.NoError(t, err)
		for _, name := range names {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			all = append(all, document{strings.TrimPrefix(filepath.ToSlash(name), "../"), string(text)})
		}
	}
	require.NotEmpty(t, all)
	return all
}

func readme(t *testing.T) document {
	t.Helper()
	all := documents(t)
	return all[slices.IndexFunc(all, func(d document) bool { return d.name == "README.md" })]
}

// spans is the code within the sentences, in order.
func spans(text string) []string {
	var found []string
	for _, match := range spanForm.FindAllStringSubmatch(fenceForm.ReplaceAllString(text, ""), -1) {
		found = append(found, strings.Join(strings.Fields(match[1]), " "))
	}
	return found
}

// shellLines are the commands of the blocks of shell, without their comments.
func (d document) shellLines() []string {
	var lines []string
	for _, block := range fenceForm.FindAllStringSubmatch(d.text, -1) {
		if block[1] != "sh" {
			continue
		}
		for line := range strings.Lines(block[2]) {
			command, _, _ := strings.Cut(line, " #")
			if command = strings.TrimSpace(command); command != "" && command[0] != '#' {
				lines = append(lines, command)
			}
		}
	}
	return lines
}

// repository is what the documents may name.
type repository struct {
	files    map[string]bool // and folders
	names    map[string]bool // of files, without their folders
	targets  map[string]bool
	keys     map[string]bool
	declared map[string]bool
}

func readRepository(t *testing.T) repository {
	t.Helper()
	r := repository{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	require.NoError(t, filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.Name() == ".git" || entry.Name() == "bin" || entry.Name() == "dist" {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		name = strings.TrimPrefix(filepath.ToSlash(name), "../")
		r.files[name], r.names[entry.Name()] = true, true
		if path.Ext(name) == ".go" {
			r.declare(t, name)
		}
		return nil
	}))
	makefile, err := os.ReadFile("../Makefile")
	require.NoError(t, err)
	for _, target := range regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(string(makefile), -1) {
		r.targets[target[1]] = true
	}
	keys, err := os.ReadFile("../docs/keys.md")
	require.NoError(t, err)
	for _, key := range spans(string(keys)) {
		r.keys[key] = true
	}
	return r
}

// declare notes the functions, types and fields of a Go file.
func (r repository) declare(t *testing.T, name string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", name), nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncDecl:
			r.declared[node.Name.Name] = true
		case *ast.TypeSpec:
			r.declared[node.Name.Name] = true
		case *ast.ValueSpec:
			for _, name := range node.Names {
				r.declared[name.Name] = true
			}
		case *ast.Field:
			for _, name := range node.Names {
				r.declared[name.Name] = true
			}
		}
		return true
	})
}

func TestWhatTheDocumentsNameExists(t *testing.T) {
	t.Parallel()
	r := readRepository(t)
	for _, d := range documents(t) {
		for _, match := range linkForm.FindAllStringSubmatch(d.text, -1) {
			if wrong := r.checkLink(d, match[1]); wrong != "" {
				t.Errorf("%s links to %s: %s", d.name, match[1], wrong)
			}
		}
		for _, code := range append(spans(d.text), d.shellLines()...) {
			if wrong := r.check(code); wrong != "" {
				t.Errorf("%s says `%s`: %s", d.name, code, wrong)
			}
		}
		for line := range strings.Lines(d.text) {
			if wrong := checkRow(line); wrong != "" {
				t.Errorf("%s: in %q, %s", d.name, strings.TrimSpace(line), wrong)
			}
		}
	}
}

// checkLink follows a link within the repository.
func (r repository) checkLink(d document, link string) string {
	if strings.Contains(link, "://") {
		return ""
	}
	name, anchor, _ := strings.Cut(link, "#")
	target := path.Clean(path.Join(path.Dir(d.name), name))
	if name == "" {
		target = d.name
	}
	if !r.files[target] {
		return "there is no such file"
	}
	if anchor == "" {
		return ""
	}
	text, err := os.ReadFile(filepath.Join("..", target))
	if err != nil {
		return err.Error()
	}
	for _, heading := range headingForm.FindAllStringSubmatch(string(text), -1) {
		if strings.ReplaceAll(strings.ToLower(heading[1]), " ", "-") == anchor {
			return ""
		}
	}
	return "there is no such heading"
}

// check returns what is wrong with a piece of code; empty if nothing is, or if it is of no kind that can be checked.
func (r repository) check(code string) string {
	words := strings.Fields(code)
	for len(words) > 1 && strings.Contains(words[0], "=") {
		words = words[1:]
	}
	first := words[0]
	switch {
	case first == "make":
		for _, word := range words[1:] {
			if !strings.Contains(word, "=") && !r.targets[word] {
				return "there is no target " + word
			}
		}
	case first == "ticketcd" || first == "bin/ticketcd":
		return checkCommand(words[1:])
	case first == "go":
		for _, word := range words[1:] {
			if folder, ok := strings.CutPrefix(word, "./"); ok && folder != "..." && !r.files[folder] {
				return "there is no folder " + folder
			}
		}
	case strings.HasPrefix(first, "-") && first != "-":
		if !anyCommand(func(cmd *cobra.Command) bool { return hasFlag(cmd, first) }) {
			return "no command has that flag"
		}
	case strings.HasPrefix(first, "TICKETCD_"):
		name, _, _ := strings.Cut(strings.TrimPrefix(first, "TICKETCD_"), "=")
		name = strings.ToLower(strings.ReplaceAll(name, "_", "-"))
		if !cli.InEnvironment(name) {
			return "--" + name + " cannot stand in the environment"
		}
	case len(words) > 1:
	case keyForm.MatchString(first):
		arrows := strings.NewReplacer("↑", "up", "↓", "down", "←", "left", "→", "right")
		if !r.keys[first] && !r.keys[arrows.Replace(first)] {
			return "no screen has that key"
		}
	default:
		return r.checkName(first)
	}
	return ""
}

// checkName looks for a file, a folder or a declaration.
func (r repository) checkName(name string) string {
	folder, _, inside := strings.Cut(name, "/")
	isSource := slices.Contains([]string{".go", ".md", ".svg", ".mod"}, path.Ext(name))
	switch {
	case folder == "bin" || folder == "dist": // is built
	case inside && (isSource || r.files[folder]) && !r.files[strings.TrimSuffix(name, "/")]:
		return "there is no such file"
	case !inside && isSource && !r.names[name]:
		return "there is no such file"
	case !inside && !isSource && symbolForm.MatchString(name) && !slices.Contains([]string{".log", ".json", ".toml", ".pem", ".lock", ".pid", ".sock"}, path.Ext(name)):
		if parts := strings.Split(name, "."); !r.declared[parts[len(parts)-1]] {
			return "nothing of that name is declared"
		}
	}
	return ""
}

// checkRow holds the flags in a row of a table against the command that the row is about.
func checkRow(line string) string {
	if !strings.HasPrefix(line, "| `ticketcd ") {
		return ""
	}
	named := spans(line)
	var commands []*cobra.Command
	for _, one := range alternatives(strings.Fields(named[0])[1:]) {
		cmd, _, err := cli.Root().Find(one)
		if err != nil {
			return err.Error()
		}
		commands = append(commands, cmd)
	}
	for _, code := range named[1:] {
		flag := strings.Fields(code)[0]
		has := func(cmd *cobra.Command) bool { return hasFlag(cmd, flag) }
		if strings.HasPrefix(flag, "-") && !slices.ContainsFunc(commands, has) {
			return commands[0].CommandPath() + " has no flag " + flag
		}
	}
	return ""
}

// checkCommand parses a command line as the program does. A command may be named without its arguments, and several at once
// as "user add/list"; capitals, ... and [brackets] stand for something else.
func checkCommand(words []string) string {
	if several := alternatives(words); len(several) > 1 {
		for _, one := range several {
			if wrong := checkCommand(one); wrong != "" {
				return wrong
			}
		}
		return ""
	}
	var given []string
	for _, word := range words {
		if !strings.HasPrefix(word, "[") && word != "..." {
			given = append(given, word)
		}
	}
	cmd, rest, err := cli.Root().Find(given)
	if err != nil {
		return err.Error()
	}
	cmd.InitDefaultHelpFlag()
	cmd.InitDefaultVersionFlag()
	if err = cmd.ParseFlags(rest); err != nil {
		return err.Error()
	}
	args := cmd.Flags().Args()
	if cmd.Args == nil && cmd.HasSubCommands() && len(args) > 0 {
		return cmd.CommandPath() + " has no command " + args[0]
	}
	if err = cmd.ValidateArgs(args); err != nil && len(args) > 0 {
		return err.Error()
	}
	return ""
}

// alternatives are the command lines that "user add/list" stands for.
func alternatives(words []string) [][]string {
	for i, word := range words {
		if !wordsForm.MatchString(word) {
			continue
		}
		var all [][]string
		for one := range strings.SplitSeq(word, "/") {
			all = append(all, slices.Concat(words[:i], []string{one}, words[i+1:]))
		}
		return all
	}
	return [][]string{words}
}

func anyCommand(is func(*cobra.Command) bool) bool {
	var any func(cmd *cobra.Command) bool
	any = func(cmd *cobra.Command) bool { return is(cmd) || slices.ContainsFunc(cmd.Commands(), any) }
	return any(cli.Root())
}

func hasFlag(cmd *cobra.Command, flag string) bool {
	cmd.InitDefaultHelpFlag()
	cmd.InitDefaultVersionFlag()
	name := strings.TrimLeft(flag, "-")
	name, _, _ = strings.Cut(name, "=")
	if !strings.HasPrefix(flag, "--") {
		return len(name) == 1 && (cmd.Flags().ShorthandLookup(name) != nil || cmd.InheritedFlags().ShorthandLookup(name) != nil)
	}
	return cmd.Flags().Lookup(name) != nil || cmd.InheritedFlags().Lookup(name) != nil
}

func TestWhatDoesNotExistIsNoticed(t *testing.T) {
	t.Parallel()
	r := readRepository(t)
	for _, wrong := range []string{
		"make tea", "ticketcd sell", "ticketcd buy ID red=2 --for ann", "ticketcd user add/drop", "ticketcd event ID ID",
		"TICKETCD_SERVERS=a ticketcd statsu", "--colour", "-q", "TICKETCD_COLOUR", "TICKETCD_REPLACE", "go test ./gui", "docs/keys.txt", "cli/nothing.go", "nothing.go",
		"Session.hammered", "f12", "ctrl+y",
	} {
		require.NotEmpty(t, r.check(wrong), wrong)
	}
	for _, right := range []string{
		"make torture DURATION=2h", "ticketcd", "ticketcd buy", "ticketcd buy EVENTID TYPE=N... --as USER", "ticketcd user add/list", "--user name[:password]",
		"TICKETCD_ENDPOINTS", "go test -race ./tui -run TestName", "cli", "bin/ticketcd", "Session.press", "f4", "↓", "etcd.log", "14",
	} {
		require.Empty(t, r.check(right), right)
	}
	require.NotEmpty(t, checkRow("| `ticketcd stats` | `--event` |"))
	require.NotEmpty(t, r.checkLink(document{name: "docs/faults.md"}, "../keys.md"))
	require.NotEmpty(t, r.checkLink(readme(t), "CONTRIBUTING.md#the-rules-of-nobody"))
	require.Empty(t, r.checkLink(readme(t), "CONTRIBUTING.md#the-rules-of-the-house"))
}

func TestTheConfigurationInTheDocumentsIsReadAndExplainsEveryName(t *testing.T) {
	t.Parallel()
	all := documents(t)
	layout := all[slices.IndexFunc(all, func(d document) bool { return d.name == "docs/layout.md" })]
	blocks := fenceForm.FindAllStringSubmatch(layout.text, -1)
	example := blocks[slices.IndexFunc(blocks, func(block []string) bool { return block[1] == "json" })][2]
	p := newPlace(t)
	said := p.must("seed", "--config", p.file("shop.json", example), "--out", p.file("out.json", ""))
	require.Contains(t, said.err, "30 events, 22 users")
	names, err := os.ReadFile("../seed/default.json")
	require.NoError(t, err)
	for _, name := range regexp.MustCompile(`"([A-Z_]+)"`).FindAllStringSubmatch(string(names), -1) {
		require.Regexp(t, "(?m)^\\| .*`"+name[1]+"`", layout.text)
	}
}
