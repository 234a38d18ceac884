// Ticketcd is a ticket shop in the terminal whose only database is an etcd cluster.
package main

import (
	"os"

	"github.com/ticketcd/ticketcd/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
