// Package torture breaks the shop in every way that we can think of, and judges what it then said and did. It holds nothing
// but tests; docs/faults.md says how they work, what they found, and how to run them for longer.
//
// Shoppers buy and cancel in several processes (shopper_test.go) on a cluster of five members, each a process as well,
// while one fault after another strikes (strikes_test.go). All lines go through a network (network_test.go) that can be
// cut, slow or lossy, in one direction only if need be; some shoppers are on a line that loses, delays and repeats single
// requests (line_test.go). What every shopper asked and was told is a history (history_test.go), and a judge compares it
// with what is legal and with what is in the store at the end (judge_test.go). Bugs that were planted show that the judge
// notices (planted_test.go).
package torture
