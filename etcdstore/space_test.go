package etcdstore

import (
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/ticketcd/ticketcd/model"
)

// Several shops can be in one cluster, each in a key space of its own: whatever one of them asks for, it neither sees nor
// touches what others have, and its keys are told as it knows them.
func TestAShopSeesNothingOutsideItsKeySpace(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	below, above := shop.open(t, in("a/")), shop.open(t, in("zz/"))
	for _, other := range []*Store{below, above} {
		_, err := other.writes.Put(t.Context(), "b", "theirs")
		require.NoError(t, err)
	}
	shop.put(t, "a", "1")
	shop.put(t, "b", "2")
	shop.put(t, "c", "3")
	all := rangeOp(&pb.RangeRequest{Key: []byte(model.NoEnd), RangeEnd: []byte(model.NoEnd)})

	resp, err := shop.send(t.Context(), shop.writes, request{
		ifs: []*pb.Compare{exists("a"), noneNewer("zz", 0), absent("theirs")},
		thens: []*pb.RequestOp{all, listOp("b"), {Request: &pb.RequestOp_RequestTxn{RequestTxn: &pb.TxnRequest{
			Compare: []*pb.Compare{exists("c")},
			Success: []*pb.RequestOp{getOp("c"), {Request: &pb.RequestOp_RequestPut{RequestPut: &pb.PutRequest{
				Key: []byte("a"), Value: []byte("4"), PrevKv: true,
			}}}},
		}}}},
	})
	require.NoError(t, err)
	require.True(t, resp.Succeeded)
	require.Equal(t, []string{"a=1", "b=2", "c=3", "ticketcd:format=1"}, told(resp.Responses[0].GetResponseRange().Kvs...))
	require.Equal(t, []string{"b=2"}, told(resp.Responses[1].GetResponseRange().Kvs...))
	inner := resp.Responses[2].GetResponseTxn()
	require.True(t, inner.Succeeded)
	require.Equal(t, []string{"c=3"}, told(inner.Responses[0].GetResponseRange().Kvs...))
	require.Equal(t, []string{"a=1"}, told(inner.Responses[1].GetResponsePut().PrevKv))

	found, err := shop.writes.Get(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, []string{"a=4"}, told(found.Kvs...))
	gone, err := shop.writes.kv.DeleteRange(t.Context(), &pb.DeleteRangeRequest{
		Key: []byte("b"), RangeEnd: []byte(model.NoEnd), PrevKv: true,
	})
	require.NoError(t, err)
	require.Equal(t, []string{"b=2", "c=3", "ticketcd:format=1"}, told(gone.PrevKvs...))
	for _, other := range []*Store{below, above} {
		found, err := other.reads.Get(t.Context(), "b")
		require.NoError(t, err)
		require.Equal(t, []string{"b=theirs"}, told(found.Kvs...))
	}
}

// in has a store keep to a key space.
func in(space string) func(*Config) { return func(cfg *Config) { cfg.Space = space } }

func told(found ...*mvccpb.KeyValue) []string {
	var out []string
	for _, kv := range found {
		out = append(out, string(kv.Key)+"="+string(kv.Value))
	}
	return out
}
