// Package etcdstore keeps the shop's data in etcd. It is the only package that speaks etcd's client API.
//
// It promises, in this order:
//
//   - Nothing is oversold, and no purchase that was acknowledged is lost or counted twice, whatever happens to the
//     connection, to this process or to a minority of the members. What an order does is one transaction that compares
//     everything it was judged on (round.go, txn.go).
//   - An answer is the truth. A write whose answer was lost is not taken for a refusal: it is looked into until it is
//     known (settle.go, failures.go), and where the caller's patience ends before that, [model.CodeUnknown] says so.
//   - Every error is a [*model.Error] with a sentence for people; the cause is wrapped for the log. Nothing is printed.
//
// The layout of the data is that of package model. Keys below [model.PrefixInternal] are this package's own.
package etcdstore
