package cluster

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// stuck is a member that holds a lock for ever, as one does whose disk was full when it wrote.
type stuck struct {
	pb.KVServer

	asked chan struct{}
	free  chan struct{}
}

func (s stuck) Range(context.Context, *pb.RangeRequest) (*pb.RangeResponse, error) {
	close(s.asked)
	<-s.free
	return &pb.RangeResponse{}, nil
}

func TestAMemberThatIsStuckHoldsUpNobodyWhoHasLostPatience(t *testing.T) {
	t.Parallel()
	for name, ends := range map[string]codes.Code{"their time is up": codes.Canceled, "the store closes": codes.Unavailable} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			closing, hurry := context.WithCancel(t.Context())
			member := stuck{asked: make(chan struct{}), free: make(chan struct{})}
			door := &front{kv: member, closing: closing, hurry: hurry}
			local := &Local{}
			local.hosting.Store(door)
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			go func() {
				<-member.asked
				if ends == codes.Canceled {
					leave()
				} else {
					hurry()
				}
			}()
			_, err := local.Direct(pb.NewKVClient(nil)).Range(ctx, &pb.RangeRequest{})
			require.Equal(t, ends, status.Code(err))
			close(member.free)
			door.inside.Wait()
		})
	}
}
