package etcdstore

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

// lookAt takes a look, which must not take long, whatever state the cluster is in.
func lookAt(t *testing.T, cfg Config) model.Cluster {
	t.Helper()
	start := time.Now()
	c, err := Status(t.Context(), cfg)
	require.NoError(t, err)
	require.Less(t, time.Since(start), 5*time.Second, "two seconds, and what a busy machine adds")
	return c
}

// lookUntil looks until all members answer that run: on a busy machine one may not within its second.
func lookUntil(t *testing.T, cfg Config, healthy int) (c model.Cluster) {
	t.Helper()
	require.Eventually(t, func() bool {
		c = lookAt(t, cfg)
		return c.Healthy == healthy && c.Quorum
	}, waitLong, waitStep)
	return c
}

func TestOneMemberIsSeenInFull(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sells(t, 10, 0)
	var c model.Cluster
	require.Eventually(t, func() bool {
		var err error
		c, err = s.Status(t.Context())
		return err == nil && c.Quorum && c.Members[0].Latency > 0
	}, waitLong, waitStep)
	require.Equal(t, 1, c.Healthy)
	require.Equal(t, "default", c.Leader)
	require.Equal(t, today(), c.Taken)
	require.Len(t, c.Members, 1)
	m := c.Members[0]
	require.Equal(t, s.endpoint, m.Endpoint, "its own word for it cannot be dialled")
	require.Equal(t, "3.7.3", m.Version)
	require.Equal(t, "leader", m.Role())
	require.NotEmpty(t, m.ID)
	require.NotZero(t, m.RaftTerm)
	require.NotZero(t, m.RaftApplied)
	require.GreaterOrEqual(t, m.RaftIndex, m.RaftApplied)
	require.Positive(t, m.DBInUse)
	require.GreaterOrEqual(t, m.DBSize, m.DBInUse)
	require.EqualValues(t, 2<<30, m.Quota)
	require.Positive(t, m.Latency)
	require.Empty(t, m.Alarms)
	require.Empty(t, m.Errors)
	require.Equal(t, "sales stop if it fails", c.Outlook())
}

func TestTheLocalStoreIsSeenThroughItsSocket(t *testing.T) {
	t.Parallel()
	etcd := startServer(t)
	c := lookUntil(t, Config{Endpoints: []string{etcd.endpoint()}}, 1)
	require.Equal(t, []string{"default leader"}, summaries(c))
	require.Equal(t, etcd.endpoint(), c.Members[0].Endpoint)

	etcd.stop()
	c = lookAt(t, Config{Endpoints: []string{etcd.endpoint()}})
	require.False(t, c.Quorum)
	require.Equal(t, []string{"nothing listens at " + etcd.endpoint() + ": is etcd running there?"}, summaries(c))
}

func TestOverTLSAMemberIsSeenWithItsMetrics(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	cert, key := ca.sign(t, "server")
	endpoint := startTLS(t, ca, cert, key, true)
	mine, mineKey := ca.sign(t, "client")
	cfg := Config{Endpoints: []string{endpoint}, CACert: ca.file, Cert: mine, Key: mineKey}
	lookUntil(t, cfg, 1)

	link, err := newLink(cfg)
	require.NoError(t, err)
	client, err := link.anyClient(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	survey, err := newSurvey(link, client)
	require.NoError(t, err)
	t.Cleanup(survey.close)
	require.Eventually(t, func() bool {
		replies := survey.replies(t.Context())
		return replies[0].meters != nil && replies[0].meters.started > 0
	}, waitLong, waitStep)

	stranger := Config{Endpoints: []string{endpoint}, CACert: ca.file}
	require.Eventually(t, func() bool {
		return summary(lookAt(t, stranger).Members[0]) ==
			"etcd at "+endpoint+" does not accept our certificate: check --cert and --key"
	}, waitLong, waitStep)
}

func TestWhoIsNotLetInIsToldSo(t *testing.T) {
	t.Parallel()
	endpoint, _ := guarded(t)
	for _, test := range []struct{ user, password, says string }{
		{"", "", "etcd asks for a user and a password: give them with --user NAME:PASSWORD"},
		{"reader", "wrong", "etcd does not know this user, or the password is wrong: check --user"},
	} {
		require.Eventually(t, func() bool {
			_, err := Status(t.Context(), Config{Endpoints: []string{endpoint}, Username: test.user, Password: test.password})
			return model.CodeOf(err) == model.CodeDenied && model.Sentence(err) == test.says
		}, waitLong, waitStep)
	}
	lookUntil(t, Config{Endpoints: []string{endpoint}, Username: "reader", Password: "pass:reader"}, 1)
	_, err := Status(t.Context(), Config{Endpoints: []string{"localhost"}})
	require.Equal(t, model.CodeUsage, model.CodeOf(err))
}

func TestMembersThatFailAreSeenToFailOneByOne(t *testing.T) {
	t.Parallel()
	all := startMembers(t, 3)
	cfg := Config{Endpoints: all.endpoints[:1]} // of the others it learns
	s := newShopAt(t, all.endpoints[2])
	c := lookUntil(t, cfg, 3)
	require.Equal(t, "1 more member may fail", c.Outlook())
	for i, m := range c.Members {
		require.Equal(t, all.etcds[i].Config().Name, m.Name)
		require.Equal(t, i == all.leader(), m.Leader)
		require.Equal(t, all.etcds[i].Server.MemberID().String(), m.ID)
		require.Equal(t, m.Name == c.Leader, m.Leader)
	}

	all.stop(0) // the first of those that were given
	c = lookUntil(t, Config{Endpoints: all.endpoints}, 2)
	require.Equal(t, "m0 nothing listens at "+all.endpoints[0]+": is etcd running there?", summary(c.Members[0]))
	require.Zero(t, c.CanLose())

	resume := mute(t, all.endpoints[0]) // now it hangs
	for _, given := range [][]string{all.endpoints, all.endpoints[1:]} {
		c = lookUntil(t, Config{Endpoints: given}, 2)
		require.Equal(t, "m0 it does not answer", summary(c.Members[0]))
	}
	resume()

	all.stop(1)
	require.Eventually(t, func() bool {
		c = lookAt(t, Config{Endpoints: all.endpoints})
		return c.Healthy == 1
	}, waitLong, waitStep)
	require.False(t, c.Quorum)
	require.Equal(t, "sales are paused until 1 more member returns", c.Outlook())
	require.Eventually(t, func() bool {
		c = lookAt(t, Config{Endpoints: all.endpoints[2:]})
		return len(c.Members) == 3 && len(c.Members[2].Errors) > 0
	}, waitLong, waitStep)
	require.Equal(t, []string{"no leader"}, c.Members[2].Errors)
	require.Empty(t, c.Leader)
	require.True(t, c.Members[2].Healthy())
	c, err := s.Status(t.Context())
	require.NoError(t, err)
	require.False(t, c.Quorum)

	all.stop(2)
	c = lookAt(t, Config{Endpoints: all.endpoints[1:]})
	require.Len(t, c.Members, 2, "nobody is left to tell of the third")
	require.Zero(t, c.Healthy)
	require.Equal(t, "sales are paused, as no member answers", c.Outlook())
}

func TestALookEndsWithItsContext(t *testing.T) {
	t.Parallel()
	silent := freeURL(t).Host
	mute(t, silent)
	_, err := Status(within(t, 50*time.Millisecond), Config{Endpoints: []string{silent}})
	require.Equal(t, model.CodeUnavailable, model.CodeOf(err))
}

func TestAnAlarmIsSeenWithItsMemberAndDisarmed(t *testing.T) {
	t.Parallel()
	etcd := startEtcd(t)
	s := newShopAt(t, endpointOf(etcd))
	cfg := Config{Endpoints: []string{s.endpoint}}
	s.put(t, "user:boss", `{"role":"admin"}`)
	_, err := pb.NewMaintenanceClient(s.writes.ActiveConnection()).Alarm(t.Context(), &pb.AlarmRequest{
		Action: pb.AlarmRequest_ACTIVATE, MemberID: uint64(etcd.Server.MemberID()), Alarm: pb.AlarmType_NOSPACE,
	})
	require.NoError(t, err)
	full := lookUntil(t, cfg, 0)
	require.Equal(t, []string{"NOSPACE"}, full.Members[0].Alarms)
	require.Empty(t, full.Members[0].Errors)
	require.Equal(t, "sales are refused, as the database is full", full.Outlook())
	_, err = s.writes.Put(t.Context(), "k", "v")
	require.Error(t, err)

	insistOn(t, func() error { return s.DisarmAlarms(t.Context(), "boss") })
	require.Empty(t, lookUntil(t, cfg, 1).Members[0].Alarms)
	s.put(t, "k", "v")
	insistOn(t, func() error { return s.DisarmAlarms(t.Context(), "boss") }) // there is none: that is no error
}

// answer is what a member may have said.
func answer(id, leader uint64, complaints ...string) reply {
	members := []*pb.Member{
		{ID: 1, Name: "a", ClientURLs: []string{"http://a:1"}},
		{ID: 2, Name: "b", ClientURLs: []string{"http://b:1"}},
		{ID: 3, Name: "c", ClientURLs: []string{"http://c:1"}},
		{ID: 4},
		{ID: 5, Name: "e", ClientURLs: []string{"http://e:1"}, IsLearner: true},
	}
	return reply{
		line:    &line{endpoint: endpoint{text: "here"}},
		members: members,
		status:  &pb.StatusResponse{Header: &pb.ResponseHeader{MemberId: id}, Version: "3.7.3", Leader: leader, Errors: complaints},
	}
}

func seen(replies ...reply) model.Cluster {
	return describe(memberList(replies), replies, time.Time{})
}

func TestAMemberThatIsCutOffIsNotCountedOn(t *testing.T) {
	t.Parallel()
	c := seen(answer(1, 1), answer(2, 1), answer(3, 0, "etcdserver: no leader"), reply{
		line: &line{endpoint: endpoint{text: "e:1", address: "e:1"}}, err: errors.New("it went away"),
	})
	require.False(t, c.Quorum, "two of four is no majority")
	require.Equal(t, 3, c.Healthy)

	c = seen(answer(1, 1), answer(2, 1), answer(3, 0, "etcdserver: no leader"), answer(4, 1))
	require.True(t, c.Quorum)
	require.Equal(t, "a", c.Leader)
	require.Zero(t, c.CanLose())
	require.Equal(t, []string{
		"follower", "a leader", "b follower", "c it is cut off from the other members", "e it does not answer",
	}, summaries(c))
	require.Equal(t, 3, c.Healthy)
	require.Equal(t, []string{"no leader"}, c.Members[3].Errors)
	require.Equal(t, "it was added to the cluster, but has not been started yet", seen(answer(1, 1)).Members[0].Err)
}

func TestAlarmsAreThoseThatAnyMemberTellsOf(t *testing.T) {
	t.Parallel()
	c := seen(answer(1, 1, "memberID:2  alarm:NOSPACE", "memberID:3 alarm:CORRUPT"), answer(3, 1, "memberID:2 alarm:NOSPACE "),
		answer(5, 1, "memberID:9 alarm:NOSPACE", "etcdserver: a \x1b[31mnew\nkind of trouble"))
	require.Equal(t, []string{"NOSPACE"}, c.Members[2].Alarms)
	require.Equal(t, []string{"CORRUPT"}, c.Members[3].Alarms)
	require.Len(t, c.Members[4].Errors, 1)
	require.NotContains(t, c.Members[4].Errors[0], "\x1b")
	require.Equal(t, model.Clean(c.Members[4].Errors[0]), c.Members[4].Errors[0])
}
