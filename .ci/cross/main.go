// Cross checks the program for systems that this machine is not: each package, its tests included, must compile there, and
// pass those of go vet's checks that need no others. It reads the types of all dependencies from their source. To vet
// with the go command they would have to be compiled first, etcd among them, which takes five minutes from scratch.
//
//	go run -modfile=.ci/lint.mod ./.ci/cross windows/amd64 darwin/arm64
package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/analysis/passes/assign"
	"golang.org/x/tools/go/analysis/passes/bools"
	"golang.org/x/tools/go/analysis/passes/buildtag"
	"golang.org/x/tools/go/analysis/passes/copylock"
	"golang.org/x/tools/go/analysis/passes/unsafeptr"
	"golang.org/x/tools/go/analysis/passes/unusedresult"
	"golang.org/x/tools/go/packages"
)

func main() {
	wrong := 0
	for _, system := range os.Args[1:] {
		n, err := check(system)
		if err != nil {
			fmt.Fprintln(os.Stderr, "cross:", err)
			n++
		}
		fmt.Printf("%s: %d problems\n", system, n)
		wrong += n
	}
	if wrong > 0 {
		os.Exit(1)
	}
}

// check checks all packages for a system such as windows/amd64, prints what is wrong, and returns how much.
func check(system string) (wrong int, err error) {
	goos, goarch, _ := strings.Cut(system, "/")
	all, err := packages.Load(&packages.Config{
		Mode:  packages.LoadAllSyntax,
		Tests: true,
		Env:   append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch),
	}, "./...")
	if err != nil {
		return 0, err
	}
	if wrong = packages.PrintErrors(all); wrong > 0 {
		return wrong, nil
	}
	analyzers := []*analysis.Analyzer{
		assign.Analyzer, bools.Analyzer, buildtag.Analyzer, copylock.Analyzer, unsafeptr.Analyzer, unusedresult.Analyzer,
	}
	found, err := checker.Analyze(analyzers, all, nil)
	if err != nil {
		return 0, err
	}
	for act := range found.All() {
		if act.Err != nil {
			return wrong, act.Err
		}
		for _, problem := range act.Diagnostics {
			fmt.Printf("%s: %s\n", act.Package.Fset.Position(problem.Pos), problem.Message)
			wrong++
		}
	}
	return wrong, nil
}
