package etcdstore

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/ticketcd/ticketcd/model"
)

// memberPatience is how long one member is waited for. All are asked at once, so it is how long a look at them takes.
const memberPatience = time.Second

// survey asks the members one by one, over a connection of its own to each, which it keeps until it is closed. One
// goroutine uses it.
type survey struct {
	link    *link
	client  *client      // whose credentials are used
	web     *http.Client // for their metrics
	lines   []*line      // first to the endpoints that we were given, then to those that members told of
	members []*pb.Member // who belongs to the cluster, as was last heard
}

// line is a connection to one endpoint.
type line struct {
	endpoint endpoint
	conn     *grpc.ClientConn
}

// reply is what came back over a line.
type reply struct {
	line    *line
	status  *pb.StatusResponse // nil where there was none
	members []*pb.Member       // nil where it does not tell
	latency time.Duration
	meters  *meters // nil where there are none
	err     error   // why there is no status
}

func newSurvey(l *link, client *client) (*survey, error) {
	s := &survey{link: l, client: client, web: l.web()}
	for _, text := range l.Endpoints {
		if _, err := s.line(text); err != nil {
			s.close()
			return nil, err
		}
	}
	return s, nil
}

func (s *survey) close() {
	for _, known := range s.lines {
		known.conn.Close() //nolint:errcheck // it fails only where it was closed before
	}
	s.web.CloseIdleConnections()
}

// withAnyClient does something with a cluster that may be in no state to be opened.
func withAnyClient(ctx context.Context, cfg Config, do func(*link, *client) error) error {
	link, err := newLink(cfg)
	if err != nil {
		return err
	}
	client, err := link.anyClient(ctx)
	if err != nil {
		return err
	}
	defer client.Close() //nolint:errcheck // nothing was written, and everything was answered
	return do(link, client)
}

// anyClient makes a client for whatever state the cluster is in. Without quorum nobody can log in to etcd, and members
// are asked as nobody.
func (l *link) anyClient(ctx context.Context) (*client, error) {
	ctx, cancel := context.WithTimeout(ctx, memberPatience)
	defer cancel()
	client, err := l.client(ctx, 1)
	if err == nil || isFinal(err) {
		return client, err
	}
	nobody := *l
	nobody.Username, nobody.Password = "", ""
	return nobody.client(ctx, 1)
}

// line returns the line to an endpoint. It connects when it is first used.
func (s *survey) line(text string) (*line, error) {
	e, err := parseEndpoint(text)
	if err != nil {
		return nil, err
	}
	for _, known := range s.lines {
		if known.endpoint.samePlace(e) {
			return known, nil
		}
	}
	conn, err := s.client.Dial(text)
	if err != nil {
		return nil, model.Wrap(model.CodeFailed, err, "the endpoint %s cannot be used", e.text)
	}
	s.lines = append(s.lines, &line{e, conn})
	return s.lines[len(s.lines)-1], nil
}

func (e endpoint) samePlace(other endpoint) bool {
	return e.network == other.network && e.address == other.address
}

// replies asks everywhere at once, and then where those members say that they are who were not heard.
func (s *survey) replies(ctx context.Context) []reply {
	replies := s.ask(ctx, s.lines)
	if members := memberList(replies); members != nil {
		s.members = members
	}
	return append(replies, s.ask(ctx, s.unasked(replies))...)
}

func (s *survey) ask(ctx context.Context, lines []*line) []reply {
	replies := make([]reply, len(lines))
	var asked sync.WaitGroup
	for i, to := range lines {
		asked.Go(func() { replies[i] = s.askOne(ctx, to) })
	}
	asked.Wait()
	return replies
}

// unasked returns lines that may lead to the members of whom nothing was heard.
func (s *survey) unasked(replies []reply) []*line {
	var lines []*line
	for _, member := range s.members {
		if slices.ContainsFunc(replies, func(r reply) bool { return r.from(member) }) {
			continue
		}
		for _, url := range member.ClientURLs {
			before := len(s.lines)
			to, err := s.line(url)
			if err != nil {
				s.link.Log.Debug("a member's address cannot be used", "address", url, "error", err)
			} else if len(s.lines) > before {
				lines = append(lines, to)
			}
		}
	}
	return lines
}

// askOne has a member tell of itself, of the others, and of what it does. What takes long is its silence: the deadline
// ends that, and a connection that cannot be made is said at once.
func (s *survey) askOne(ctx context.Context, to *line) reply {
	limited, cancel := context.WithTimeout(ctx, memberPatience)
	defer cancel()
	answer := reply{line: to}
	var page sync.WaitGroup
	page.Go(func() { answer.meters = s.readMeters(limited, to.endpoint) })
	// The list is asked for first, so that the time that the status takes does not include connecting.
	if list, err := to.cluster().MemberList(limited, &pb.MemberListRequest{}, grpc.WaitForReady(false)); err == nil {
		answer.members = list.Members
	}
	asked := time.Now()
	answer.status, answer.err = to.maintenance().Status(limited, &pb.StatusRequest{}, grpc.WaitForReady(false))
	if isUnseen(answer.err) { // our log-in had become old; now it is renewed
		answer.status, answer.err = to.maintenance().Status(limited, &pb.StatusRequest{}, grpc.WaitForReady(false))
	}
	answer.latency = time.Since(asked)
	if answer.err != nil {
		answer.status = nil
		answer.err = s.explain(ctx, to.endpoint, answer.err)
		cancel()
	}
	page.Wait()
	return answer
}

func (l *line) cluster() pb.ClusterClient { return pb.NewClusterClient(l.conn) }

func (l *line) maintenance() pb.MaintenanceClient { return pb.NewMaintenanceClient(l.conn) }

// explain says in words why there was no status.
func (s *survey) explain(ctx context.Context, e endpoint, err error) error {
	if denied := denial(err); denied != nil {
		return denied
	}
	if grpcCode(err) == codes.Unavailable && ctx.Err() == nil {
		limited, cancel := context.WithTimeout(ctx, diagnosePatience)
		defer cancel()
		if found := s.link.examine(limited, e); found.err != nil {
			return found.err
		}
	}
	if code := grpcCode(err); code == codes.Unavailable || code == codes.DeadlineExceeded || code == codes.Canceled ||
		errors.Is(err, context.DeadlineExceeded) {
		return model.Wrap(model.CodeUnavailable, err, "it does not answer")
	}
	return readFailure(err)
}

// from says whether a reply is a member's own.
func (r reply) from(member *pb.Member) bool {
	return r.status != nil && r.status.Header.GetMemberId() == member.ID
}

// memberList returns who belongs to the cluster, as the member knows that has heard most; nil where none tells.
func memberList(replies []reply) []*pb.Member {
	var members []*pb.Member
	heard := uint64(0)
	for _, r := range replies {
		if r.status != nil && len(r.members) > 0 && (members == nil || r.status.RaftAppliedIndex > heard) {
			members, heard = r.members, r.status.RaftAppliedIndex
		}
	}
	return members
}
