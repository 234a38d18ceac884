package etcdstore

import (
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// Here is what transactions are made of, in etcd's own messages. Its client library has words for them as well, but copies
// each of them twice on its way: that was a quarter of all garbage that an order made, and a tenth of its time.
//
// A message is not changed once it is made: the same one may be on its way several times at once.

// getOp reads a key.
func getOp(key string) *pb.RequestOp { return rangeOp(&pb.RangeRequest{Key: []byte(key)}) }

// getOpAt reads a key as it was at a revision.
func getOpAt(key string, revision int64) *pb.RequestOp {
	return rangeOp(&pb.RangeRequest{Key: []byte(key), Revision: revision})
}

// keyOp reads when a key was last written, without its value.
func keyOp(key string) *pb.RequestOp {
	return rangeOp(&pb.RangeRequest{Key: []byte(key), KeysOnly: true})
}

// countOp says whether a key is there.
func countOp(key string) *pb.RequestOp {
	return rangeOp(&pb.RangeRequest{Key: []byte(key), CountOnly: true})
}

// listOp reads all keys with a prefix.
func listOp(prefix string) *pb.RequestOp { return listOpAt(prefix, 0) }

// listOpAt reads all keys with a prefix as they were at a revision; 0 for now.
func listOpAt(prefix string, revision int64) *pb.RequestOp {
	return rangeOp(&pb.RangeRequest{Key: []byte(prefix), RangeEnd: endOf(prefix), Revision: revision})
}

func rangeOp(r *pb.RangeRequest) *pb.RequestOp {
	return &pb.RequestOp{Request: &pb.RequestOp_RequestRange{RequestRange: r}}
}

// putOp writes a key.
func putOp(key string, value []byte) *pb.RequestOp {
	return &pb.RequestOp{Request: &pb.RequestOp_RequestPut{RequestPut: &pb.PutRequest{Key: []byte(key), Value: value}}}
}

// deleteOp takes a key away.
func deleteOp(key string) *pb.RequestOp { return deleteRangeOp(key, nil) }

// deleteRangeOp takes all keys away from one to an end, which is not among them; nil for one key alone.
func deleteRangeOp(key string, end []byte) *pb.RequestOp {
	return &pb.RequestOp{Request: &pb.RequestOp_RequestDeleteRange{
		RequestDeleteRange: &pb.DeleteRangeRequest{Key: []byte(key), RangeEnd: end},
	}}
}

// endAt is the end of a range, "" for a key alone. A member in this process takes an end without bytes for one, as it would
// not over the network.
func endAt(key string) []byte {
	if key == "" {
		return nil
	}
	return []byte(key)
}

// endOf is where the keys with a prefix end.
func endOf(prefix string) []byte { return []byte(clientv3.GetPrefixRangeEnd(prefix)) }

// unmoved holds while a key was last written at a revision; at 0 while it is absent.
func unmoved(key string, revision int64) *pb.Compare {
	return &pb.Compare{
		Key: []byte(key), Target: pb.Compare_MOD, Result: pb.Compare_EQUAL,
		TargetUnion: &pb.Compare_ModRevision{ModRevision: revision},
	}
}

// noneNewer holds while no key with a prefix was written after a revision.
func noneNewer(prefix string, revision int64) *pb.Compare {
	return &pb.Compare{
		Key: []byte(prefix), RangeEnd: endOf(prefix), Target: pb.Compare_MOD, Result: pb.Compare_LESS,
		TargetUnion: &pb.Compare_ModRevision{ModRevision: revision + 1},
	}
}

// absent holds while there is no such key.
func absent(key string) *pb.Compare { return unmoved(key, 0) }

// exists holds while there is such a key.
func exists(key string) *pb.Compare { return created(key, pb.Compare_GREATER, 0) }

// never does not hold, whatever is stored.
func never(key string) *pb.Compare { return created(key, pb.Compare_LESS, 0) }

// madeAt holds while a key is the one that was made at a revision, however often it was written since.
func madeAt(key string, revision int64) *pb.Compare { return created(key, pb.Compare_EQUAL, revision) }

func created(key string, result pb.Compare_CompareResult, revision int64) *pb.Compare {
	return &pb.Compare{
		Key: []byte(key), Target: pb.Compare_CREATE, Result: result,
		TargetUnion: &pb.Compare_CreateRevision{CreateRevision: revision},
	}
}
