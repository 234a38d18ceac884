// Package tui is the shop as a person sees it: one Bubble Tea model, the [Session], and a small file for each screen.
//
// It promises three things. What is shown comes from one place, the newest [model.Shop]: an action never changes what is
// on the screen, its effect arrives like everybody else's. Every action says what it is doing and then what happened,
// wherever the person has gone meanwhile. And nothing waits: whatever may take time runs off the event loop.
//
// A screen is a title, a table of actions and a pure view; see screen.go. Keys, footer and help all read that table.
package tui
