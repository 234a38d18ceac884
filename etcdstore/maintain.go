package etcdstore

import (
	"context"
	"errors"
	"slices"
	"strconv"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/ticketcd/ticketcd/model"
)

// onCluster looks at the cluster and does something to it, over the connections that are made for looking.
func (l *link) onCluster(ctx context.Context, client *client, do func(*survey, model.Cluster) error) error {
	survey, err := newSurvey(l, client)
	if err != nil {
		return err
	}
	defer survey.close()
	cluster, err := survey.look(ctx)
	if err != nil {
		return err
	}
	return do(survey, cluster)
}

// asAdmin is onCluster for a user who must be an admin, or it is [model.CodeDenied]. The account is read as the member that
// answers knows it, so that a cluster without quorum can be looked after too.
func (s *Store) asAdmin(ctx context.Context, actor string, do func(*survey, model.Cluster) error) error {
	if err := s.CheckAdmin(ctx, actor); err != nil {
		return err
	}
	return s.link.onCluster(ctx, s.writes, do)
}

// CheckAdmin fails with [model.CodeDenied] for a user who is no admin, as the member that answers knows it, and with
// [model.CodeUnavailable] where none answers.
func (s *Store) CheckAdmin(ctx context.Context, actor string) error {
	limited, cancel := context.WithTimeout(ctx, attemptPatience)
	defer cancel()
	found, err := s.reads.Get(limited, model.UserKey(actor), clientv3.WithSerializable())
	if err != nil {
		return readFailure(err)
	}
	return checkAdmin(actor, found.Kvs)
}

// at is the member's own maintenance, by which it is told what to do.
func (s *survey) at(m model.Member) (pb.MaintenanceClient, error) {
	for _, known := range s.lines {
		if known.endpoint.text == m.Endpoint {
			return known.maintenance(), nil
		}
	}
	return nil, model.Errorf(model.CodeUnavailable, "%s cannot be reached", m.Title())
}

// healthyMember returns a member that can be told to do something.
func healthyMember(c model.Cluster, id string) (model.Member, error) {
	m, ok := c.Member(id)
	if !ok {
		if at := slices.IndexFunc(c.Members, func(m model.Member) bool { return m.ID == "" }); at >= 0 { // so nobody told who belongs to it
			return m, model.Errorf(model.CodeUnavailable, "it is not known who belongs to the cluster: %s", c.Members[at].Err)
		}
		return m, model.Errorf(model.CodeNotFound, "the cluster has no member with the id %s", model.Excerpt(id, 40))
	}
	if !m.Healthy() {
		return m, model.Errorf(model.CodeUnavailable, "%s cannot be asked: %s", m.Title(), m.Err)
	}
	return m, nil
}

// leaderOf returns the leader, without which nothing is decided.
func leaderOf(c model.Cluster) (model.Member, error) {
	for _, m := range c.Members {
		if m.Leader && m.Healthy() {
			return m, nil
		}
	}
	return model.Member{}, model.Errorf(model.CodeUnavailable, noAgreement+": nothing was changed")
}

// MoveLeader makes another member the leader, by its id. Orders that are under way at that moment take a little longer.
// It fails with [model.CodeNotFound] for an unknown id, [model.CodeRefused] where the member leads already or does not
// vote, [model.CodeConflict] where the leader changed meanwhile, and [model.CodeUnknown] where the leader did not answer.
func (s *Store) MoveLeader(ctx context.Context, actor, memberID string) error {
	return s.asAdmin(ctx, actor, func(look *survey, c model.Cluster) error {
		leader, err := leaderOf(c)
		if err != nil {
			return err
		}
		target, err := healthyMember(c, memberID)
		switch {
		case err != nil:
			return err
		case target.Leader:
			return model.Errorf(model.CodeRefused, "%s is the leader already", target.Title())
		case target.Learner:
			return model.Errorf(model.CodeRefused, "%s is a learner, which cannot lead", target.Title())
		}
		remote, err := look.at(leader)
		if err != nil {
			return err
		}
		id, err := strconv.ParseUint(target.ID, 16, 64)
		if err != nil {
			return model.Wrap(model.CodeFailed, err, "%s has an id that cannot be read", target.Title())
		}
		limited, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		_, err = remote.MoveLeader(limited, &pb.MoveLeaderRequest{TargetID: id}, grpc.WaitForReady(false))
		if says(err, rpctypes.ErrGRPCNotLeader) {
			return model.Wrap(model.CodeConflict, err, "the leader has just changed: look again")
		}
		return maintenanceFailure(err, "%s does not answer: it is not known yet whether it has handed over to %s",
			leader.Title(), target.Title())
	})
}

// Defragment gives a member's free space back to its disk. Meanwhile that member answers nobody, which may take seconds
// for each GB: one member at a time, and the leader last. It waits until that is done or ctx ends. It fails with
// [model.CodeNotFound] for an unknown id, and [model.CodeUnknown] where the end was not heard of.
func (s *Store) Defragment(ctx context.Context, actor, memberID string) error {
	return s.asAdmin(ctx, actor, func(look *survey, c model.Cluster) error {
		target, err := healthyMember(c, memberID)
		if err != nil {
			return err
		}
		remote, err := look.at(target)
		if err != nil {
			return err
		}
		_, err = remote.Defragment(ctx, &pb.DefragmentRequest{}, grpc.WaitForReady(false))
		return maintenanceFailure(err, "%s does not answer any more: it is not known yet whether it was defragmented", target.Title())
	})
}

// DisarmAlarms ends all alarms. Where their cause is still there, etcd raises them again: a full database has to be made
// smaller first. Without alarms it does nothing.
func (s *Store) DisarmAlarms(ctx context.Context, actor string) error {
	return s.asAdmin(ctx, actor, func(look *survey, c model.Cluster) error {
		leader, err := leaderOf(c)
		if err != nil {
			return err
		}
		remote, err := look.at(leader)
		if err != nil {
			return err
		}
		limited, cancel := context.WithTimeout(clientv3.WithRequireLeader(ctx), patience)
		defer cancel()
		raised, err := remote.Alarm(limited, &pb.AlarmRequest{Action: pb.AlarmRequest_GET}, grpc.WaitForReady(false))
		if err != nil {
			return readFailure(err)
		}
		for _, alarm := range raised.Alarms {
			_, err = remote.Alarm(limited, &pb.AlarmRequest{
				Action: pb.AlarmRequest_DEACTIVATE, MemberID: alarm.MemberID, Alarm: alarm.Alarm,
			}, grpc.WaitForReady(false))
			if err != nil {
				return maintenanceFailure(err, "%s does not answer: it is not known yet whether the alarm was cleared", leader.Title())
			}
		}
		s.fullness.found(false)
		return nil
	})
}

// maintenanceFailure returns what to tell people about an error of something that was to be done, and nil for none.
// What may have been done nevertheless is said in the given words.
func maintenanceFailure(err error, unknown string, names ...any) error {
	if err == nil {
		return nil
	}
	if no := refusal(err); no != nil {
		return no
	}
	ended := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	if code := grpcCode(err); !ended && (code == codes.Unknown || code == codes.Unimplemented) {
		return model.Wrap(model.CodeFailed, err, "etcd could not do it: %s", reason(err))
	}
	return model.Wrap(model.CodeUnknown, err, unknown, names...)
}
