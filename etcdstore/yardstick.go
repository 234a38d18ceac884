package etcdstore

import (
	"context"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

// Yardstick is etcd itself, with nothing of ours between, over the connections of a [Store]: what the store is measured
// against. It writes only keys that are named to it, compares nothing, and tries nothing twice.
type Yardstick struct{ store *Store }

// Yardstick returns etcd as the store reaches it.
func (s *Store) Yardstick() Yardstick { return Yardstick{s} }

// Put writes one key.
func (y Yardstick) Put(ctx context.Context, key, value string) error {
	if _, err := y.store.writes.Put(ctx, key, value); err != nil {
		return readFailure(err)
	}
	return nil
}

// PutAll writes several keys, at most 128, in one transaction.
func (y Yardstick) PutAll(ctx context.Context, records []model.Record) error {
	ops := make([]clientv3.Op, len(records))
	for i, r := range records {
		ops[i] = clientv3.OpPut(r.Key, string(r.Value))
	}
	if _, err := y.store.writes.Txn(ctx).Then(ops...).Commit(); err != nil {
		return readFailure(err)
	}
	return nil
}

// Read reads all keys with a prefix, page by page at one revision, and returns how many there are, and how many bytes
// they and their values have.
func (y Yardstick) Read(ctx context.Context, prefix string) (keys, bytes int, err error) {
	reading := scan{store: y.store, prefix: prefix}
	for kvs, err := range reading.pages(ctx) {
		if err != nil {
			return keys, bytes, err
		}
		keys += len(kvs)
		for _, kv := range kvs {
			bytes += len(kv.Key) + len(kv.Value)
		}
	}
	return keys, bytes, nil
}

// Watch tells seen of every change of a key, with its value and when it arrived, until ctx ends. It calls ready when the
// watch is in place.
func (y Yardstick) Watch(ctx context.Context, key string, ready func(), seen func(value string, at time.Time)) error {
	changes := y.store.reads.Watch(ownStream(clientv3.WithRequireLeader(ctx)), key, clientv3.WithCreatedNotify())
	for response := range changes {
		at := time.Now()
		if response.Created {
			ready()
		}
		for _, event := range response.Events {
			seen(string(event.Kv.Value), at)
		}
	}
	if ctx.Err() == nil {
		return model.Wrap(model.CodeUnavailable, errDisconnected, "the watch ended")
	}
	return nil
}

// Remove removes all keys with a prefix, ten thousand at a time: whoever else uses the cluster waits for a twentieth of a
// second, and etcd, which each time counts all that are left, does not do so too often.
func (y Yardstick) Remove(ctx context.Context, prefix string) error {
	end := clientv3.GetPrefixRangeEnd(prefix)
	if prefix == "" {
		prefix, end = "\x00", "\x00"
	}
	for {
		found, err := y.store.read(ctx, rangeOp(&pb.RangeRequest{
			Key: []byte(prefix), RangeEnd: []byte(end), KeysOnly: true, Limit: 10_000,
		}))
		if err != nil {
			return err
		}
		page := found.Responses[0].GetResponseRange()
		if len(page.Kvs) == 0 {
			return nil
		}
		last := string(page.Kvs[len(page.Kvs)-1].Key) + "\x00"
		if _, err := y.store.writes.Delete(ctx, prefix, clientv3.WithRange(last)); err != nil {
			return readFailure(err)
		}
	}
}

// Buy places an order as one would without thinking of a rush: read, judge, write if nothing has changed, and try again if
// it has, each buyer alone. It is as sound as [Store.Buy] as long as no answer is lost.
func (y Yardstick) Buy(ctx context.Context, order model.Order) error {
	order, err := newOrder(order)
	if err != nil {
		return err
	}
	for {
		v := service{store: y.store, event: order.EventID}
		seen, found, err := v.read([]string{order.Username}, true, true)
		if err != nil {
			return err
		}
		r := newRound(seen.with(map[string]holding{order.Username: found[0]}), nil, maxOps)
		placed, err := r.place(order, found[0], y.store.wallClock())
		if err != nil {
			return err
		}
		r.add(newCustomer(ctx, order, false), placed)
		resp, err := y.store.send(ctx, y.store.writes, r.request())
		if err != nil {
			return readFailure(err)
		}
		if resp.Succeeded {
			return nil
		}
	}
}
