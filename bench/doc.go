// Package bench measures the shop against etcd's own limits: how many orders a second it places beside how many keys a
// second etcd takes from the same clients in the same minute, and so on. Only such ratios mean something on more than one
// machine, so every figure that can has its reference measured beside it.
//
// What is compared is measured in turns, over and over, and each figure is the median of its turns: whatever else keeps the
// machine busy hits both. Every order is counted: what was acknowledged has to be what is stored, or there is no figure.
//
// It writes to a store of its own, or to a space of its own in a cluster: see [etcdstore.Config]. It needs no terminal.
package bench
