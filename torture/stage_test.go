//go:build unix

package torture

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
)

const (
	nodes     = 5
	processes = 4
	hands     = 4 // shoppers in each process

	onSale      = 6    // so many events at a time
	eventDeeds  = 1500 // after so many deeds an event makes room for the next
	badRequests = 0.03 // of the transactions of those on bad lines

	// patience is how long anything may take that has to happen.
	patience = 30 * time.Second
)

// capacity is how many tickets an event has: so few that they sell out all the time, for that is when counting matters.
var capacity = counts{3, 6, 12}

// stage is where a fault suite takes place.
type stage struct {
	t       *testing.T
	dir     string
	members *cluster.Members
	network *network
	lines   []*line
	clients map[string]*clientv3.Client // by the member that they ask
	ids     map[string]uint64           // of members
	store   *etcdstore.Store            // the judge's own, on lines that are always good
	events  []string
	log     *os.File

	mu      sync.Mutex
	changed chan struct{} // closed, and replaced, at every entry
	book    *book
	shops   []*shopProc
	deeds   map[string]int // by event
	first   int            // of the events on sale
}

// newStage starts a cluster with a shop in it, on a network of its own.
func newStage(t *testing.T, events int) *stage {
	t.Helper()
	s := &stage{
		t: t, dir: t.TempDir(), network: newNetwork(), clients: map[string]*clientv3.Client{}, changed: make(chan struct{}),
		ids: map[string]uint64{}, book: newBook(), deeds: map[string]int{},
	}
	t.Cleanup(func() { require.NoError(t, s.network.close()) })
	var err error
	s.members, err = cluster.Launch(t.Context(), cluster.MembersConfig{
		Dir: filepath.Join(s.dir, "data"), Nodes: nodes, Insecure: true, // or the network could not tell who opens a connection
		Detour: func(name, listens string) string {
			detour, leadErr := s.network.lead("", name, listens)
			require.NoError(t, leadErr)
			return detour
		},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.members.Close()) })
	for _, member := range s.members.Members() {
		s.clients[member.Name] = connect(t, member.ClientURL)
		status, err := s.clients[member.Name].Status(s.soon(), member.ClientURL)
		require.NoError(t, err)
		s.ids[member.Name] = status.Header.MemberId
		s.network.know(fmt.Sprintf("%x", status.Header.MemberId), member.Name)
	}
	s.store, err = etcdstore.Open(t.Context(), etcdstore.Config{
		Endpoints: s.members.Connection().Endpoints, Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.store.Close()) })
	s.fill(events)
	s.log, err = os.Create(filepath.Join(s.dir, "history.jsonl"))
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, s.log.Close())
		if t.Failed() { // in whatever way
			keep(t, s.log.Name())
		}
	})
	return s
}

// connect returns a client of one member, which finds it again soon after it was away.
func connect(t *testing.T, endpoint string) *clientv3.Client {
	t.Helper()
	retry := backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.5, MaxDelay: 500 * time.Millisecond}
	client, err := clientv3.New(clientv3.Config{
		Endpoints: []string{endpoint}, Logger: zap.NewNop(),
		DialOptions: []grpc.DialOption{grpc.WithConnectParams(grpc.ConnectParams{Backoff: retry, MinConnectTimeout: time.Second})},
	})
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// soon ends when patience does.
func (s *stage) soon() context.Context {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	s.t.Cleanup(cancel)
	return ctx
}

// fill puts users and events into the store.
func (s *stage) fill(events int) {
	s.t.Helper()
	users := []string{everybody}
	for p := range processes {
		users = append(users, usersOf(p)...)
	}
	var records []model.Record
	s.events, records = concerts(events, users)
	_, err := s.store.Load(s.soon(), records, etcdstore.LoadOptions{})
	require.NoError(s.t, err)
}

// concerts are so many events, each with capacity, and users: their ids, and the records of all.
func concerts(events int, users []string) (ids []string, records []model.Record) {
	put := func(key, value string) { records = append(records, model.Record{Key: key, Value: []byte(value)}) }
	index := map[string][]string{}
	for i := range events {
		event := model.Event{
			ID: uuid.NewString(), Name: fmt.Sprintf("Concert %d", i), Description: "Loud", Location: "Hall", Type: "music",
			Date: model.ParseDate("2099-06-01 20:00"),
		}
		ids = append(ids, event.ID)
		for k, ticketType := range ticketTypes {
			ticket := model.Ticket{Type: ticketType, Left: capacity[k], Total: capacity[k], Price: 2399}
			event.Left += ticket.Left
			put(model.TicketKey(event.ID, ticketType), string(ticket.Encode()))
		}
		put(model.EventKey(event.ID), string(event.Encode()))
		keys := []string{
			model.IndexKey(model.PrefixSearchType, event.Type, 0), model.IndexKey(model.PrefixSearchLocation, event.Location, 0),
		}
		for _, word := range event.Words() {
			keys = append(keys, model.IndexKey(model.PrefixSearchText, word, 0))
		}
		for _, key := range keys {
			index[key] = append(index[key], event.ID)
		}
	}
	for key, found := range index {
		put(key, `["`+strings.Join(found, `","`)+`"]`)
	}
	for _, user := range users {
		put(model.UserKey(user), `{"name":"Somebody","email":"a@b.cd","password":"secret-word","role":"user"}`)
	}
	return ids, records
}

func usersOf(process int) []string {
	var users []string
	for hand := range hands {
		users = append(users, fmt.Sprintf("shopper%d.%d", process+1, hand+1))
	}
	return users
}

// open lets shoppers in: in so many processes, of which every other one is on bad lines.
func (s *stage) open(seed uint64) {
	s.t.Helper()
	var good, bad []string
	for _, member := range s.members.Members() {
		url, err := s.network.lead(shoppers, member.Name, member.ClientURL)
		require.NoError(s.t, err)
		good = append(good, url)
		l, err := openLine(strings.TrimPrefix(url, "http://"), badRequests)
		require.NoError(s.t, err)
		s.t.Cleanup(func() { require.NoError(s.t, l.close()) })
		s.lines = append(s.lines, l)
		bad = append(bad, l.url)
	}
	for i := range processes {
		config := shopConfig{Process: fmt.Sprintf("shop%d", i+1), Endpoints: good, Users: usersOf(i), Seed: seed + uint64(i)<<8}
		if i%2 == 1 {
			config.Endpoints = bad
		}
		p := &shopProc{stage: s, config: config}
		s.shops = append(s.shops, p)
		s.t.Cleanup(p.end)
		require.NoError(s.t, p.start())
	}
	for _, p := range s.shops {
		p.await("open")
		p.tell(orderSell, s.selling())
	}
}

// selling is the list of what is on sale.
func (s *stage) selling() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.onSale(), ",")
}

// onSale is asked with the lock held.
func (s *stage) onSale() []string { return s.events[s.first:min(s.first+onSale, len(s.events))] }

// take takes down an entry, and says whether it is time for other events.
func (s *stage) take(p *shopProc, e entry) (renew bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book.write(e)
	if d := e.Ended; d != nil {
		s.deeds[d.Event]++
		if d.Verb == buy && d.Outcome == done {
			p.newest = max(p.newest, d.Call)
		}
		for s.first+onSale < len(s.events) && s.deeds[s.events[s.first]] >= eventDeeds {
			s.first++
			renew = true
		}
	}
	if e.Report != "" {
		p.reports = append(p.reports, e.Report)
	}
	if e.Shows != nil {
		p.shows = e.Shows
	}
	close(s.changed)
	s.changed = make(chan struct{})
	return renew
}

// until waits until something is true of what the processes wrote, and says whether it is.
func (s *stage) until(ctx context.Context, is func() bool) bool {
	for {
		s.mu.Lock()
		ok, changed := is(), s.changed
		s.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// leader returns the names of the member that leads, and of the others, whom it asks of those that answer.
func (s *stage) leader(ctx context.Context) (leads string, follow []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for ctx.Err() == nil {
		leads, follow = "", nil
		for _, member := range s.members.Members() {
			one, stop := context.WithTimeout(ctx, time.Second)
			status, err := s.clients[member.Name].Status(one, member.ClientURL)
			stop()
			if err == nil && status.Leader == status.Header.MemberId && status.Leader != 0 {
				leads = member.Name
			} else {
				follow = append(follow, member.Name)
			}
		}
		if leads != "" && len(follow) == nodes-1 {
			return leads, follow, nil
		}
	}
	return "", nil, errors.New("the members agree on no leader")
}

// remains reads what is left of everything, and at which revision, now that nobody writes any more.
func (s *stage) remains() (remains, int64) {
	s.t.Helper()
	return whatRemains(s.t, s.soon(), s.store, s.clients[s.members.Members()[0].Name], s.events)
}

func whatRemains(t *testing.T, ctx context.Context, store *etcdstore.Store, client *clientv3.Client, events []string) (remains, int64) {
	t.Helper()
	report, err := store.Audit(ctx)
	require.NoError(t, err)
	r := remains{left: map[string]counts{}, audit: report.Violations}
	catalogue, err := store.Catalogue(ctx)
	require.NoError(t, err)
	for _, id := range events {
		event, ok := catalogue.Event(id)
		require.True(t, ok, "event %s is gone", id)
		r.left[id] = countLeft(event.Tickets)
	}
	for from := model.PrefixPurchase; ; {
		page, err := client.Get(ctx, from, clientv3.WithRange(clientv3.GetPrefixRangeEnd(model.PrefixPurchase)), clientv3.WithLimit(500))
		require.NoError(t, err)
		for _, kv := range page.Kvs {
			key := model.ParseKey(string(kv.Key))
			orders, err := model.DecodeOrders(key.Username, key.EventID, kv.Value)
			require.NoError(t, err)
			r.orders = append(r.orders, orders...)
			from = string(kv.Key) + "\x00"
		}
		if !page.More {
			return r, page.Header.Revision
		}
	}
}

// judgeMembers checks that all members hold the same, and that none ended but those that were killed.
func (s *stage) judgeMembers(revision int64) []string {
	s.t.Helper()
	var wrongs []string
	sums := map[uint32][]string{}
	for _, member := range s.members.Members() {
		sum, err := s.clients[member.Name].HashKV(s.soon(), member.ClientURL, revision)
		require.NoError(s.t, err, "member %s", member.Name)
		sums[sum.Hash] = append(sums[sum.Hash], member.Name)
		said, err := os.ReadFile(filepath.Join(s.dir, "data", "cluster", member.Name, "etcd.log"))
		require.NoError(s.t, err)
		if cry := cried(string(said)); cry != "" {
			wrongs = append(wrongs, fmt.Sprintf("member %s cried %q", member.Name, cry))
		}
	}
	if len(sums) > 1 {
		wrongs = append(wrongs, fmt.Sprintf("members hold different data: %v", sums))
	}
	return wrongs
}

// cried returns what no process must say, if it is among what one said.
func cried(said string) string {
	for _, cry := range []string{"panic: ", "DATA RACE", "fatal error: "} {
		if strings.Contains(said, cry) {
			return cry
		}
	}
	return ""
}

// others are the members but one.
func (s *stage) others(name string) []string {
	var names []string
	for _, member := range s.members.Members() {
		names = append(names, member.Name)
	}
	return slices.DeleteFunc(names, func(other string) bool { return other == name })
}
