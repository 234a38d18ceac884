package tui_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/ticketcd/ticketcd/cluster"
)

// A story that needs a cluster starts this test binary once for each of its members.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "member" {
		if err := cluster.RunMember(context.Background(), os.Args[2], os.Args[3], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	// The race detector lets every process sleep for a second before it ends, unless it is told not to.
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
