// Package sshserver is the shop over SSH: one process, any number of sessions, one store and one catalogue for them all.
//
// It promises to be safe to leave open on the internet. Anybody may connect and sees the login screen; who somebody is
// comes from a password typed there, or from a key that is linked to the account and whose possession SSH has proved.
// Nothing but the shop is served: no commands, no files, no forwarding. Everything is bounded by [Limits], and what a
// stranger does is counted in memory, never written. One session, however slow or broken, delays no other.
package sshserver
