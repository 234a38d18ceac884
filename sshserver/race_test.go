//go:build race

package sshserver_test

// people is how many come at once. The race detector makes each of them ten times as dear.
const people = 40
