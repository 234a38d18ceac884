package etcdstore

import (
	"context"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/ticketcd/ticketcd/model"
)

// spaced keeps to the keys of a cluster that begin with a prefix, which neither requests nor answers show: as
// go.etcd.io/etcd/client/v3/namespace does, but in etcd's own messages.
type spaced struct {
	kv     pb.KVClient
	prefix string
}

func (s spaced) Range(ctx context.Context, in *pb.RangeRequest, opts ...grpc.CallOption) (*pb.RangeResponse, error) {
	in = proto.CloneOf(in)
	s.enter(&in.Key, &in.RangeEnd)
	out, err := s.kv.Range(ctx, in, opts...)
	s.leave(out.GetKvs()...)
	return out, err
}

func (s spaced) Put(ctx context.Context, in *pb.PutRequest, opts ...grpc.CallOption) (*pb.PutResponse, error) {
	in = proto.CloneOf(in)
	s.enter(&in.Key, nil)
	out, err := s.kv.Put(ctx, in, opts...)
	s.leave(out.GetPrevKv())
	return out, err
}

func (s spaced) DeleteRange(
	ctx context.Context, in *pb.DeleteRangeRequest, opts ...grpc.CallOption,
) (*pb.DeleteRangeResponse, error) {
	in = proto.CloneOf(in)
	s.enter(&in.Key, &in.RangeEnd)
	out, err := s.kv.DeleteRange(ctx, in, opts...)
	s.leave(out.GetPrevKvs()...)
	return out, err
}

func (s spaced) Txn(ctx context.Context, in *pb.TxnRequest, opts ...grpc.CallOption) (*pb.TxnResponse, error) {
	in = proto.CloneOf(in)
	s.enterTxn(in)
	out, err := s.kv.Txn(ctx, in, opts...)
	s.leaveAll(out.GetResponses())
	return out, err
}

// Compact compacts all of the cluster.
func (s spaced) Compact(ctx context.Context, in *pb.CompactionRequest, opts ...grpc.CallOption) (*pb.CompactionResponse, error) {
	return s.kv.Compact(ctx, in, opts...)
}

// RangeStream is not used.
func (s spaced) RangeStream(
	context.Context, *pb.RangeRequest, ...grpc.CallOption,
) (grpc.ServerStreamingClient[pb.RangeStreamResponse], error) {
	return nil, status.Error(codes.Unimplemented, "a range within a key space cannot be streamed")
}

func (s spaced) enterTxn(in *pb.TxnRequest) {
	for _, c := range in.Compare {
		s.enter(&c.Key, &c.RangeEnd)
	}
	for _, ops := range [][]*pb.RequestOp{in.Success, in.Failure} {
		for _, op := range ops {
			switch r := op.Request.(type) {
			case *pb.RequestOp_RequestRange:
				s.enter(&r.RequestRange.Key, &r.RequestRange.RangeEnd)
			case *pb.RequestOp_RequestPut:
				s.enter(&r.RequestPut.Key, nil)
			case *pb.RequestOp_RequestDeleteRange:
				s.enter(&r.RequestDeleteRange.Key, &r.RequestDeleteRange.RangeEnd)
			case *pb.RequestOp_RequestTxn:
				s.enterTxn(r.RequestTxn)
			}
		}
	}
}

// enter puts the prefix before a key, and before the end of a range. Its end being "\x00", a range has none.
func (s spaced) enter(key, end *[]byte) {
	*key = append([]byte(s.prefix), *key...)
	switch {
	case end == nil || len(*end) == 0:
	case string(*end) == model.NoEnd:
		*end = endOf(s.prefix)
	default:
		*end = append([]byte(s.prefix), *end...)
	}
}

func (s spaced) leaveAll(answers []*pb.ResponseOp) {
	for _, answer := range answers {
		s.leave(answer.GetResponseRange().GetKvs()...)
		s.leave(answer.GetResponsePut().GetPrevKv())
		s.leave(answer.GetResponseDeleteRange().GetPrevKvs()...)
		s.leaveAll(answer.GetResponseTxn().GetResponses())
	}
}

func (s spaced) leave(found ...*mvccpb.KeyValue) {
	for _, kv := range found {
		if kv != nil {
			kv.Key = kv.Key[len(s.prefix):]
		}
	}
}
