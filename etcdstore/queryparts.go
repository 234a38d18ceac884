package etcdstore

import (
	"fmt"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

// Here raw queries become etcd's operations, and its responses answers.

// op is the operation that a query is.
func (r rawQuery) op() clientv3.Op {
	q := r.RawQuery
	options := rangeOptions(q.Range)
	if q.PrevKV {
		options = append(options, clientv3.WithPrevKV())
	}
	switch q.Verb {
	case model.VerbPut:
		return clientv3.OpPut(q.Range.Key, q.Value, options...)
	case model.VerbDel:
		return clientv3.OpDelete(q.Range.Key, options...)
	case model.VerbTxn:
		t := r.transaction()
		return clientv3.OpTxn(t.ifs, t.thens, t.elses)
	default:
		return clientv3.OpGet(q.Range.Key, r.getOptions()...)
	}
}

// rangeOptions say which keys are meant, besides the first.
func rangeOptions(r model.Range) []clientv3.OpOption {
	if r.End == "" {
		return nil
	}
	return []clientv3.OpOption{clientv3.WithRange(r.End)}
}

func (r rawQuery) getOptions() []clientv3.OpOption {
	q := r.RawQuery
	options := append(rangeOptions(q.Range), clientv3.WithRev(q.Revision), clientv3.WithLimit(r.limit()), sorted(q))
	if q.KeysOnly {
		options = append(options, clientv3.WithKeysOnly())
	}
	if q.CountOnly {
		options = append(options, clientv3.WithCountOnly())
	}
	if q.Serializable {
		options = append(options, clientv3.WithSerializable())
	}
	return options
}

// limit is how many keys are read at most.
func (r rawQuery) limit() int64 {
	most := r.page
	if !r.Pages() || most == 0 {
		most = mostAtOnce
	}
	if r.Limit > 0 {
		return min(r.Limit, most)
	}
	return most
}

func sorted(q model.RawQuery) clientv3.OpOption {
	order := map[string]clientv3.SortOrder{"ASCEND": clientv3.SortAscend, "DESCEND": clientv3.SortDescend}[q.Order]
	target := map[string]clientv3.SortTarget{
		"CREATE": clientv3.SortByCreateRevision, "KEY": clientv3.SortByKey, "MODIFY": clientv3.SortByModRevision,
		"VALUE": clientv3.SortByValue, "VERSION": clientv3.SortByVersion,
	}[q.SortBy]
	return clientv3.WithSort(target, order)
}

// transaction is the request that a transaction is.
func (r rawQuery) transaction() request {
	parts := func(queries []model.RawQuery) []clientv3.Op {
		var ops []clientv3.Op
		for _, q := range queries {
			ops = append(ops, rawQuery{RawQuery: q}.op())
		}
		return ops
	}
	out := request{thens: parts(r.Then), elses: parts(r.Else)}
	for _, c := range r.Compares {
		out.ifs = append(out.ifs, compare(c))
	}
	return out
}

func compare(c model.Compare) clientv3.Cmp {
	switch c.Target {
	case "version":
		return clientv3.Compare(clientv3.Version(c.Key), c.Op, c.Number)
	case "create":
		return clientv3.Compare(clientv3.CreateRevision(c.Key), c.Op, c.Number)
	case "mod":
		return clientv3.Compare(clientv3.ModRevision(c.Key), c.Op, c.Number)
	case "lease":
		return clientv3.Compare(clientv3.LeaseValue(c.Key), c.Op, c.Number)
	default:
		return clientv3.Compare(clientv3.Value(c.Key), c.Op, c.Value)
	}
}

// give makes an answer from what etcd said to the query's operation.
func (r rawQuery) give(revision int64, said *pb.ResponseOp) model.Answer {
	if txn := said.GetResponseTxn(); txn != nil {
		return r.giveTxn(revision, txn)
	}
	out := model.Answer{Query: r.RawQuery, Revision: revision}
	switch {
	case said.GetResponsePut() != nil:
		if before := said.GetResponsePut().PrevKv; before != nil {
			out.Pairs = []model.Pair{pair(before)}
		}
	case said.GetResponseDeleteRange() != nil:
		out.Count = said.GetResponseDeleteRange().Deleted
		out.Pairs = pairs(said.GetResponseDeleteRange().PrevKvs)
	case said.GetResponseRange() != nil:
		found := said.GetResponseRange()
		out.Count, out.More, out.Pairs = found.Count, found.More, pairs(found.Kvs)
		if n := int64(len(out.Pairs)); out.More && (!r.Pages() || r.page == 0) && (r.Limit == 0 || n < r.Limit) {
			out.Cut = fmt.Sprintf("these are only the first %s of %s keys: ask for fewer, or in the order of the keys",
				model.Thousands(int(n)), model.Thousands(int(out.Count)))
		}
	}
	return out
}

func (r rawQuery) giveTxn(revision int64, said *pb.TxnResponse) model.Answer {
	out := model.Answer{Query: r.RawQuery, Revision: revision, Succeeded: said.Succeeded}
	parts := r.Else
	if said.Succeeded {
		parts = r.Then
	}
	for i, one := range said.Responses {
		part := rawQuery{RawQuery: parts[i]}.give(revision, one)
		if out.Cut == "" {
			out.Cut = part.Cut
		}
		out.Answers = append(out.Answers, part)
	}
	return out
}

func pairs(found []*mvccpb.KeyValue) []model.Pair {
	var out []model.Pair
	for _, kv := range found {
		out = append(out, pair(kv))
	}
	return out
}

func pair(kv *mvccpb.KeyValue) model.Pair {
	return model.Pair{
		Key: string(kv.Key), Value: string(kv.Value),
		Created: kv.CreateRevision, Modified: kv.ModRevision, Version: kv.Version, Lease: kv.Lease,
	}
}

// nextPageOf says how many keys like those just read make a page.
func nextPageOf(a model.Answer) int64 {
	size := 1
	for _, p := range a.Pairs {
		size += len(p.Key) + len(p.Value)
	}
	return pageOf(len(a.Pairs), size)
}
