package etcdstore

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

// damage plants what an audit can mend, and returns the keys that a repair must leave alone.
func damage(t *testing.T, s *shop) []string {
	t.Helper()
	_, err := s.Load(t.Context(), programme(1), LoadOptions{})
	require.NoError(t, err)
	s.sells(t, 3, 4)                                                                                             // an event without any index
	s.put(t, "ticket:"+opera+":red", `{"total_quantity":3,"current_quantity":1,"price":"23.99","seen":"by us"}`) // and with a wrong sum
	s.put(t, "purchase:ann:"+opera, `[{"id":"a1","date":"x","tickets":[{"type":"red","quantity":2}]}]`)
	s.put(t, "event:"+match, `{"name":"Match","location":"Park","type":"sport","current_quantity":null,"left":"for us"}`)
	s.put(t, "ticket:"+match+":red", `{"total_quantity":9,"current_quantity":9,"price":1}`)
	s.put(t, "search:text:opera", `["gone-1"]`)
	s.put(t, "search:text:match", `broken`)
	s.put(t, "search:text:match:1", `["gone-2"]`)
	s.put(t, "search:text:odd:odd", `["gone-3","`+opera+`"]`)
	s.put(t, "search:type:magic", `["`+match+`"]`)
	s.put(t, "search:location:Stadium:2", `["`+opera+`","`+match+`"]`)
	s.put(t, "event:types", `7`)
	s.put(t, "notification:ann:gone-1", `{"limit":5,"active":false,"ours":1}`)
	s.put(t, "notification:nobody:"+opera, `{"limit":5,"active":false}`)
	s.put(t, "notification:ann:gone-2", `zzz`)
	s.put(t, "notification:ann:gone-3", `{"active":false}`)
	return []string{"ticket:" + opera + ":red", "ticket:" + opera + ":pink", "ticket:" + match + ":red", "purchase:ann:" + opera, "user:ann"}
}

func TestWhatAnAuditPlansIsMendedAndNothingElse(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	untouched := damage(t, s)
	before := s.records(t)
	found, err := s.Audit(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, found.Repairs)
	require.Equal(t, before, s.records(t), "an audit changes nothing")

	steps := 0
	mended, err := s.Repair(t.Context(), found.Repairs, func(done, total int) {
		steps++
		require.Equal(t, steps, done)
		require.Equal(t, len(found.Repairs), total)
	})
	require.NoError(t, err)
	require.Equal(t, len(found.Repairs), mended)
	after, err := s.Audit(t.Context())
	require.NoError(t, err)
	require.Empty(t, after.Violations)
	require.Empty(t, after.Notes)
	require.Empty(t, after.Repairs)
	now := s.records(t)
	for _, key := range untouched {
		require.Equal(t, before[key], now[key], key)
	}
	require.JSONEq(t, `{"name":"Match","description":null,"location":"Park","type":"sport","current_quantity":9,"left":"for us"}`,
		strings.Replace(now["event:"+match].value, `"location"`, `"description":null,"location"`, 1))
	require.JSONEq(t, `{"limit":5,"active":true,"gone":"an event without a name","refunded":0,"ours":1}`, now["notification:ann:gone-1"].value)
	require.NotContains(t, now, "notification:nobody:"+opera)
	require.NotContains(t, now, "notification:ann:gone-2", "nobody can tell what it said, nor of what it would")
	require.NotContains(t, now, "notification:ann:gone-3")
	require.JSONEq(t, `["`+opera+`"]`, now["search:text:odd:odd"].value)

	require.NotContains(t, now, "search:type:magic")

	again, err := s.Repair(t.Context(), found.Repairs, nil)
	require.NoError(t, err)
	require.Zero(t, again, "what is mended is not mended again")
	require.Equal(t, now, s.records(t))
}

func TestARepairOnABadConnectionMendsAllTheSame(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	damage(t, s)
	late := make(chan struct{})
	store, faults := s.badConnection(t, func(n int, _ *pb.TxnRequest) fault {
		switch n % 4 {
		case 1:
			return fault{err: errNoSpace}
		case 2:
			return fault{err: errLost, late: late}
		}
		return fault{}
	})
	found, err := store.Audit(t.Context())
	require.NoError(t, err)
	_, err = store.Repair(t.Context(), found.Repairs, nil)
	require.NoError(t, err)
	mended := s.records(t)
	close(late)
	faults.late.Wait()
	require.Equal(t, mended, s.records(t), "late copies change nothing")
	after, err := s.Audit(t.Context())
	require.NoError(t, err)
	require.Empty(t, after.Violations)
}

func TestARepairIsJudgedOnWhatTheStoreHoldsThen(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	damage(t, s)
	found, err := s.Audit(t.Context())
	require.NoError(t, err)
	// Before each write somebody sells and edits; what they did stays.
	left := 4
	store, _ := s.badConnection(t, func(_ int, write *pb.TxnRequest) fault {
		if left == 0 || !strings.HasSuffix(string(write.Success[0].GetRequestPut().GetKey()), "event:"+opera) {
			return fault{}
		}
		return fault{before: func() {
			left--
			s.put(t, "ticket:"+opera+":pink", fmt.Sprintf(`{"total_quantity":4,"current_quantity":%d,"price":108.9}`, left))
		}}
	})
	_, err = store.Repair(t.Context(), found.Repairs, nil)
	require.NoError(t, err)
	event, err := s.Event(t.Context(), opera)
	require.NoError(t, err)
	require.Equal(t, 1, event.Left, "one red ticket is left, and all pink ones were sold meanwhile")
}

func TestALongListIsMendedInParts(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	var records []model.Record
	for i := range 2 * model.ListPart {
		e := model.Event{ID: fmt.Sprintf("e%d", i), Name: "Fair", Type: "fair"}
		records = append(records, model.Record{Key: model.EventKey(e.ID), Value: e.Encode()})
	}
	gone := make([]string, 500)
	for i := range gone {
		gone[i] = fmt.Sprintf("gone%d", i)
	}
	records = append(records, model.Record{Key: "search:text:fair", Value: model.EncodeList(gone)})
	_, err := s.Load(t.Context(), records, LoadOptions{})
	require.NoError(t, err)
	found, err := s.Audit(t.Context())
	require.NoError(t, err)
	_, err = s.Repair(t.Context(), found.Repairs, nil)
	require.NoError(t, err)
	after, err := s.Audit(t.Context())
	require.NoError(t, err)
	require.Empty(t, after.Violations)
	require.Empty(t, after.Repairs)
	for key, record := range s.records(t) {
		if strings.HasPrefix(key, model.PrefixSearchText) {
			list, err := model.DecodeList([]byte(record.value))
			require.NoError(t, err)
			require.LessOrEqual(t, len(list), model.ListPart, key)
		}
	}
}
