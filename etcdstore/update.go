package etcdstore

import (
	"bytes"
	"context"

	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

// updateTries is how often an update follows others that change the same record.
const updateTries = 50

// update changes one record by its goal: change is given what is stored (nil for nothing) and returns what should be
// (nil for nothing). It is called again whenever somebody else was faster, and has to return its argument unchanged once
// the goal is reached: that is how an update whose answer was lost is known to be done, by us or by anybody.
func (s *Store) update(ctx context.Context, key string, change func(stored []byte) ([]byte, error)) error {
	resp, err := s.read(ctx, clientv3.OpGet(key))
	if err != nil {
		return err
	}
	found := resp.Responses[0].GetResponseRange().Kvs
	var open doubt
	for range updateTries {
		stored, revision := valueOf(found)
		wanted, err := change(stored)
		switch {
		case err != nil:
			return err
		case (stored == nil) == (wanted == nil) && bytes.Equal(stored, wanted):
			return nil
		}
		r := request{
			ifs:   []clientv3.Cmp{clientv3.Compare(clientv3.ModRevision(key), "=", revision)},
			thens: []clientv3.Op{clientv3.OpPut(key, string(wanted))},
			elses: []clientv3.Op{clientv3.OpGet(key)},
		}
		if wanted == nil {
			r.thens[0] = clientv3.OpDelete(key)
		}
		answer, err := s.insist(ctx, r, &open)
		if err != nil || answer.Succeeded {
			return err
		}
		// The revision that the copies compare has moved for good; only absence may come back.
		open.open = open.open && revision == 0
		found = answer.Responses[0].GetResponseRange().Kvs
	}
	return model.Errorf(model.CodeConflict, "somebody else changes the same record all the time: try again")
}

// valueOf returns what is stored and since when; an empty value is not nil.
func valueOf(found []*mvccpb.KeyValue) (value []byte, revision int64) {
	if len(found) == 0 {
		return nil, 0
	}
	return append([]byte{}, found[0].Value...), found[0].ModRevision
}
