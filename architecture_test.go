package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/ticketcd/ticketcd"

// ours says which of our packages a package may import. Those that are not listed (the program itself) may import all.
var ours = map[string][]string{
	"model":     {},
	"seed":      {"model"},
	"cluster":   {"model"},
	"crowd":     {"model"},
	"bench":     {"model", "etcdstore", "seed"},
	"etcdstore": {"model"},
	"tui":       {"model"},
	"sshserver": {"model", "tui"},
	"torture":   {}, // holds nothing but tests, of all of them together in processes of their own, under faults
}

// theirs says who alone may import the packages that begin with a path.
var theirs = map[string][]string{
	"go.etcd.io/": {"etcdstore", "cluster"},
	"charm.land/": {"tui", "sshserver", "cli", "."},
	"math/rand":   {}, // math/rand/v2 is the one with a source of its own
}

// pure is all that the domain needs besides the standard library.
var pure = []string{
	"github.com/hashicorp/go-immutable-radix/v2",
	"github.com/sahilm/fuzzy",
	"golang.org/x/text",
}

// file is a Go file of ours that is no test.
type file struct {
	name   string
	folder string // "." for the top level
	syntax *ast.File
	lines  int
}

func sources(t *testing.T) []file {
	t.Helper()
	var files []file
	require.NoError(t, filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata") {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		positions := token.NewFileSet()
		syntax, err := parser.ParseFile(positions, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		files = append(files, file{name, path.Dir(name), syntax, positions.File(syntax.Pos()).LineCount()})
		return nil
	}))
	return files
}

func (f file) imports(t *testing.T) []string {
	t.Helper()
	var paths []string
	for _, spec := range f.syntax.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		paths = append(paths, name)
	}
	return paths
}

func within(name, prefix string) bool {
	return name == strings.TrimSuffix(prefix, "/") || strings.HasPrefix(name, strings.TrimSuffix(prefix, "/")+"/")
}

func TestPackagesImportOnlyWhatTheirLayerAllows(t *testing.T) {
	t.Parallel()
	files := sources(t)
	require.NotEmpty(t, files)
	for _, f := range files {
		layer, _, _ := strings.Cut(f.folder, "/")
		for _, name := range f.imports(t) {
			if allowed, ruled := ours[layer]; ruled && within(name, module) {
				other, _, _ := strings.Cut(strings.TrimPrefix(name, module+"/"), "/")
				if other != layer && !slices.Contains(allowed, other) {
					t.Errorf("%s imports %s: %s may import only %v of ours", f.name, name, layer, allowed)
				}
			}
			for prefix, users := range theirs {
				if within(name, prefix) && !within(name, "math/rand/v2") && !slices.Contains(users, layer) {
					t.Errorf("%s imports %s, which is only for %v", f.name, name, users)
				}
			}
		}
	}
}

func TestTheDomainIsPure(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		if f.folder != "model" {
			continue
		}
		for _, name := range f.imports(t) {
			host, _, _ := strings.Cut(name, "/")
			allowed := slices.ContainsFunc(pure, func(prefix string) bool { return within(name, prefix) })
			if strings.Contains(host, ".") && !allowed {
				t.Errorf("%s imports %s: the domain needs only the standard library and %v", f.name, name, pure)
			}
			if slices.Contains([]string{"os", "os/exec", "net", "net/http", "log", "log/slog"}, name) {
				t.Errorf("%s imports %s: the domain does not touch the world", f.name, name)
			}
		}
		ast.Inspect(f.syntax, func(node ast.Node) bool {
			call, ok := node.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := call.X.(*ast.Ident); ok && pkg.Name == "time" &&
				slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "NewTimer", "NewTicker", "Tick"}, call.Sel.Name) {
				t.Errorf("%s uses time.%s: whoever asks the domain passes the time in", f.name, call.Sel.Name)
			}
			return true
		})
	}
}

// Where there are no time zones, Go takes TZ for UTC without a word, and events begin hours too early or too late.
func TestTheProgramBringsTheTimeZonesAlong(t *testing.T) {
	t.Parallel()
	var imported []string
	for _, f := range sources(t) {
		if f.folder == "." {
			imported = append(imported, f.imports(t)...)
		}
	}
	require.Contains(t, imported, "time/tzdata")
}

func TestEveryPackageSaysWhatItPromises(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for _, f := range sources(t) {
		said[f.folder] = said[f.folder] || f.syntax.Doc != nil && (path.Base(f.name) == "doc.go" || f.syntax.Name.Name == "main")
	}
	for folder, yes := range said {
		if !yes {
			t.Errorf("%s has no doc.go with a comment on the package", folder)
		}
	}
}

// longest is how many lines a file may have. From 300 on it is worth asking what is hiding in it; here nobody needs to ask.
const longest = 400

func TestFilesAreAboutOneThing(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		if f.lines > longest {
			t.Errorf("%s has %d lines: it is about more than one thing", f.name, f.lines)
		}
	}
}
