//go:build !race

package sshserver_test

// people is how many come at once.
const people = 300
