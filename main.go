// Ticketcd is a ticket shop in the terminal whose only database is an etcd cluster.
package main

import (
	"os"
	_ "time/tzdata" // the world's time zones, for containers that have none: an event begins by the clock on the shop's wall

	"github.com/ticketcd/ticketcd/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
