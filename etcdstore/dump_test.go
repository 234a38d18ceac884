package etcdstore

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"

	"github.com/ticketcd/ticketcd/model"
)

// prototype is a database as the web prototype wrote it, with every odd form of number and date.
func prototype(t *testing.T) []model.Record {
	t.Helper()
	text, err := os.ReadFile("testdata/prototype.json")
	require.NoError(t, err)
	records, err := model.ReadDataSet(bytes.NewReader(text))
	require.NoError(t, err)
	return records
}

// programme is a number of events, each with two ticket types, and their search index.
func programme(events int) []model.Record {
	var records []model.Record
	var listed []model.Event
	for i := range events {
		e := model.Event{
			ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", i), Name: fmt.Sprintf("Night %d", i), Location: "Hall", Type: "music",
			Date: model.ParseDate("2027-06-01 20:00"), Left: 30,
		}
		listed = append(listed, e)
		records = append(records, model.Record{Key: model.EventKey(e.ID), Value: e.Encode()})
		for _, ticket := range []model.Ticket{{Type: "red", Left: 10, Total: 10, Price: 2399}, {Type: "pink", Left: 20, Total: 20, Price: 10890}} {
			records = append(records, model.Record{Key: model.TicketKey(e.ID, ticket.Type), Value: ticket.Encode()})
		}
	}
	return append(records, model.IndexRecords(listed)...)
}

func (s *shop) dump(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	records, err := s.Dump(t.Context(), &out)
	require.NoError(t, err)
	require.Equal(t, strings.Count(out.String(), "\n")-2, records)
	return out.String()
}

func (s *shop) requireSound(t *testing.T) model.AuditReport {
	t.Helper()
	report, err := s.Audit(t.Context())
	require.NoError(t, err)
	require.Empty(t, report.Violations)
	return report
}

func TestAPrototypeDatabaseLoadsAndIsSold(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	records, days, err := model.ShiftDates(prototype(t), today())
	require.NoError(t, err)
	require.Equal(t, 1084, days, "13 March 2024 becomes 2 March 2027")
	loaded, err := s.Load(t.Context(), records, LoadOptions{})
	require.NoError(t, err)
	require.Equal(t, len(records), loaded)
	audited := s.requireSound(t)
	require.Equal(t, model.AuditCounts{Users: 10, Events: 8, Tickets: 14, Orders: 7, Notifications: 2}, audited.Checked)

	for key, value := range s.records(t) {
		if strings.HasPrefix(key, model.PrefixUser) {
			require.Contains(t, value.value, "$argon2id$", "%s: its password was plain text", key)
		}
	}
	for username, password := range map[string]string{"admin": "admin123", "user": "user123", "Carla": "Carla-pw"} {
		require.NotContains(t, s.value(t, "user:"+username), password)
		user, wrong := s.Login(t.Context(), username, password)
		require.NoError(t, wrong)
		require.Equal(t, username == "admin", user.Role == model.RoleAdmin)
	}

	live := follow(t, s.Store)
	shown := live.untilLoaded().Catalogue
	require.Equal(t, 8, shown.Len())
	found := shown.Search(model.Query{Text: "jazz vault", Now: today()})
	require.Len(t, found.Events(), 1)
	_, err = s.Buy(t.Context(), model.Order{
		Username: "alice", EventID: found.Events()[0].ID, Lines: []model.Line{{Type: "red", Quantity: 2}},
	}, nil)
	require.NoError(t, err)
	s.requireSound(t)
}

func TestAPrototypeDatabaseThatWasPutByHandIsSound(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	for _, r := range prototype(t) {
		s.put(t, r.Key, string(r.Value))
	}
	s.requireSound(t)
	_, err := s.Login(t.Context(), "admin", "admin123")
	require.NoError(t, err)
}

func TestADumpLoadedIntoAnEmptyStoreGivesTheSameDump(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, err := s.Load(t.Context(), prototype(t), LoadOptions{})
	require.NoError(t, err)
	s.put(t, "raw\x00\xff", "\x00no JSON")
	s.put(t, "empty", "")
	s.put(t, "spaced", ` { "big" : 12345678901234567890.10, "a" : "<&>\u2028" } `)
	s.put(t, model.PrefixInternal+"secret", "1")
	once := s.dump(t)
	require.NotContains(t, once, model.PrefixInternal)

	records, err := model.ReadDataSet(strings.NewReader(once))
	require.NoError(t, err)
	other := newShop(t)
	_, err = other.Load(t.Context(), records, LoadOptions{})
	require.NoError(t, err)
	require.Equal(t, once, other.dump(t))
	require.Equal(t, "\x00no JSON", other.value(t, "raw\x00\xff"))
}

func TestADumpShowsOneRevision(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	records := programme(firstPage)
	_, err := s.Load(t.Context(), records, LoadOptions{})
	require.NoError(t, err)
	_, err = s.Load(t.Context(), []model.Record{{Key: "user:ann", Value: []byte(`{}`)}}, LoadOptions{})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	var buyer sync.WaitGroup
	buyer.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			_, err := s.Buy(ctx, model.Order{
				Username: "ann", EventID: model.ParseKey(records[3*(i%firstPage)].Key).EventID, Lines: []model.Line{{Type: "red", Quantity: 1}},
			}, nil)
			if err != nil && ctx.Err() == nil && model.CodeOf(err) != model.CodeRefused {
				t.Error(err)
			}
		}
	})
	for range 8 {
		dumped, err := model.ReadDataSet(strings.NewReader(s.dump(t)))
		require.NoError(t, err)
		report := model.Audit(1, func(yield func(model.Record) bool) {
			for _, r := range dumped {
				if !yield(r) {
					return
				}
			}
		})
		require.Empty(t, report.Violations)
		s.requireSound(t)
	}
	cancel()
	buyer.Wait()
}

func TestAnAuditReportsWhatIsWrongInTheStore(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, err := s.Load(t.Context(), prototype(t), LoadOptions{})
	require.NoError(t, err)
	sound := s.requireSound(t)
	s.put(t, "notification:nobody:nothing", `{"limit":1,"active":false}`)
	report, err := s.Audit(t.Context())
	require.NoError(t, err)
	require.Greater(t, report.Revision, sound.Revision)
	require.Len(t, report.Violations, 2)
	for i, what := range []string{"event", "user"} {
		found := report.Violations[i]
		require.Equal(t, model.RuleNotification, found.Rule)
		require.Equal(t, "notification:nobody:nothing", found.Key)
		require.Equal(t, "the "+what+" of the notification does not exist", found.Message)
		require.Equal(t, "ticketcd audit --repair mends it", found.Hint())
	}
}

func TestAStoreThatIsGoneIsSaidToBeGone(t *testing.T) {
	t.Parallel()
	etcd := startServer(t)
	s := newShopAt(t, etcd.endpoint())
	etcd.stop()
	for name, do := range map[string]func(context.Context) error{
		"audit": func(ctx context.Context) error {
			_, err := s.Audit(ctx)
			return err
		},
		"dump": func(ctx context.Context) error {
			var out bytes.Buffer
			_, err := s.Dump(ctx, &out)
			_, broken := model.ReadDataSet(&out)
			require.Error(t, broken, "what was written is no whole data set")
			return err
		},
		"load": func(ctx context.Context) error {
			_, err := s.Load(ctx, programme(1), LoadOptions{})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, model.CodeUnavailable, model.CodeOf(do(t.Context())))
		})
	}
}

func TestWhatIsTooMuchForOneAnswerIsReadInSmallerPages(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, err := s.Load(t.Context(), programme(100), LoadOptions{})
	require.NoError(t, err)
	store := s.open(t, func(cfg *Config) {
		cfg.dialOptions = append(cfg.dialOptions, grpc.WithChainUnaryInterceptor(
			func(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
				if txn, ok := req.(*pb.TxnRequest); ok && len(txn.Success) == 1 && txn.Success[0].GetRequestRange().GetLimit() == firstPage {
					return status.FromContextError(context.DeadlineExceeded).Err()
				}
				return invoke(ctx, method, req, reply, cc, opts...)
			}))
	})
	report, err := store.Audit(t.Context())
	require.NoError(t, err)
	require.Empty(t, report.Violations)
	require.Equal(t, 100, report.Checked.Events)
}
