package etcdstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

// Status takes one look at the cluster, member by member. It needs no quorum, and takes two seconds at most: a member
// that does not answer is one that says so. It fails only where ctx ends.
func (s *Store) Status(ctx context.Context) (model.Cluster, error) {
	survey, err := newSurvey(s.link, s.writes)
	if err != nil {
		return model.Cluster{}, err
	}
	defer survey.close()
	return survey.look(ctx)
}

// Status is [Store.Status] for a cluster that may be in no state to be opened. It fails with [model.CodeUsage] for files
// and endpoints that cannot be used, and with [model.CodeDenied] where etcd does not accept our user.
func Status(ctx context.Context, cfg Config) (cluster model.Cluster, err error) {
	err = withAnyClient(ctx, cfg, func(link *link, client *client) error {
		survey, failed := newSurvey(link, client)
		if failed != nil {
			return failed
		}
		defer survey.close()
		cluster, failed = survey.look(ctx)
		return failed
	})
	return cluster, err
}

// look is what can be seen of the cluster now.
func (s *survey) look(ctx context.Context) (model.Cluster, error) {
	replies := s.replies(ctx)
	if ctx.Err() != nil {
		return model.Cluster{}, model.Wrap(model.CodeUnavailable, ctx.Err(), "stopped waiting for the members")
	}
	if denied := allDenied(replies); denied != nil {
		return model.Cluster{}, denied
	}
	return describe(s.members, replies, s.link.Now()), nil
}

// allDenied returns how etcd keeps us out, where no member lets us in.
func allDenied(replies []reply) error {
	for _, r := range replies {
		if model.CodeOf(r.err) != model.CodeDenied {
			return nil
		}
	}
	return replies[0].err
}

// row is a member with what it said of itself.
type row struct {
	model.Member
	status *pb.StatusResponse // nil where it said nothing
}

// describe makes a cluster from what its members said.
func describe(members []*pb.Member, replies []reply, now time.Time) model.Cluster {
	var rows []row
	for _, member := range members {
		rows = append(rows, describeMember(member, replies))
	}
	if members == nil {
		for _, r := range replies {
			rows = append(rows, r.row(model.Member{}))
		}
	}
	complain(rows)
	c := model.Cluster{Taken: now}
	leader := electedLeader(rows)
	c.Quorum = leader != 0
	for _, r := range rows {
		if c.Quorum && r.status != nil && r.status.Leader == 0 {
			r.Err = "it is cut off from the other members"
		}
		if r.Leader = c.Quorum && r.ID == memberID(leader); r.Leader {
			c.Leader = r.Title()
		}
		if r.Sound() {
			c.Healthy++
		}
		c.Members = append(c.Members, r.Member)
	}
	slices.SortStableFunc(c.Members, func(a, b model.Member) int { return strings.Compare(a.Name, b.Name) })
	return c
}

// describeMember finds what a member said of itself, or why it did not.
func describeMember(member *pb.Member, replies []reply) row {
	m := model.Member{Name: model.Clean(member.Name), ID: memberID(member.ID), Learner: member.IsLearner}
	for _, r := range replies {
		if r.from(member) {
			return r.row(m)
		}
	}
	for _, r := range replies {
		if r.status == nil && r.line.leadsTo(member) {
			return r.row(m)
		}
	}
	m.Err = "it does not answer"
	if len(member.ClientURLs) > 0 {
		m.Endpoint = model.Clean(member.ClientURLs[0])
	} else if member.Name == "" {
		m.Err = "it was added to the cluster, but has not been started yet"
	}
	return row{Member: m}
}

func memberID(id uint64) string { return strconv.FormatUint(id, 16) }

// leadsTo says whether a line is to a place where a member says that it listens.
func (l *line) leadsTo(member *pb.Member) bool {
	return slices.ContainsFunc(member.ClientURLs, func(url string) bool {
		e, err := parseEndpoint(url)
		return err == nil && e.samePlace(l.endpoint)
	})
}

// row adds to what others know of a member what it said of itself.
func (r reply) row(m model.Member) row {
	m.Endpoint = r.line.endpoint.text
	if r.err != nil {
		m.Err = model.Sentence(r.err)
		return row{Member: m}
	}
	m.ID = memberID(r.status.Header.GetMemberId())
	m.Version = model.Clean(r.status.Version)
	m.Learner = r.status.IsLearner
	m.RaftTerm, m.RaftIndex, m.RaftApplied = r.status.RaftTerm, r.status.RaftIndex, r.status.RaftAppliedIndex
	m.DBSize, m.DBInUse, m.Quota = r.status.DbSize, r.status.DbSizeInUse, r.status.DbSizeQuota
	m.Latency = r.latency
	if r.meters != nil {
		m.Uptime = r.meters.uptime
	}
	return row{m, r.status}
}

// electedLeader returns the leader that most of those who vote follow, or 0.
func electedLeader(rows []row) uint64 {
	voters, followers := 0, map[uint64]int{}
	for _, r := range rows {
		if r.Learner {
			continue
		}
		voters++
		if r.status != nil {
			followers[r.status.Leader]++
		}
	}
	for leader, n := range followers {
		if n > voters/2 {
			return leader
		}
	}
	return 0
}

// complain notes what the members complain of. Each tells the alarms of all, which is how they are known without asking
// for them: that would be a write to the log of every member.
func complain(rows []row) {
	for i, r := range rows {
		for _, text := range r.status.GetErrors() {
			owner, alarm, ok := readAlarm(text)
			if !ok {
				rows[i].Errors = append(rows[i].Errors, reason(errors.New(text)))
				continue
			}
			at := slices.IndexFunc(rows, func(other row) bool { return other.ID == memberID(owner) })
			if at < 0 {
				at = i // its owner was removed, or is not known: it binds all the same
			}
			if !slices.Contains(rows[at].Alarms, alarm) {
				rows[at].Alarms = append(rows[at].Alarms, alarm)
			}
		}
	}
}

// readAlarm reads an alarm as a status writes it, for example "memberID:5 alarm:NOSPACE".
func readAlarm(text string) (owner uint64, alarm string, ok bool) {
	words := strings.Fields(text)
	if len(words) != 2 {
		return 0, "", false
	}
	if _, err := fmt.Sscanf(words[0], "memberID:%d", &owner); err != nil {
		return 0, "", false
	}
	alarm, ok = strings.CutPrefix(words[1], "alarm:")
	return owner, model.Clean(alarm), ok
}
