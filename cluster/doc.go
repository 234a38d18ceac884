// Package cluster runs etcd members on this machine.
//
// Today that is the local store: one etcd member in a data directory, shared by every ticketcd process of its owner that
// uses the directory. [Join] promises:
//
//   - One of the processes hosts the member, the others reach it at the same endpoint, a unix socket. When the host ends,
//     also by kill -9, another one hosts it within about a second, at the same endpoint.
//   - What etcd has acknowledged is on the disk: its durability settings are left at their defaults.
//   - Nobody but the owner of the directory can reach the store. No TCP port is opened.
//   - A directory that cannot be used is one sentence within five seconds, never a hang and never a dead process. (One
//     thing cannot be promised: a plain Go panic in a goroutine of etcd's own, on damage that reading the database file
//     first did not show.)
//   - Nothing is printed: etcd writes warnings to etcd.log in the directory, which stays below 2 MiB with its predecessor.
//
// The directory holds:
//
//	format       the number of this layout, now 1
//	host.lock    locked by the process that hosts the member
//	host.pid     its process id, for messages
//	etcd.sock    where the member listens (in a short directory of its own if this path is too long for a socket)
//	etcd.log     etcd's warnings, and etcd.log.old
//	etcd/        the member's data
package cluster
