//go:build unix

package torture

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
)

// bug is what is wrong with a shop.
type bug string

const (
	noBug         bug = ""
	blindRetry    bug = "a lost answer is taken for a failure, and the order is placed anew"
	givesUp       bug = "a lost answer is taken for a failure, and the buyer is told so"
	comparesValue bug = "what was seen is compared by its value, not by its revision"
	comparesNone  bug = "nothing is compared"
)

// fate is what happens to one transaction on its way.
type fate int

const (
	arrives fate = iota
	answerLost
	late // after its sender was told that it failed, when the test lets it
)

var errLost = errors.New("the answer was lost")

// plantedShop sells as simply as can be, with a bug, on a real etcd, and keeps a history.
type plantedShop struct {
	t      *testing.T
	bug    bug
	client *clientv3.Client
	store  *etcdstore.Store
	events []string
	book   *book
	number int
	fates  []fate   // of the transactions to come; all others arrive
	late   []func() // deliver what is late
}

// plant opens a shop with a bug and one event.
func plant(t *testing.T, b bug, fates ...fate) *plantedShop {
	t.Helper()
	local, err := cluster.Join(t.Context(), cluster.Config{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, local.Close()) })
	store, err := etcdstore.Open(t.Context(), etcdstore.Config{Endpoints: []string{local.Endpoint()}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	s := &plantedShop{t: t, bug: b, client: connect(t, local.Endpoint()), store: store, book: newBook(), fates: fates}
	var records []model.Record
	s.events, records = concerts(1, []string{"ann", "bob"})
	_, err = store.Load(t.Context(), records, etcdstore.LoadOptions{})
	require.NoError(t, err)
	return s
}

// wrongs are what the judge has to say.
func (s *plantedShop) wrongs() []string {
	s.t.Helper()
	for _, deliver := range s.late {
		deliver()
	}
	remains, _ := whatRemains(s.t, s.t.Context(), s.store, s.client, s.events)
	return judge(capacity, s.book.all(), remains)
}

func (s *plantedShop) do(d deed, act func() error) {
	s.number++
	d.Process, d.Number, d.Event, d.Call = "planted", s.number, s.events[0], now()
	err := act()
	d.Return, d.Outcome, d.Words = now(), outcomeOf(d.Verb, err), model.Sentence(err)
	s.book.write(entry{Ended: &d})
}

// view is what a transaction is judged on.
type view struct {
	event  model.Event
	orders []model.Order
	kvs    map[string]*clientv3.GetResponse
}

func (s *plantedShop) read(user string) view {
	s.t.Helper()
	event, err := s.store.Event(s.t.Context(), s.events[0])
	require.NoError(s.t, err)
	v := view{event: event, kvs: map[string]*clientv3.GetResponse{}}
	keys := []string{model.EventKey(event.ID), model.PurchaseKey(user, event.ID)}
	for _, ticketType := range ticketTypes {
		keys = append(keys, model.TicketKey(event.ID, ticketType))
	}
	for _, key := range keys {
		v.kvs[key], err = s.client.Get(s.t.Context(), key)
		require.NoError(s.t, err)
	}
	if list := v.kvs[model.PurchaseKey(user, event.ID)].Kvs; len(list) > 0 {
		v.orders, err = model.DecodeOrders(user, event.ID, list[0].Value)
		require.NoError(s.t, err)
	}
	return v
}

// txn is everything that is sent: the event as it becomes, and a user's orders.
func (s *plantedShop) txn(v view, user string, after model.Event, orders []model.Order) clientv3.Op {
	var ifs []clientv3.Cmp
	for key, seen := range v.kvs {
		switch {
		case s.bug == comparesNone:
		case s.bug == comparesValue && len(seen.Kvs) > 0:
			ifs = append(ifs, clientv3.Compare(clientv3.Value(key), "=", string(seen.Kvs[0].Value)))
		case len(seen.Kvs) > 0:
			ifs = append(ifs, clientv3.Compare(clientv3.ModRevision(key), "=", seen.Kvs[0].ModRevision))
		default:
			ifs = append(ifs, clientv3.Compare(clientv3.ModRevision(key), "=", 0))
		}
	}
	after.Changed = model.Date{} // or values would never come back
	puts := []clientv3.Op{
		clientv3.OpPut(model.EventKey(after.ID), string(after.Encode())),
		clientv3.OpPut(model.PurchaseKey(user, after.ID), string(model.EncodeOrders(orders))),
	}
	for _, ticket := range after.Tickets {
		puts = append(puts, clientv3.OpPut(model.TicketKey(after.ID, ticket.Type), string(ticket.Encode())))
	}
	return clientv3.OpTxn(ifs, puts, nil)
}

// send sends a transaction to its fate.
func (s *plantedShop) send(op clientv3.Op) (bool, error) {
	commit := func() (bool, error) {
		resp, err := s.client.Do(context.WithoutCancel(s.t.Context()), op)
		require.NoError(s.t, err)
		return resp.Txn().Succeeded, nil
	}
	what := arrives
	if len(s.fates) > 0 {
		what, s.fates = s.fates[0], s.fates[1:]
	}
	switch what {
	case answerLost:
		_, _ = commit() //nolint:errcheck // nobody is told
		return false, errLost
	case late:
		s.late = append(s.late, func() { _, _ = commit() }) //nolint:errcheck // nobody is told
		return false, errLost
	default:
		return commit()
	}
}

// buys places an order on what the buyer has seen, and goes on from there.
func (s *plantedShop) buys(user, id string, wanted counts, seen view) {
	s.t.Helper()
	order := model.Order{ID: id, Username: user, EventID: s.events[0], Lines: wanted.lines()}
	s.do(deed{Verb: buy, User: user, Order: id, Tickets: wanted}, func() error {
		for {
			if _, there := model.FindOrder(seen.orders, id); there && s.bug != blindRetry {
				return nil
			}
			after, lines, err := seen.event.Sell(order.Lines, model.WallClock(opening()))
			if err != nil {
				return err
			}
			placed := order
			placed.Lines = lines
			txn := s.txn(seen, user, after, append(slices.Clone(seen.orders), placed))
			succeeded, err := s.send(txn)
			for err != nil && s.bug != blindRetry && s.bug != givesUp {
				succeeded, err = s.send(txn) // the question and the fence at once
			}
			if err != nil && s.bug == givesUp {
				return model.Wrap(model.CodeUnavailable, err, "the store does not answer: nothing was charged")
			}
			if succeeded {
				return nil
			}
			seen = s.read(user)
		}
	})
}

// cancels takes back an order that the buyer has seen. If somebody else was faster, it is done as well.
func (s *plantedShop) cancels(user, id string, seen view) {
	s.t.Helper()
	cancelled, there := model.FindOrder(seen.orders, id)
	require.True(s.t, there)
	s.do(deed{Verb: cancel, User: user, Order: id, Tickets: countLines(cancelled.Lines)}, func() error {
		for {
			order, rest, there := model.TakeOrder(seen.orders, id)
			if !there {
				return nil
			}
			after, err := seen.event.Return(order, model.WallClock(opening()))
			require.NoError(s.t, err)
			succeeded, err := s.send(s.txn(seen, user, after, rest))
			if err != nil || succeeded {
				return err
			}
			seen = s.read(user)
		}
	})
}

// A lost answer, a late copy, and two who are fast are all that it takes to see each bug; and without it the judge is
// content with the very same.
func TestTheJudgeNoticesWhatIsPlanted(t *testing.T) {
	t.Parallel()
	answerIsLost := func(s *plantedShop) { s.buys("ann", "A", counts{0, 0, 2}, s.read("ann")) }
	cancelledByTwo := func(s *plantedShop) {
		answerIsLost(s)
		seen := s.read("ann")
		s.cancels("ann", "A", seen)
		s.cancels("ann", "A", seen)
	}
	copyIsLate := func(s *plantedShop) {
		s.buys("bob", "B", counts{0, 1, 0}, s.read("bob"))
		s.cancels("bob", "B", s.read("bob")) // so that bob has a list, which can come back to the same value
		s.buys("bob", "C", counts{0, 1, 0}, s.read("bob"))
		s.cancels("bob", "C", s.read("bob"))
	}
	twoAtOnce := func(s *plantedShop) {
		anns, bobs := s.read("ann"), s.read("bob")
		s.buys("ann", "A", counts{2, 0, 0}, anns)
		s.buys("bob", "B", counts{2, 0, 0}, bobs)
	}
	for _, one := range []struct {
		bug   bug
		fates []fate
		story func(*plantedShop)
		told  string
	}{
		{blindRetry, []fate{answerLost}, answerIsLost, "is there 2 times"},
		{givesUp, []fate{answerLost}, answerIsLost, "is there, but the buyer was told"},
		{givesUp, []fate{answerLost}, cancelledByTwo, "no order of its 3 deeds"},
		{comparesValue, []fate{arrives, arrives, late}, copyIsLate, "is there, but was cancelled"},
		{comparesNone, nil, twoAtOnce, "but 4 were bought"},
	} {
		t.Run(string(one.bug)+": "+one.told, func(t *testing.T) {
			t.Parallel()
			sound := plant(t, noBug, one.fates...)
			one.story(sound)
			require.Empty(t, sound.wrongs(), "without the bug")
			broken := plant(t, one.bug, one.fates...)
			one.story(broken)
			require.True(t, contain(broken.wrongs(), one.told), "%v", broken.wrongs())
		})
	}
}

func contain(wrongs []string, text string) bool {
	return slices.ContainsFunc(wrongs, func(w string) bool { return strings.Contains(w, text) })
}
