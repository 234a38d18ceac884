package etcdstore

import (
	"fmt"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/ticketcd/ticketcd/model"
)

// Here raw queries become etcd's operations, and its responses answers.

// op is the operation that a query is.
func (r rawQuery) op() *pb.RequestOp {
	q := r.RawQuery
	key, end := []byte(q.Range.Key), endAt(q.Range.End)
	switch q.Verb {
	case model.VerbPut:
		put := &pb.PutRequest{Key: key, Value: []byte(q.Value), PrevKv: q.PrevKV}
		return &pb.RequestOp{Request: &pb.RequestOp_RequestPut{RequestPut: put}}
	case model.VerbDel:
		del := &pb.DeleteRangeRequest{Key: key, RangeEnd: end, PrevKv: q.PrevKV}
		return &pb.RequestOp{Request: &pb.RequestOp_RequestDeleteRange{RequestDeleteRange: del}}
	case model.VerbTxn:
		return &pb.RequestOp{Request: &pb.RequestOp_RequestTxn{RequestTxn: r.transaction().message()}}
	default:
		order, by := sorted(q)
		return rangeOp(&pb.RangeRequest{
			Key: key, RangeEnd: end, Revision: q.Revision, Limit: r.limit(), SortOrder: order, SortTarget: by,
			KeysOnly: q.KeysOnly, CountOnly: q.CountOnly, Serializable: q.Serializable,
		})
	}
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

// sorted is in which order keys are wanted, and of what. By key and ascending is how they come: etcd need not sort them.
func sorted(q model.RawQuery) (order pb.RangeRequest_SortOrder, by pb.RangeRequest_SortTarget) {
	order = map[string]pb.RangeRequest_SortOrder{"ASCEND": pb.RangeRequest_ASCEND, "DESCEND": pb.RangeRequest_DESCEND}[q.Order]
	by = map[string]pb.RangeRequest_SortTarget{
		"CREATE": pb.RangeRequest_CREATE, "KEY": pb.RangeRequest_KEY, "MODIFY": pb.RangeRequest_MOD,
		"VALUE": pb.RangeRequest_VALUE, "VERSION": pb.RangeRequest_VERSION,
	}[q.SortBy]
	if by == pb.RangeRequest_KEY && order == pb.RangeRequest_ASCEND {
		order = pb.RangeRequest_NONE
	}
	return order, by
}

// transaction is the request that a transaction is.
func (r rawQuery) transaction() request {
	parts := func(queries []model.RawQuery) []*pb.RequestOp {
		var ops []*pb.RequestOp
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

func compare(c model.Compare) *pb.Compare {
	out := &pb.Compare{Key: []byte(c.Key), Result: map[string]pb.Compare_CompareResult{
		"=": pb.Compare_EQUAL, "!=": pb.Compare_NOT_EQUAL, "<": pb.Compare_LESS, ">": pb.Compare_GREATER,
	}[c.Op]}
	switch c.Target {
	case "version":
		out.Target, out.TargetUnion = pb.Compare_VERSION, &pb.Compare_Version{Version: c.Number}
	case "create":
		out.Target, out.TargetUnion = pb.Compare_CREATE, &pb.Compare_CreateRevision{CreateRevision: c.Number}
	case "mod":
		out.Target, out.TargetUnion = pb.Compare_MOD, &pb.Compare_ModRevision{ModRevision: c.Number}
	case "lease":
		out.Target, out.TargetUnion = pb.Compare_LEASE, &pb.Compare_Lease{Lease: c.Number}
	default:
		out.Target, out.TargetUnion = pb.Compare_VALUE, &pb.Compare_Value{Value: []byte(c.Value)}
	}
	return out
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
