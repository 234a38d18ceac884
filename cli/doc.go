// Package cli is the command line: one file for each command, which reads its flags, asks the store and prints.
//
// It promises the exit codes of [ExitCode], one sentence on standard error for every failure, and with --write-out json
// exactly one JSON document on standard output. Every flag can be given in the environment as TICKETCD_ and its name in
// capitals, such as TICKETCD_ENDPOINTS, and what is a matter of the person or the place also in a configuration file. A
// flag is stronger than the environment, and that than the file.
package cli
