// Package cli is the command line: one file for each command, which reads its flags, asks the store and prints.
//
// It promises the exit codes of [ExitCode], one sentence on standard error for every failure, and with --write-out json
// exactly one JSON document on standard output. What is a matter of the person or the place can stand in a configuration
// file, and in the environment as TICKETCD_ and the flag's name in capitals, such as TICKETCD_ENDPOINTS; so can, in the
// environment, the flags of a server. A flag is stronger than the environment, and that than the file. What one command is
// to do is said by its flags alone.
package cli
