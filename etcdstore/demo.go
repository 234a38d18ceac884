package etcdstore

import (
	"context"
	"sync"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

// demoAccounts are the accounts that the demo data comes with.
func demoAccounts() []model.Credentials {
	return []model.Credentials{{Username: "user", Password: "user123"}, {Username: "admin", Password: "admin123"}}
}

// demoHint remembers which demo accounts still have their first password, by the revisions at which this was seen. The
// zero value is ready.
type demoHint struct {
	mu      sync.Mutex
	answers map[string]demoAnswer // by user name
}

type demoAnswer struct {
	revision int64
	same     bool
}

// DemoAccounts returns the accounts of the demo data that exist and still have the password that everybody knows, for a
// hint where people log in. It is cheap: a password is only tried again when its account has changed.
func (s *Store) DemoAccounts(ctx context.Context) ([]model.Credentials, error) {
	all := demoAccounts()
	var reads []*pb.RequestOp
	for _, demo := range all {
		reads = append(reads, getOp(model.UserKey(demo.Username)))
	}
	resp, err := s.read(ctx, reads...)
	if err != nil {
		return nil, err
	}
	var open []model.Credentials
	for i, demo := range all {
		a, err := newAccount(demo.Username, resp.Responses[i].GetResponseRange().Kvs)
		if err != nil {
			continue // there is none, or nobody can use it
		}
		same, err := s.hasDemoPassword(ctx, a, demo.Password)
		if err != nil {
			return nil, err
		}
		if same {
			open = append(open, demo)
		}
	}
	return open, nil
}

func (s *Store) hasDemoPassword(ctx context.Context, a account, password string) (bool, error) {
	s.demo.mu.Lock()
	answer, known := s.demo.answers[a.user.Username]
	s.demo.mu.Unlock()
	if known && answer.revision == a.revision {
		return answer.same, nil
	}
	same, _, err := s.tryPassword(ctx, a.user.Password, password)
	switch {
	case model.CodeOf(err) == model.CodeFailed:
		return false, nil // nobody can log in with a hash that cannot be read
	case err != nil:
		return false, err
	}
	s.demo.mu.Lock()
	defer s.demo.mu.Unlock()
	if s.demo.answers == nil {
		s.demo.answers = map[string]demoAnswer{}
	}
	s.demo.answers[a.user.Username] = demoAnswer{revision: a.revision, same: same}
	return same, nil
}
