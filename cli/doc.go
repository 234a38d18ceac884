// Package cli is the command line: one file for each command, which reads its flags, asks the store and prints.
//
// It promises the exit codes of [ExitCode], one sentence on standard error for every failure, and with --write-out json
// exactly one JSON document on standard output. Every flag that chooses a cluster can be given in the environment as
// TICKETCD_ and its name in capitals, such as TICKETCD_ENDPOINTS.
package cli
