//go:build unix

package torture

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/ticketcd/ticketcd/cluster"
)

// shopProcess in the environment makes this test binary a process of its own in which shoppers are at work: a shopConfig.
const shopProcess = "TICKETCD_TEST_SHOP"

func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "member" {
		exit(cluster.RunMember(context.Background(), os.Args[2], os.Args[3], os.Stdin, os.Stdout))
	}
	if config := os.Getenv(shopProcess); config != "" {
		exit(runShop(config, os.Stdin, os.Stdout))
	}
	// The race detector lets every process sleep for a second before it ends, unless it is told not to.
	exit(os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE")), m.Run)
}

// exit ends the process: with what run returns, if there is something to run, or because of an error.
func exit(err error, run ...func() int) {
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	case len(run) > 0:
		os.Exit(run[0]())
	}
	os.Exit(0)
}
