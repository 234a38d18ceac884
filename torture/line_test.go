package torture

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// transaction is the only call that etcd clients of ours write with.
const transaction = "/etcdserverpb.KV/Txn"

// latest is how late a request may come, in an outage.
const latest = 10 * time.Second

// line leads from shoppers to a member, and spoils single transactions: random kills and cuts rarely hit the moments in
// which answers are lost, so these make them.
type line struct {
	member  *grpc.ClientConn
	door    *grpc.Server
	url     string
	spoilt  atomic.Int64
	serving sync.WaitGroup

	mu   sync.RWMutex
	bad  float64        // the part of all transactions that is spoilt
	late sync.WaitGroup // grows only while somebody holds mu
}

// openLine opens a line to a member, on which a part of all transactions is spoilt.
func openLine(target string, bad float64) (*line, error) {
	member, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(raw{}), grpc.MaxCallRecvMsgSize(64<<20)))
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it does not wait for anything
	if err != nil {
		return nil, errors.Join(err, member.Close())
	}
	l := &line{member: member, bad: bad, url: "http://" + listener.Addr().String()}
	l.door = grpc.NewServer(grpc.ForceServerCodecV2(raw{}), grpc.UnknownServiceHandler(l.serve))
	l.serving.Go(func() { _ = l.door.Serve(listener) }) //nolint:errcheck // it ends when we end it
	return l, nil
}

// calm ends all faults, and waits until what was late has arrived.
func (l *line) calm() {
	l.mu.Lock()
	l.bad = 0
	l.mu.Unlock()
	l.late.Wait()
}

func (l *line) close() error {
	l.calm()
	l.door.Stop()
	l.serving.Wait()
	return l.member.Close()
}

// serve passes on a call of whatever kind.
func (l *line) serve(_ any, caller grpc.ServerStream) error {
	method, _ := grpc.MethodFromServerStream(caller)
	said, _ := metadata.FromIncomingContext(caller.Context())
	ctx := metadata.NewOutgoingContext(caller.Context(), said)
	if method == transaction {
		return l.transact(ctx, caller)
	}
	member, err := l.member.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, method)
	if err != nil {
		return err
	}
	go func() {
		for {
			var request message
			if err := caller.RecvMsg(&request); err != nil {
				_ = member.CloseSend() //nolint:errcheck // the other direction says what is the matter
				return
			}
			if err := member.SendMsg(&request); err != nil {
				return
			}
		}
	}()
	for {
		var answer message
		if err := member.RecvMsg(&answer); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := caller.SendMsg(&answer); err != nil {
			return err
		}
	}
}

// readLosses and writeLosses are how etcd and its client say that they do not know what became of a transaction.
var (
	readLosses = []error{
		status.Error(codes.Unavailable, "error reading from server: EOF"),
		status.Error(codes.DeadlineExceeded, "context deadline exceeded"),
		rpctypes.ErrGRPCTimeoutDueToLeaderFail,
	}
	writeLosses = append(slices.Clone(readLosses), rpctypes.ErrGRPCNoSpace, status.Error(codes.Unknown, "raft proposal dropped"))
)

// loss is how the loss of an answer is said.
func loss(request message) error {
	losses := readLosses
	var txn pb.TxnRequest
	if err := proto.Unmarshal(request, &txn); err == nil && slices.ContainsFunc(txn.Success, func(op *pb.RequestOp) bool {
		return op.GetRequestRange() == nil
	}) {
		losses = writeLosses
	}
	return losses[rand.IntN(len(losses))]
}

// transact passes on a transaction, or spoils it: the answer is lost, or the request comes after its error, twice, or not
// at all.
func (l *line) transact(ctx context.Context, caller grpc.ServerStream) error {
	var request, answer message
	if err := caller.RecvMsg(&request); err != nil {
		return err
	}
	if !l.spoils() {
		if err := l.member.Invoke(ctx, transaction, &request, &answer); err != nil {
			return err
		}
		return caller.SendMsg(&answer)
	}
	l.spoilt.Add(1)
	switch rand.IntN(4) {
	case 0:
		_ = l.member.Invoke(ctx, transaction, &request, &answer) //nolint:errcheck // nobody is told
		return loss(request)
	case 1:
		l.delay(context.WithoutCancel(ctx), request)
		return readLosses[rand.IntN(len(readLosses))] // a full database says so of nothing that is still to come
	case 2:
		if err := l.member.Invoke(ctx, transaction, &request, new(message)); err != nil {
			return err
		}
		if err := l.member.Invoke(ctx, transaction, &request, &answer); err != nil {
			return err
		}
		return caller.SendMsg(&answer)
	default:
		return loss(request)
	}
}

func (l *line) spoils() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return rand.Float64() < l.bad
}

// delay delivers a request when its sender has long been told that it failed. On a calm line it never arrives.
func (l *line) delay(ctx context.Context, request message) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.bad == 0 {
		return
	}
	l.late.Go(func() {
		ctx, stop := context.WithTimeout(ctx, latest)
		defer stop()
		timer := time.NewTimer(time.Duration(5+rand.IntN(400)) * time.Millisecond)
		defer timer.Stop()
		<-timer.C
		_ = l.member.Invoke(ctx, transaction, &request, new(message)) //nolint:errcheck // nobody is told
	})
}

// message is a request or an answer, which the line does not read.
type message []byte

// raw leaves messages as they are.
type raw struct{}

func (raw) Name() string { return "proto" }

func (raw) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*v.(*message))}, nil
}

func (raw) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*message) = data.Materialize()
	return nil
}
