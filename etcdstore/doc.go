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

// What is remembered of an order between rounds, in three places: where it is set, and what it permits.
//
// Of a customer (customer.go):
//
//   - stage: take moves it from waiting to underWay, await from waiting to gone. While it is waiting the customer may leave,
//     and is told that nothing was sent; who is gone is served no more; who is underWay is answered for certain.
//   - tried: judge, when the order goes into a round. An order to be cancelled that is no longer there was then perhaps
//     taken back by us, which is success; and who is out of patience is told that others were faster, unless in doubt.
//   - unsure: judge, when there is nothing to write as far as is known, but that is from before the customer came. It has
//     look read what most members agree on before anything is answered.
//   - inDoubt: settle, while an earlier copy may have been carried out, or may yet be; cleared by the next settle, or by a
//     round of others that came first. While it is set no refusal is said, only that the outcome is not known.
//   - alone: refused, when etcd refused a round of several. The order is then a round of its own.
//   - done: answer. Nobody is answered twice.
//
// Of a service (service.go), about races with other processes:
//
//   - losses: settle counts them up, giveWay sets 0 after a round that came first. While there are any, a round does not
//     share its transaction with other events; at every third, the lists are read as well as the event.
//   - lostAt, lost: settle notes when a race was lost, and how long that one took; giveWay sets lost to 0. Where there is a
//     lost, the next round asks others for a gap of that length, if it fails too.
//   - contested: settle sets it, giveWay counts it down. While it is above 0, a short random wait follows each commit.
//   - spoilt: settle, when somebody of whom nothing was known turned out to hold something; cleared by a round that came
//     first. It has judge leave others of whom nothing is known to a later round.
//
// Of a sale (sale.go), about how old what is known may be:
//
//   - asOf: the clock when the read, or the round, was sent that made it, and long ago where one member told without asking
//     the others; each holding has one of its own. A refusal needs both to be no older than the customer's coming.
//   - an assumed holding has no asOf: nobody has looked, and it is taken to be empty. It is enough to place an order, whose
//     transaction compares it, but not to cancel one, nor to refuse.
//   - looked: newSale, and sold after a round that guarded all tickets. Once it is 10 s old, the next round guards them.
//   - hidden: sold, after a round that did not. Then a compare would no longer see a ticket that somebody else wrote alone:
//     once looked is old, the event is read anew instead.
