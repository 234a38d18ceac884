package etcdstore

import (
	"context"
	"iter"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

// A page of a scan is so many keys as are expected to come to pageBytes: a page of counts is long, a page of index lists
// short, and neither takes longer than a request may.
const (
	firstPage   = 200
	longestPage = 5000
	pageBytes   = 2 << 20
)

// pagesAhead is how many pages are fetched while one is looked at: so a shop that opens has read most of its tickets when its
// events are on the index.
const pagesAhead = 8

// scan reads keys in their order, page by page, all as they were at one revision. Nothing can be missed or seen twice,
// however much is written meanwhile.
type scan struct {
	store    *Store
	prefix   string // of the keys; empty for all
	then     string // the prefix of the keys that are read after those; empty for none
	revision int64  // of the reading; 0 for the newest, which the first page sets
	cluster  uint64 // which cluster answered; set by the first page

	// What is so of the page that is being looked at.
	at    string // the prefix
	total int    // how many keys there are with it
}

// pages yields the keys page by page, and at last the error that ended the reading, if any. There is at least one page for
// each prefix, which may be empty. While one is looked at, the next ones are being fetched.
func (sc *scan) pages(ctx context.Context) iter.Seq2[[]*mvccpb.KeyValue, error] {
	return func(yield func([]*mvccpb.KeyValue, error) bool) {
		fetching, cancel := context.WithCancel(ctx)
		ahead, enough := make(chan fetched, pagesAhead-1), make(chan struct{})
		take := func(p fetched) bool {
			select {
			case ahead <- p:
				return true
			case <-enough:
				return false
			}
		}
		go func() {
			defer close(ahead)
			if sc.fetch(fetching, sc.prefix, take) && sc.then != "" {
				sc.fetch(fetching, sc.then, take)
			}
		}()
		defer func() {
			cancel()
			close(enough)
			for range ahead { // until the fetching has ended
			}
		}()
		for p := range ahead {
			sc.at, sc.total = p.prefix, p.total
			if !yield(p.kvs, p.err) {
				return
			}
		}
	}
}

// fetched are some keys in a row, or why there are none.
type fetched struct {
	prefix string
	kvs    []*mvccpb.KeyValue
	total  int // of all pages
	err    error
}

// fetch reads the pages of a prefix one after the other until there are no more, or no more are wanted. It says whether it
// came to the end.
func (sc *scan) fetch(ctx context.Context, prefix string, take func(fetched) (more bool)) (end bool) {
	from, to := "\x00", "\x00" // from the first key to the last
	if prefix != "" {
		from, to = prefix, clientv3.GetPrefixRangeEnd(prefix)
	}
	total := 0
	for limit := int64(firstPage); ; {
		resp, err := sc.store.read(ctx, rangeOp(&pb.RangeRequest{
			Key: []byte(from), RangeEnd: []byte(to), Revision: sc.revision, Limit: limit,
		}))
		if limit > 1 && isTooSlow(err) {
			limit = 1 // perhaps it was too much for one answer; what comes then says how much is not
			continue
		}
		if err != nil {
			take(fetched{err: scanFailure(err)})
			return false
		}
		if sc.revision == 0 {
			sc.revision, sc.cluster = resp.Header.Revision, resp.Header.ClusterId
		}
		found := resp.Responses[0].GetResponseRange()
		total = max(total, int(found.Count))
		if !take(fetched{prefix: prefix, kvs: found.Kvs, total: total}) {
			return false
		}
		if !found.More {
			return true
		}
		from = string(found.Kvs[len(found.Kvs)-1].Key) + "\x00"
		limit = nextPage(found.Kvs)
	}
}

// nextPage says how many keys like those just read make a page.
func nextPage(kvs []*mvccpb.KeyValue) int64 {
	size := 1
	for _, kv := range kvs {
		size += len(kv.Key) + len(kv.Value)
	}
	return pageOf(len(kvs), size)
}

// pageOf says how many keys make a page, where so many came to a size in bytes.
func pageOf(keys, size int) int64 {
	return int64(min(max(keys*pageBytes/size, 1), longestPage))
}

func scanFailure(err error) error {
	if isForgotten(err) {
		return model.Wrap(model.CodeUnavailable, err, "the store was compacted while it was being read: try again")
	}
	return err
}

// records yields everything but our own keys, and at last the error that ended the reading, if any.
func (sc *scan) records(ctx context.Context) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for kvs, err := range sc.pages(ctx) {
			if err != nil {
				yield(model.Record{}, err)
				return
			}
			for _, kv := range kvs {
				key := string(kv.Key)
				if model.ParseKey(key).Family == model.FamilyInternal {
					continue
				}
				if !yield(model.Record{Key: key, Value: kv.Value}, nil) {
					return
				}
			}
		}
	}
}
