// Release builds what is published, into dist: an archive for each system, with the program, manual pages, completions and
// docs, and the checksums of all.
//
// The same commit and the same Go give the same archives, byte for byte, wherever and whenever they are built: nothing of
// the machine, its clock or the checkout goes into them. With -check it builds one of the programs once more, elsewhere and
// from scratch, and fails if that one differs. With -documents it makes only the manual pages and completions.
//
// It needs nothing but Go and git.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	check := flag.Bool("check", false, "build once more from scratch and compare with what is in dist")
	documents := flag.String("documents", "", "make only the manual pages and completions, in this `directory`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *check, *documents); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to be stopped
	}
}

func run(ctx context.Context, check bool, documents string) error {
	commit, err := readSource(ctx)
	if err != nil {
		return err
	}
	switch {
	case check:
		return commit.compare(ctx)
	case documents != "":
		return commit.document(ctx, documents)
	}
	if err := os.RemoveAll(dist); err != nil {
		return err
	}
	generated := filepath.Join(dist, "documents")
	if err := commit.document(ctx, generated); err != nil {
		return err
	}
	var archives []string
	for _, t := range targets() {
		archive, err := commit.release(ctx, t, generated)
		if err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
		fmt.Println(archive)
		archives = append(archives, archive)
	}
	return writeChecksums(archives)
}
