package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
)

const (
	competitors    = 3  // processes that compete for one event
	buyersOfARival = 64 // in each of them
)

// task is what a rival process is told to do: to have its buyers order for an event for some time.
//
// The first task has no event: it tells which users come in.
type task struct {
	EventID string        `json:"event_id"`
	Buyers  int           `json:"buyers"`
	Slice   time.Duration `json:"slice_ns"`
	Users   []string      `json:"users,omitempty"`
}

// Rival is what a process does that competes with others: it does each task that it reads, and writes what came of it. It
// says hello first, so that nobody waits for a process that starts.
func Rival(ctx context.Context, store *etcdstore.Store, in io.Reader, out io.Writer) error {
	told, tell := json.NewDecoder(in), json.NewEncoder(out)
	if err := tell.Encode(sample{}); err != nil {
		return err
	}
	var users []string
	for {
		var t task
		if err := told.Decode(&t); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if t.EventID == "" {
			users = t.Users
			if err := errors.Join(comeIn(ctx, store, users), tell.Encode(sample{})); err != nil {
				return err
			}
			continue
		}
		var next atomic.Int64
		s, err := drive(ctx, t.Buyers, t.Slice, func(ctx context.Context, _, _ int) error {
			n := int(next.Add(1)) - 1
			_, err := store.Buy(ctx, oneTicket(t.EventID, users[n%len(users)]), nil)
			return err
		})
		if err != nil {
			return err
		}
		if err := tell.Encode(s); err != nil {
			return err
		}
	}
}

// rival is such a process, as this one sees it.
type rival struct {
	cmd   *exec.Cmd
	tasks io.WriteCloser
	tell  *json.Encoder
	told  *json.Decoder
}

func (b *bench) startRival(ctx context.Context) (*rival, error) {
	r := &rival{cmd: b.Rival(ctx)}
	answers, err := r.cmd.StdoutPipe()
	if err == nil {
		r.tasks, err = r.cmd.StdinPipe()
	}
	if err == nil {
		err = r.cmd.Start()
	}
	if err != nil {
		return nil, model.Wrap(model.CodeFailed, err, "a process that competes cannot be started: %s", err)
	}
	r.tell, r.told = json.NewEncoder(r.tasks), json.NewDecoder(bufio.NewReader(answers))
	var hello sample
	return r, r.answer(&hello)
}

func (r *rival) answer(s *sample) error {
	if err := r.told.Decode(s); err != nil {
		return model.Wrap(model.CodeFailed, err, "a process that competes did not answer: %s", err)
	}
	return nil
}

func (b *bench) endRivals() {
	for _, r := range b.rivals {
		r.tasks.Close()
		r.cmd.Wait() //nolint:errcheck // what it has done was checked
	}
}

// startRivals starts the processes that compete, and has the users of each come in.
func (b *bench) startRivals(ctx context.Context) error {
	if len(b.rivals) == competitors {
		return nil
	}
	for range competitors {
		r, err := b.startRival(ctx)
		if r != nil {
			b.rivals = append(b.rivals, r)
		}
		if err != nil {
			return err
		}
	}
	shares := slices.Collect(slices.Chunk(b.users, (len(b.users)+competitors-1)/competitors))
	_, err := tellRivals(b.rivals, func(i int) task { return task{Users: shares[i]} })
	return err
}

// tellRivals has each of some do something, at the same time.
func tellRivals(rivals []*rival, what func(i int) task) ([]sample, error) {
	all := make([]sample, len(rivals))
	var group errgroup.Group
	for i, r := range rivals {
		group.Go(func() error {
			if err := r.tell.Encode(what(i)); err != nil {
				return model.Wrap(model.CodeFailed, err, "a process that competes does not listen: %s", err)
			}
			return r.answer(&all[i])
		})
	}
	return all, group.Wait()
}

// compete has so many processes, each beside the one that runs the bench, order for the same event at the same time.
func (b *bench) compete(processes int) measurement {
	return measurement{competition(processes), func(ctx context.Context, _ string) (sample, error) {
		if err := b.startRivals(ctx); err != nil {
			return sample{}, err
		}
		ids, err := b.sell(ctx, 1)
		if err != nil {
			return sample{}, err
		}
		all, err := tellRivals(b.rivals[:processes], func(int) task { return task{EventID: ids[0], Buyers: buyersOfARival, Slice: b.Slice} })
		if err != nil {
			return sample{}, err
		}
		s := together(all)
		return s, b.requireSold(ctx, ids, s.Count)
	}}
}

func competition(processes int) string {
	if processes == 1 {
		return fmt.Sprintf("orders/1 process x %d", buyersOfARival)
	}
	return fmt.Sprintf("orders/%d processes x %d", processes, buyersOfARival)
}

// together adds up what several processes did at the same time. The latencies are those of the worst of them.
func together(all []sample) sample {
	sum := all[0]
	for _, s := range all[1:] {
		sum.Count += s.Count
		sum.Took, sum.P50, sum.P99 = max(sum.Took, s.Took), max(sum.P50, s.P50), max(sum.P99, s.P99)
		sum.Least = min(sum.Least, s.Least)
	}
	return sum
}
