package etcdstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/ticketcd/ticketcd/model"
)

// AskMembers is [Store.Query] for what is about the members themselves ([model.Verb.OfMembers]), of a cluster that may be in
// no state to be opened, with [Status]'s errors as well.
func AskMembers(ctx context.Context, cfg Config, q model.RawQuery, take func(model.Answer) error) error {
	return withAnyClient(ctx, cfg, func(link *link, client *client) error {
		answer, err := link.askMembers(ctx, client, q)
		if err != nil && len(answer.Rows) == 0 {
			return err
		}
		return cmp.Or(take(answer), err)
	})
}

// askMembers is what an admin may ask, or an operator.
func (r rawQuery) askMembers(ctx context.Context) (model.Answer, error) {
	if r.actor != "" {
		if err := r.store.CheckAdmin(ctx, r.actor); err != nil {
			return model.Answer{Query: r.RawQuery}, err
		}
	}
	return r.store.link.askMembers(ctx, r.store.reads, r.RawQuery)
}

// askMembers answers in the lines that etcdctl prints. It needs no quorum, except for the alarms, which are read as all agree on
// them.
func (l *link) askMembers(ctx context.Context, client *client, q model.RawQuery) (model.Answer, error) {
	out := model.Answer{Query: q}
	look, err := newSurvey(l, client)
	if err != nil {
		return out, err
	}
	defer look.close()
	switch q.Verb {
	case model.VerbMemberList:
		out.Rows, err = look.memberRows(ctx)
	case model.VerbEndpointStatus:
		out.Rows, err = eachEndpoint(look.endpoints(ctx, q.Cluster), statusRow)
	case model.VerbEndpointHealth:
		out.Rows, err = eachEndpoint(look.endpoints(ctx, q.Cluster), func(e askedEndpoint) (string, error) { return look.healthRow(ctx, e) })
	case model.VerbAlarmList:
		out.Rows, err = alarmRows(ctx, client)
	default:
		err = model.Errorf(model.CodeUsage, "%s cannot be answered", model.Clean(string(q.Verb)))
	}
	return out, err
}

func (s *survey) memberRows(ctx context.Context) ([]string, error) {
	replies := s.replies(ctx)
	if len(s.members) == 0 {
		return nil, cmp.Or[error](allDenied(replies), model.Errorf(model.CodeUnavailable, "no member answers"))
	}
	var rows []string
	for _, m := range s.members {
		status := "started"
		if m.Name == "" {
			status = "unstarted"
		}
		rows = append(rows, strings.Join([]string{
			memberID(m.ID), status, m.Name, strings.Join(m.PeerURLs, ","), strings.Join(m.ClientURLs, ","), fmt.Sprint(m.IsLearner),
		}, ", "))
	}
	return rows, nil
}

// askedEndpoint is an endpoint with what came back from there.
type askedEndpoint struct {
	name string
	reply
}

// endpoints asks those that we were given, or those at which the members of the cluster say that they listen.
func (s *survey) endpoints(ctx context.Context, ofCluster bool) []askedEndpoint {
	replies := s.replies(ctx)
	var asked []askedEndpoint
	if !ofCluster {
		for _, r := range replies {
			if slices.Contains(s.link.Endpoints, r.line.endpoint.text) {
				asked = append(asked, askedEndpoint{r.line.endpoint.text, r})
			}
		}
		return asked
	}
	for _, m := range s.members {
		for _, url := range m.ClientURLs {
			e := askedEndpoint{name: url}
			e.err = model.Errorf(model.CodeUnavailable, "it does not answer")
			if at := slices.IndexFunc(replies, func(r reply) bool { return r.from(m) }); at >= 0 {
				e.reply = replies[at]
			}
			asked = append(asked, e)
		}
	}
	return asked
}

// eachEndpoint makes a row for each endpoint, also for one that does not answer; the error says that there was one.
func eachEndpoint(asked []askedEndpoint, row func(askedEndpoint) (string, error)) ([]string, error) {
	rows := make([]string, len(asked))
	var first error
	failed := 0
	for i, e := range asked {
		text, err := row(e)
		if err != nil {
			failed++
			first = cmp.Or(first, err)
		}
		rows[i] = text
	}
	switch {
	case len(asked) == 0:
		return nil, model.Errorf(model.CodeUnavailable, "no member answers")
	case failed > 0:
		return rows, model.Wrap(model.CodeOf(first), first, "not healthy: %d of %s", failed, model.Plural(len(asked), "endpoint"))
	}
	return rows, nil
}

func statusRow(e askedEndpoint) (string, error) {
	if e.status == nil {
		return e.name + " cannot be asked for its status: " + model.Sentence(e.err), e.err
	}
	s := e.status
	free := int64(0)
	if s.DbSize > 0 {
		free = 100 - s.DbSizeInUse*100/s.DbSize
	}
	return strings.Join([]string{
		e.name, memberID(s.Header.GetMemberId()), s.Version, s.StorageVersion,
		size(s.DbSize), size(s.DbSizeInUse), fmt.Sprintf("%d%%", free), size(s.DbSizeQuota),
		fmt.Sprint(s.Leader == s.Header.GetMemberId()), fmt.Sprint(s.IsLearner), fmt.Sprint(s.RaftTerm), fmt.Sprint(s.RaftIndex),
		fmt.Sprint(s.RaftAppliedIndex), strings.Join(s.Errors, ", "),
		s.GetDowngradeInfo().GetTargetVersion(), fmt.Sprint(s.GetDowngradeInfo().GetEnabled()),
	}, ", "), nil
}

// size is written as etcdctl writes it: a kB has 1000 bytes there.
func size(bytes int64) string { return humanize.Bytes(uint64(max(bytes, 0))) }

// healthRow has a member read something that most others have to agree on.
func (s *survey) healthRow(ctx context.Context, e askedEndpoint) (string, error) {
	err := e.err
	began := time.Now()
	if e.status != nil {
		limited, cancel := context.WithTimeout(clientv3.WithRequireLeader(ctx), memberPatience)
		defer cancel()
		_, err = pb.NewKVClient(e.line.conn).Range(limited, &pb.RangeRequest{Key: []byte("health")}, grpc.WaitForReady(false))
		if grpcCode(err) == codes.PermissionDenied { // all had to agree on that too
			err = nil
		}
		if err == nil {
			err = raised(e.status)
		} else {
			err = readFailure(err)
		}
	}
	if err != nil {
		return e.name + " is unhealthy: failed to commit proposal: " + model.Sentence(err), err
	}
	return fmt.Sprintf("%s is healthy: successfully committed proposal: took = %v", e.name, time.Since(began)), nil
}

// raised is an error that names the alarms that a member tells of; nil where there are none.
func raised(s *pb.StatusResponse) error {
	var alarms []string
	for _, text := range s.Errors {
		if _, alarm, ok := readAlarm(text); ok {
			alarms = append(alarms, alarm)
		}
	}
	if len(alarms) == 0 {
		return nil
	}
	return model.Errorf(model.CodeUnavailable, "Active Alarm(s): %s", strings.Join(alarms, " "))
}

func alarmRows(ctx context.Context, client *client) ([]string, error) {
	limited, cancel := context.WithTimeout(clientv3.WithRequireLeader(ctx), patience)
	defer cancel()
	resp, err := client.AlarmList(limited)
	if err != nil {
		return nil, readFailure(err)
	}
	var rows []string
	for _, a := range resp.Alarms {
		rows = append(rows, fmt.Sprintf("memberID:%d alarm:%s ", a.MemberID, a.Alarm))
	}
	return rows, nil
}
