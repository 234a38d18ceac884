package main_test

import (
	"fmt"
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
	"model":      {},
	"atomicfile": {},
	"seed":       {"model"},
	"cluster":    {"model", "atomicfile"},
	"crowd":      {"model"},
	"bench":      {"model", "etcdstore", "seed"},
	"etcdstore":  {"model", "atomicfile"},
	"tui":        {"model"},
	"sshserver":  {"model", "tui", "atomicfile"},
}

// theirs says who alone may import the packages that begin with a path.
var theirs = map[string][]string{
	"go.etcd.io/": {"etcdstore", "cluster"},
	"charm.land/": {"tui", "sshserver", "cli", "."},
	"math/rand":   {}, // math/rand/v2 is the one with a source of its own
}

// pure is all that the domain needs of others.
var pure = []string{
	"github.com/hashicorp/go-immutable-radix/v2",
	"github.com/sahilm/fuzzy",
	"golang.org/x/text",
}

// harmless are the packages of the standard library that the domain may import: those that compute, and touch nothing.
var harmless = []string{
	"bufio", "bytes", "cmp", "crypto/sha256", "encoding/base64", "encoding/binary", "encoding/hex", "encoding/json", "errors",
	"fmt", "io", "iter", "maps", "math", "math/bits", "regexp", "slices", "sort", "strconv", "strings", "sync", "sync/atomic",
	"time", "unicode", "unicode/utf8",
}

// worldly is what is not harmless in these: the clock and the zones of the machine, and its standard streams.
var worldly = map[string][]string{
	"time": {
		"After", "AfterFunc", "LoadLocation", "Local", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Ticker",
		"Timer", "Until",
	},
	"fmt": {"Print", "Printf", "Println", "Scan", "Scanf", "Scanln"},
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
		if within(f.folder, "model") {
			require.Empty(t, f.impurities(t))
		}
	}
}

// impurities are what the domain must not use.
func (f file) impurities(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, name := range f.imports(t) {
		allowed := func(prefix string) bool { return within(name, prefix) }
		if !slices.Contains(harmless, name) && !slices.ContainsFunc(pure, allowed) {
			found = append(found, fmt.Sprintf("%s imports %s: the domain does not touch the world", f.name, name))
		}
	}
	called := f.callsPackages(t)
	for _, dotted := range []string{".", "_"} {
		if called[dotted] != "" {
			found = append(found, fmt.Sprintf("%s imports %s as %s, so nobody sees what it uses of it", f.name, called[dotted], dotted))
		}
	}
	ast.Inspect(f.syntax, func(node ast.Node) bool {
		if used, ok := node.(*ast.SelectorExpr); ok {
			if pkg, ok := used.X.(*ast.Ident); ok && slices.Contains(worldly[called[pkg.Name]], used.Sel.Name) {
				found = append(found, fmt.Sprintf("%s uses %s.%s: whoever asks the domain passes it in", f.name, called[pkg.Name], used.Sel.Name))
			}
		}
		return true
	})
	return found
}

// callsPackages returns the packages that a file imports, by what it calls them.
func (f file) callsPackages(t *testing.T) map[string]string {
	t.Helper()
	called := map[string]string{}
	for i, name := range f.imports(t) {
		as := path.Base(name)
		if own := f.syntax.Imports[i].Name; own != nil {
			as = own.Name
		}
		called[as] = name
	}
	return called
}

func TestWhatIsNotPureIsNoticed(t *testing.T) {
	t.Parallel()
	for source, says := range map[string]string{
		`import "time"; var now = time.Now()`:                               "uses time.Now",
		`import clock "time"; var now = clock.Now`:                          "uses time.Now",
		`import "time"; var _ = time.AfterFunc(1, nil)`:                     "uses time.AfterFunc",
		`import . "time"; var now = Now()`:                                  "imports time as .",
		`import "syscall"`:                                                  "imports syscall",
		`import "math/rand/v2"`:                                             "imports math/rand/v2",
		`import "context"`:                                                  "imports context",
		`import "github.com/spf13/cobra"`:                                   "imports github.com/spf13/cobra",
		`import "fmt"; func f() { fmt.Println() }`:                          "uses fmt.Println",
		`import "time"; var day = time.Date(1, 1, 1, 1, 1, 1, 1, time.UTC)`: "",
	} {
		syntax, err := parser.ParseFile(token.NewFileSet(), "a.go", "package model\n"+source, parser.SkipObjectResolution)
		require.NoError(t, err)
		found := file{name: "a.go", syntax: syntax}.impurities(t)
		if says == "" {
			require.Empty(t, found, source)
			continue
		}
		require.Len(t, found, 1, source)
		require.Contains(t, found[0], says)
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
