// Package cluster runs etcd members on this machine: either one, inside the processes of its owner, or a cluster of several,
// each a process of its own. A data directory holds one or the other, never both; see [Join] and [Launch].
//
// The local store is one member, shared by every ticketcd process of its owner that uses the directory. [Join] promises:
//
//   - One of the processes hosts the member, the others reach it at the same endpoint, a unix socket. When the host ends,
//     also by kill -9, another one hosts it within about a second, at the same endpoint.
//   - The host itself reaches the member without the network, and like everybody else once another one hosts it; see
//     [Local.Direct].
//   - What etcd has acknowledged is on the disk: its durability settings are left at their defaults.
//   - Nobody but the owner of the directory can reach the store. No TCP port is opened.
//   - A directory that cannot be used is one sentence within five seconds, never a hang and never a dead process. (One
//     thing cannot be promised: a Go panic in a goroutine of etcd's own, on damage that reading the whole database file
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
//	etcd/        the member's data (etcd.part while a new store is made, etcd.restored before [Restore] puts it in place)
//
// A cluster has 1, 3, 5 or 7 members. [Launch] promises:
//
//   - One process runs the members. None of them outlives it, also if it ends by kill -9, and also if a member is paused.
//     Others find the cluster with [Find], which is not misled by what a killed process has left.
//   - Members listen on loopback only, at ports that were free when the cluster was made and stay the same.
//   - Between each other and to clients they talk TLS, and everybody needs a certificate, which only the owner of the
//     directory can read. A client's certificate does not make a member. Without certificates only if that was asked for.
//   - A cluster is complete before anybody is told of it; if that fails nothing is left. From then on nothing is made
//     anew: a member that lost its data is left out.
//   - Any process of the owner can stop, kill, pause, resume and start members; see [Connection.Do].
//
// Then the directory holds, besides format, host.lock and host.pid:
//
//	cluster.sock     where the process that runs the members takes orders
//	cluster/
//	  cluster.json   the members and their ports
//	  tls/           ca.pem, and certificates with keys for members and for clients
//	  m1/ ...        of each member: etcd.log, and etcd/ with its data
package cluster
