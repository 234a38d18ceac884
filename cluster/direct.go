package cluster

import (
	"context"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
)

// Direct returns a way to the store's keys that spares what etcd's client and server spend on the network between them,
// more than half of a small request, as long as this process hosts the store. While another one does, it is the way that
// is given. Answers and errors are the same either way.
func (l *Local) Direct(otherwise pb.KVClient) pb.KVClient { return direct{l, otherwise} }

type direct struct {
	local     *Local
	otherwise pb.KVClient
}

func (d direct) Range(ctx context.Context, in *pb.RangeRequest, opts ...grpc.CallOption) (*pb.RangeResponse, error) {
	return call(ctx, d.local, pb.KVServer.Range, d.otherwise.Range, in, opts)
}

func (d direct) Put(ctx context.Context, in *pb.PutRequest, opts ...grpc.CallOption) (*pb.PutResponse, error) {
	return call(ctx, d.local, pb.KVServer.Put, d.otherwise.Put, in, opts)
}

func (d direct) DeleteRange(
	ctx context.Context, in *pb.DeleteRangeRequest, opts ...grpc.CallOption,
) (*pb.DeleteRangeResponse, error) {
	return call(ctx, d.local, pb.KVServer.DeleteRange, d.otherwise.DeleteRange, in, opts)
}

func (d direct) Txn(ctx context.Context, in *pb.TxnRequest, opts ...grpc.CallOption) (*pb.TxnResponse, error) {
	return call(ctx, d.local, pb.KVServer.Txn, d.otherwise.Txn, in, opts)
}

func (d direct) Compact(ctx context.Context, in *pb.CompactionRequest, opts ...grpc.CallOption) (*pb.CompactionResponse, error) {
	return call(ctx, d.local, pb.KVServer.Compact, d.otherwise.Compact, in, opts)
}

func (d direct) RangeStream(
	ctx context.Context, in *pb.RangeRequest, opts ...grpc.CallOption,
) (grpc.ServerStreamingClient[pb.RangeStreamResponse], error) {
	return d.otherwise.RangeStream(ctx, in, opts...)
}

// call makes a call inside this process if it hosts the member, and by the other way if it does not. It ends with ctx, as over
// the network, whatever the member does: one that has run out of disk may hold its locks for ever.
func call[In, Out any](
	ctx context.Context, l *Local,
	here func(pb.KVServer, context.Context, In) (Out, error),
	there func(context.Context, In, ...grpc.CallOption) (Out, error),
	in In, opts []grpc.CallOption,
) (Out, error) {
	var none Out
	if err := ctx.Err(); err != nil {
		return none, status.FromContextError(err).Err()
	}
	front := l.hosting.Load()
	if front == nil || !front.enter() {
		return there(ctx, in, opts...)
	}
	inside, cancel := context.WithCancel(ctx)
	defer cancel()
	type answer struct {
		out Out
		err error
	}
	answered := make(chan answer, 1)
	go func() {
		defer front.leave()
		out, err := here(front.kv, inside, in)
		answered <- answer{out, err}
	}()
	select {
	case a := <-answered:
		if a.err == nil || ctx.Err() == nil {
			return a.out, a.err
		}
		return none, status.FromContextError(ctx.Err()).Err()
	case <-ctx.Done():
		return none, status.FromContextError(ctx.Err()).Err()
	case <-front.closing.Done():
		return none, rpctypes.ErrGRPCStopped
	}
}
