package etcdstore

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"

	"github.com/ticketcd/ticketcd/model"
)

func TestLoadingOverExistingKeysChangesNothing(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sells(t, 7, 4)
	before := s.records(t)
	_, err := s.Load(t.Context(), []model.Record{
		{Key: "new", Value: []byte(`1`)},
		{Key: "event:" + opera, Value: []byte(`{}`)},
		{Key: "user:ann", Value: []byte(`{}`)},
		{Key: "user:bob", Value: []byte(`{}`)},
		{Key: "ticket:" + opera + ":red", Value: []byte(`{}`)},
	}, LoadOptions{})
	require.Equal(t, model.CodeRefused, model.CodeOf(err))
	require.Equal(t, "4 keys are in the store already (event:"+opera+", user:ann, user:bob, ...): nothing was loaded; "+
		"--resume leaves them and loads the rest, --replace overwrites them", model.Sentence(err))
	require.Equal(t, before, s.records(t))
}

func TestWhatIsThereAlreadyIsFoundInAFullStoreAsInAnEmptyOne(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, err := s.Load(t.Context(), programme(2000), LoadOptions{})
	require.NoError(t, err)
	before := s.records(t)
	for name, records := range map[string][]model.Record{
		"among few others":  programme(2200),
		"among many others": append(programme(2)[3:6], model.Record{Key: "zone", Value: []byte(`1`)}),
	} {
		there := 0
		for _, r := range records {
			if _, ok := before[r.Key]; ok {
				there++
			}
		}
		require.Greater(t, there, 1, name)
		_, err := s.Load(t.Context(), records, LoadOptions{})
		require.Equal(t, model.CodeRefused, model.CodeOf(err), name)
		require.Contains(t, model.Sentence(err), model.Plural(there, "key")+" are in the store already", name)
		require.Equal(t, before, s.records(t), name)
		loaded, err := s.Load(t.Context(), records, LoadOptions{Resume: true})
		require.NoError(t, err, name)
		require.Equal(t, len(records)-there, loaded, name)
		before = s.records(t)
	}
}

func TestEventsAreFoundThoughARepairCameWhileTheyWereLoaded(t *testing.T) {
	t.Parallel()
	for name, interrupted := range map[string]bool{"in one go": false, "in two": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			records := programme(3)
			repaired := false
			store, _ := s.badConnection(t, func(_ int, write *pb.TxnRequest) fault {
				last := slices.ContainsFunc(write.Success, func(op *pb.RequestOp) bool {
					return endsIn(op.GetRequestPut().GetKey(), records[0].Key)
				})
				if !last || repaired {
					return fault{}
				}
				repaired = true
				what := fault{before: func() {
					found, err := s.Audit(t.Context())
					require.NoError(t, err)
					mended, err := s.Repair(t.Context(), found.Repairs, nil)
					require.NoError(t, err)
					require.Greater(t, mended, 3)
				}}
				if interrupted {
					what.err, what.stops = rpctypes.ErrGRPCPermissionDenied, true
				}
				return what
			})
			_, err := store.Load(t.Context(), records, LoadOptions{})
			if interrupted {
				require.Equal(t, model.CodeDenied, model.CodeOf(err))
				_, err = store.Load(t.Context(), records, LoadOptions{Resume: true})
			}
			require.NoError(t, err)
			require.True(t, repaired)
			s.requireSound(t)
		})
	}
}

func TestReplacingOverwritesOnlyTheNamedKeys(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sells(t, 7, 4)
	before := s.records(t)
	loaded, err := s.Load(t.Context(), []model.Record{
		{Key: "new", Value: []byte(`1`)},
		{Key: "user:ann", Value: []byte(`{"password":"another-word"}`)},
	}, LoadOptions{Replace: true})
	require.NoError(t, err)
	require.Equal(t, 2, loaded)
	require.Equal(t, "1", s.value(t, "new"))
	_, err = s.Login(t.Context(), "ann", "another-word")
	require.NoError(t, err)
	after := s.records(t)
	for key, value := range before {
		if key != "user:ann" {
			require.Equal(t, value, after[key])
		}
	}
}

func TestAnEventThatHasSoldIsNotReplacedWithoutItsOrders(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sells(t, 7, 4)
	unsold := []model.Record{
		{Key: "event:" + opera, Value: []byte(`{"current_quantity":18}`)},
		{Key: "ticket:" + opera + ":pink", Value: []byte(`{"total_quantity":9,"current_quantity":9,"price":1}`)},
		{Key: "ticket:" + opera + ":red", Value: []byte(`{"total_quantity":9,"current_quantity":9,"price":1}`)},
	}
	bought, err := s.Buy(t.Context(), order(2), nil)
	require.NoError(t, err)
	before := s.records(t)
	for _, part := range [][]model.Record{unsold, unsold[:1], unsold[1:2]} {
		_, err = s.Load(t.Context(), part, LoadOptions{Replace: true})
		require.Equal(t, model.CodeRefused, model.CodeOf(err))
		require.Regexp(t, `^this data lacks 1 order that 1 buyer holds \(such as ann's `+bought.ID+` for (an event without a name|event `+opera+`)\), `+
			"and would lose what was bought or sell it twice: nothing was loaded; dump anew, or cancel first what they hold; "+
			"--resume leaves what is there$", model.Sentence(err))
		require.Equal(t, before, s.records(t))
	}

	held := model.Record{Key: "purchase:ann:" + opera, Value: []byte(`[]`)}
	_, err = s.Load(t.Context(), append(unsold, held), LoadOptions{Replace: true})
	require.Equal(t, model.CodeRefused, model.CodeOf(err), "what ann was told stands, whatever the data says that she holds")
	require.Equal(t, before, s.records(t))
	_, err = s.Cancel(t.Context(), bought, nil)
	require.NoError(t, err)
	for _, data := range [][]model.Record{unsold, append(unsold, held)} {
		_, err = s.Load(t.Context(), data, LoadOptions{Replace: true})
		require.NoError(t, err, "she has given everything back")
		s.requireSold(t, 0)
	}
}

// everything is what a dump of the shop holds.
func (s *shop) everything(t *testing.T) []model.Record {
	t.Helper()
	records, err := model.ReadDataSet(strings.NewReader(s.dump(t)))
	require.NoError(t, err)
	return records
}

func TestAnOrderThatIsNewerThanTheDataIsNotReplacedByIt(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sells(t, 10, 0)
	first, bobs := s.buys(t, "ann", 1), s.buys(t, "bob", 3)
	old := s.everything(t)
	lists := slices.DeleteFunc(slices.Clone(old), func(r model.Record) bool { return model.ParseKey(r.Key).Family != model.FamilyPurchase })
	require.Len(t, lists, 2)
	_, err := s.Load(t.Context(), old, LoadOptions{Replace: true})
	require.NoError(t, err, "nobody has bought since")

	second := s.buys(t, "ann", 2)
	_, err = s.Cancel(t.Context(), bobs, nil)
	require.NoError(t, err)
	before := s.records(t)
	for name, data := range map[string][]model.Record{"The Opera": old, "event " + opera: lists} {
		_, err = s.Load(t.Context(), data, LoadOptions{Replace: true})
		requireError(t, err, model.CodeRefused, "this data lacks 1 order that 1 buyer holds (such as ann's "+second.ID+" for "+name+"), "+
			"and would lose what was bought or sell it twice: nothing was loaded; dump anew, or cancel first what they hold; "+
			"--resume leaves what is there")
		require.Equal(t, before, s.records(t))
	}
	_, err = s.Load(t.Context(), s.everything(t), LoadOptions{Replace: true})
	require.NoError(t, err, "a new dump has it")
	require.True(t, hasOrder(s.orders(t, "ann"), first.ID) && hasOrder(s.orders(t, "ann"), second.ID))
	s.requireSold(t, 3)

	_, err = s.Cancel(t.Context(), second, nil)
	require.NoError(t, err)
	_, err = s.Load(t.Context(), old, LoadOptions{Replace: true})
	require.NoError(t, err, "bob gave his back, which loses nobody's")
	s.requireSold(t, 4)
}

func TestAPrototypesDataIsLoadedOverItselfUntilSomebodyBuys(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	records, _, err := model.ShiftDates(prototype(t), today())
	require.NoError(t, err)
	for range 2 {
		_, err = s.Load(t.Context(), records, LoadOptions{Replace: true})
		require.NoError(t, err)
		s.requireSound(t)
	}
	at := slices.IndexFunc(records, func(r model.Record) bool {
		key := model.ParseKey(r.Key)
		orders, err := model.DecodeOrders(key.Username, key.EventID, r.Value)
		return key.Family == model.FamilyPurchase && err == nil && len(orders) > 0
	})
	key := model.ParseKey(records[at].Key)
	event, err := s.Event(t.Context(), key.EventID)
	require.NoError(t, err)
	ticket := event.Tickets[slices.IndexFunc(event.Tickets, func(t model.Ticket) bool { return t.Left > 0 })]
	bought, err := s.Buy(t.Context(), model.Order{
		Username: key.Username, EventID: key.EventID, Lines: []model.Line{{Type: ticket.Type, Quantity: 1}},
	}, nil)
	require.NoError(t, err)
	_, err = s.Load(t.Context(), records, LoadOptions{Replace: true})
	require.Contains(t, model.Sentence(err), "lacks 1 order that 1 buyer holds (such as "+key.Username+"'s "+bought.ID)

	_, err = s.Cancel(t.Context(), bought, nil)
	require.NoError(t, err)
	_, err = s.Load(t.Context(), records, LoadOptions{Replace: true})
	require.NoError(t, err)
	s.requireSound(t)
}

func TestAListOfOrdersThatCannotBeReadIsReplacedByAGoodOne(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sells(t, 10, 0)
	s.buys(t, "ann", 1)
	good, key := s.everything(t), "purchase:ann:"+opera
	for _, damaged := range []string{`{"no":"list"}`, `["no order"]`} {
		s.put(t, key, damaged)
		_, err := s.Load(t.Context(), slices.DeleteFunc(slices.Clone(good), func(r model.Record) bool { return r.Key == key }),
			LoadOptions{Replace: true})
		require.Equal(t, model.CodeRefused, model.CodeOf(err), "nobody knows what ann holds")
		_, err = s.Load(t.Context(), good, LoadOptions{Replace: true})
		require.NoError(t, err)
		s.requireSold(t, 1)
	}
}

func TestAnEventThatSellsWhileItIsReplacedKeepsWhatItSold(t *testing.T) {
	t.Parallel()
	for name, listed := range map[string]bool{"to somebody new": false, "to somebody of whom the data has a list": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			s.sells(t, 9, 9)
			had := 0
			if listed {
				had = 1
				s.buys(t, "ann", had)
			}
			data := slices.DeleteFunc(s.everything(t), func(r model.Record) bool { return model.ParseKey(r.Key).EventID == "" })
			var bought model.Order
			store, _ := s.badConnection(t, first(fault{before: func() { bought = s.buys(t, "ann", 2) }}))
			_, err := store.Load(t.Context(), data, LoadOptions{Replace: true})
			requireError(t, err, model.CodeRefused, fmt.Sprintf("this data lacks 1 order that 1 buyer holds (such as ann's %s for The Opera), "+
				"and would lose what was bought or sell it twice: 0 of %d keys are loaded; dump anew, or cancel first what they hold",
				bought.ID, len(data)))
			require.True(t, hasOrder(s.orders(t, "ann"), bought.ID))
			s.requireSold(t, had+2)
		})
	}
}

func TestWhatCannotBeLoadedIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	before := s.records(t)
	for _, c := range []struct {
		record model.Record
		want   string
	}{
		{model.Record{Key: "", Value: []byte("1")}, "a key is empty: nothing was loaded"},
		{model.Record{Key: keyFormat, Value: []byte("1")}, "the key ticketcd:format is internal and cannot be loaded: nothing was loaded"},
		{model.Record{Key: "a", Value: make([]byte, model.MaxValue+1)}, "the value of a has 1,048,577 bytes, more than 1,048,576: nothing was loaded"},
		{model.Record{Key: strings.Repeat("k", longestKey+1), Value: []byte("1")}, "has 4097 bytes, more than 4096: nothing was loaded"},
		{model.Record{Key: "first", Value: []byte("1")}, "the key first is there twice: nothing was loaded"},
	} {
		_, err := s.Load(t.Context(), []model.Record{{Key: "first", Value: []byte("1")}, c.record}, LoadOptions{Replace: true})
		require.Equal(t, model.CodeRefused, model.CodeOf(err))
		require.Contains(t, model.Sentence(err), c.want)
	}
	require.Equal(t, before, s.records(t))
}

func TestValuesOfTheLargestSizeAreLoaded(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	var records []model.Record
	for i := range 3 {
		records = append(records, model.Record{Key: fmt.Sprint("large", i), Value: bytes.Repeat([]byte("7"), model.MaxValue)})
	}
	_, err := s.Load(t.Context(), records, LoadOptions{})
	require.NoError(t, err)
	require.Len(t, s.value(t, "large2"), model.MaxValue)
	require.Greater(t, len(s.dump(t)), 3*model.MaxValue)
}

func TestProgressCountsUpToTheEnd(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	records := programme(100)
	before := 0
	_, err := s.Load(t.Context(), records, LoadOptions{Progress: func(done, total int) {
		require.Equal(t, len(records), total)
		require.Greater(t, done, before)
		before = done
	}})
	require.NoError(t, err)
	require.Equal(t, len(records), before)
}

func TestAnInterruptedLoadLeavesNoHalfEvents(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	live := follow(t, s.open(t))
	ctx, cancel := context.WithCancel(t.Context())
	records := programme(1000)
	loaded, err := s.Load(ctx, records, LoadOptions{Rest: "more follows", Progress: func(done, total int) {
		if done > total*3/4 {
			cancel()
		}
	}})
	require.Equal(t, model.CodeFailed, model.CodeOf(err))
	require.Regexp(t, `^the load was interrupted: [\d,]+ of [\d,]+ keys are loaded; more follows$`, model.Sentence(err))
	require.Less(t, loaded, len(records))
	s.put(t, "event:"+match, `{"current_quantity":1}`)
	shown := live.untilLeft(match, 1).Catalogue
	require.Greater(t, shown.Len(), 1)
	for _, e := range shown.Search(model.Query{Text: "night", Now: today()}).Events() {
		require.Len(t, e.Tickets, 2)
	}
	audited, err := s.Audit(t.Context())
	require.NoError(t, err)
	for _, v := range audited.Violations {
		require.True(t, v.Key == "event:"+match || strings.HasPrefix(v.Key, "search:"), "%+v", v)
	}
}

func TestALoadWhoseAnswersAreLostLoadsEverythingOnce(t *testing.T) {
	t.Parallel()
	for _, replace := range []bool{false, true} {
		t.Run(fmt.Sprint("replace ", replace), func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			store, faults := s.badConnection(t, func(n int, _ *pb.TxnRequest) fault {
				switch n % 4 {
				case 1:
					return fault{err: errLost}
				case 2:
					return fault{err: errLost, stops: true}
				}
				return fault{}
			})
			records := programme(100)
			loaded, err := store.Load(t.Context(), records, LoadOptions{Replace: replace})
			require.NoError(t, err)
			require.Equal(t, len(records), loaded)
			require.Greater(t, faults.sent(), 4)
			s.requireSound(t)
		})
	}
}

func TestACopyThatArrivesAfterTheLoadTakesNothingBack(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sells(t, 9, 9) // is replaced
	s.put(t, "user:ann", `{"password":"secret-word"}`)
	late := make(chan struct{})
	store, faults := s.badConnection(t, first(fault{err: errLost, late: late}))
	_, err := store.Load(t.Context(), []model.Record{
		{Key: "event:" + opera, Value: []byte(`{"name":"The Opera","current_quantity":5}`)},
		{Key: "ticket:" + opera + ":red", Value: []byte(`{"total_quantity":5,"current_quantity":5,"price":1}`)},
		{Key: "ticket:" + opera + ":pink", Value: []byte(`{"total_quantity":0,"current_quantity":0,"price":1}`)},
	}, LoadOptions{Replace: true})
	require.NoError(t, err)
	_, err = s.Buy(t.Context(), order(2), nil)
	require.NoError(t, err)
	close(late)
	faults.late.Wait()
	s.requireSold(t, 2)
}

func TestAKeyThatAppearsDuringTheLoadIsNotOverwritten(t *testing.T) {
	t.Parallel()
	records := programme(50)
	taken := records[0].Key
	for name, value := range map[string]string{"with another value": `"somebody else's"`, "with the same value": string(records[0].Value)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			store, _ := s.badConnection(t, func(n int, _ *pb.TxnRequest) fault {
				if n == 1 {
					s.put(t, taken, value)
				}
				return fault{}
			})
			loaded, err := store.Load(t.Context(), records, LoadOptions{})
			require.Equal(t, model.CodeConflict, model.CodeOf(err))
			require.Contains(t, model.Sentence(err), fmt.Sprintf("%d of %d keys are loaded", loaded, len(records)))
			require.Equal(t, value, s.value(t, taken))

			_, err = store.Load(t.Context(), records, LoadOptions{Replace: true})
			require.NoError(t, err)
			s.requireSound(t)
		})
	}
}

func TestAKeyThatAppearsBetweenThoseOfALoadDoesNotStopIt(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	records := programme(50)
	between := records[30].Key + "-too" // the eleventh event's
	compares := map[int]bool{}
	store, _ := s.badConnection(t, func(n int, r *pb.TxnRequest) fault {
		compares[len(r.Compare)] = true
		if n == 1 {
			s.put(t, between, `{"name":"Between"}`)
		}
		return fault{}
	})
	loaded, err := store.Load(t.Context(), records, LoadOptions{})
	require.NoError(t, err)
	require.Equal(t, len(records), loaded)
	require.JSONEq(t, `{"name":"Between"}`, s.value(t, between))
	require.Contains(t, compares, 2, "most batches are of events and their tickets, and compare no key by itself")
	_, err = s.writes.Delete(t.Context(), between)
	require.NoError(t, err)
	s.requireSound(t)
}

func TestReplacingFollowsThoseWhoWriteAtTheSameTime(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sells(t, 9, 9)
	store, faults := s.badConnection(t, func(n int, _ *pb.TxnRequest) fault {
		if n <= 3 {
			s.put(t, "event:"+opera, fmt.Sprintf(`{"current_quantity":%d}`, n))
		}
		return fault{}
	})
	_, err := store.Load(t.Context(), []model.Record{{Key: "event:" + opera, Value: []byte(`{"current_quantity":18}`)}}, LoadOptions{Replace: true})
	require.NoError(t, err)
	require.Equal(t, 4, faults.sent())
	require.Equal(t, `{"current_quantity":18}`, s.value(t, "event:"+opera))
}

func TestAnEventOfManyOrdersAppearsAfterThem(t *testing.T) {
	t.Parallel()
	records := []model.Record{{Key: "event:" + opera, Value: []byte(`{"current_quantity":5}`)}}
	for i := range 300 {
		records = append(records, model.Record{Key: fmt.Sprintf("purchase:u%d:%s", i, opera), Value: []byte(`[]`)})
	}
	records = append(records,
		model.Record{Key: "ticket:" + opera + ":red", Value: bytes.Repeat([]byte(" "), model.MaxValue/2)},
		model.Record{Key: "ticket:" + opera + ":pink", Value: bytes.Repeat([]byte(" "), model.MaxValue/4)},
		model.Record{Key: "search:text:x", Value: []byte(`[]`)},
		model.Record{Key: "notification:u1:" + opera, Value: []byte(`{}`)},
		model.Record{Key: "user:u1", Value: []byte(`{}`)},
	)
	stages := planLoad(records)
	require.Len(t, stages, 3)
	require.Equal(t, stage{{{{Key: "search:text:x", Value: []byte(`[]`)}}}, {{{Key: "user:u1", Value: []byte(`{}`)}}}}, stages[0])
	require.Equal(t, stage{{{{Key: "notification:u1:" + opera, Value: []byte(`{}`)}}}}, stages[2])
	require.Len(t, stages[1], 1, "one event is one chain")
	loaded := 0
	for _, part := range stages[1][0] {
		loaded += len(part)
		require.LessOrEqual(t, len(part), maxOps)
		size := 0
		for _, r := range part {
			size += weight(r)
		}
		require.LessOrEqual(t, size, maxBatch)
	}
	require.Equal(t, 303, loaded)
	end := stages[1][0][len(stages[1][0])-1]
	require.Equal(t, "event:"+opera, end[len(end)-1].Key)
	require.Equal(t, "ticket:"+opera+":pink", end[len(end)-2].Key)
	require.Equal(t, "ticket:"+opera+":red", end[len(end)-3].Key)
}
