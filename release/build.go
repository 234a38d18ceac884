package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// dist is where everything goes.
const dist = "dist"

// target is a system that the program is built for.
type target struct{ os, arch string }

func targets() []target {
	return []target{
		{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}, {"windows", "arm64"},
	}
}

func (t target) String() string { return t.os + "_" + t.arch }

// program is the name of the built file.
func (t target) program() string {
	if t.os == "windows" {
		return "ticketcd.exe"
	}
	return "ticketcd"
}

// source is the commit that is built. Its time is that of everything in an archive.
type source struct {
	version string
	commit  string
	time    time.Time
}

func readSource(ctx context.Context) (source, error) {
	var s source
	described, err := output(ctx, "git", "describe", "--tags", "--always", "--dirty")
	if err != nil {
		return s, err
	}
	if s.commit, err = output(ctx, "git", "rev-parse", "HEAD"); err != nil {
		return s, err
	}
	committed, err := output(ctx, "git", "show", "-s", "--format=%ct", "HEAD")
	if err != nil {
		return s, err
	}
	seconds, err := strconv.ParseInt(committed, 10, 64)
	s.version, s.time = described, time.Unix(seconds, 0).UTC()
	return s, err
}

// build builds the program for a target, from a folder, without anything of the machine in it.
func (s source) build(ctx context.Context, from string, t target, into string, env ...string) error {
	const variables = "github.com/ticketcd/ticketcd/cli."
	flags := "-s -w -buildid= -X " + variables + "releaseVersion=" + s.version + " -X " + variables + "releaseCommit=" + s.commit
	into, err := filepath.Abs(into)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", into, ".")
	cmd.Dir, cmd.Stdout, cmd.Stderr = from, os.Stderr, os.Stderr
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+t.os, "GOARCH="+t.arch, "GOAMD64=v1", "GOARM64=v8.0", "GOFLAGS=", "GOEXPERIMENT=")
	cmd.Env = append(cmd.Env, env...)
	return cmd.Run()
}

// release builds and packs the program for a target, and returns the archive.
func (s source) release(ctx context.Context, t target, documents string) (string, error) {
	folder := filepath.Join(dist, t.String())
	if err := s.build(ctx, ".", t, filepath.Join(folder, t.program())); err != nil {
		return "", err
	}
	files, err := papers(documents)
	if err != nil {
		return "", err
	}
	files[t.program()] = filepath.Join(folder, t.program())
	archive := filepath.Join(dist, fmt.Sprintf("ticketcd_%s_%s", strings.TrimPrefix(s.version, "v"), t))
	if t.os == "windows" {
		return archive + ".zip", writeFile(archive+".zip", func(w io.Writer) error { return zipped(w, files, s.time) })
	}
	return archive + ".tar.gz", writeFile(archive+".tar.gz", func(w io.Writer) error { return tarred(w, files, s.time) })
}

// papers are all files of an archive but the program, by their names within: what is written about it, with all that the
// README shows and leads to, and its generated documents.
func papers(documents string) (map[string]string, error) {
	files := map[string]string{}
	for _, name := range []string{"LICENSE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"} {
		files[name] = name
	}
	for folder, base := range map[string]string{documents: documents, "docs": ".", "deploy": "."} {
		err := filepath.WalkDir(folder, func(name string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			within, err := filepath.Rel(base, name)
			files[filepath.ToSlash(within)] = name
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// document has the program write its own manual pages and completions. The program for that is built elsewhere: GoReleaser,
// which asks for the documents first, refuses a dist in which there is something.
func (s source) document(ctx context.Context, folder string) (err error) {
	elsewhere, err := os.MkdirTemp("", "ticketcd-documents-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(elsewhere)) }()
	here := target{runtime.GOOS, runtime.GOARCH}
	program := filepath.Join(elsewhere, here.program())
	if err := s.build(ctx, ".", here, program); err != nil {
		return err
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	man := exec.CommandContext(ctx, program, "man", filepath.Join(folder, "man"))
	man.Env = append(os.Environ(), fmt.Sprintf("SOURCE_DATE_EPOCH=%d", s.time.Unix()), "TZ=UTC") // the pages tell the month
	if said, err := man.CombinedOutput(); err != nil {
		return fmt.Errorf("the manual pages: %w: %s", err, said)
	}
	completions := filepath.Join(folder, "completions")
	if err := os.MkdirAll(completions, 0o755); err != nil {
		return err
	}
	for shell, name := range map[string]string{
		"bash": "ticketcd.bash", "zsh": "_ticketcd", "fish": "ticketcd.fish", "powershell": "ticketcd.ps1",
	} {
		script, err := output(ctx, program, "completion", shell)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(completions, name), []byte(script+"\n"), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// compare builds the program for this machine once more, from a copy of the source and with nothing built before.
func (s source) compare(ctx context.Context) (err error) {
	elsewhere, err := os.MkdirTemp("", "ticketcd-release-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(elsewhere)) }()
	tracked, err := output(ctx, "git", "ls-files")
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(tracked, "\n") {
		if err = copyFile(name, filepath.Join(elsewhere, "source", name)); err != nil {
			return err
		}
	}
	here := target{runtime.GOOS, runtime.GOARCH}
	again := filepath.Join(elsewhere, here.program())
	if err = s.build(ctx, filepath.Join(elsewhere, "source"), here, again, "GOCACHE="+filepath.Join(elsewhere, "cache")); err != nil {
		return err
	}
	first, err := os.ReadFile(filepath.Join(dist, here.String(), here.program()))
	if err != nil {
		return fmt.Errorf("there is nothing to compare with: %w", err)
	}
	second, err := os.ReadFile(again)
	if err != nil {
		return err
	}
	if !bytes.Equal(first, second) {
		return errors.New("the second build differs from the first")
	}
	fmt.Println("the second build is the same, byte for byte")
	return nil
}

// output runs a program and returns what it prints, without the last line break.
func output(ctx context.Context, program string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", program, strings.Join(args, " "), err)
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644)
}
