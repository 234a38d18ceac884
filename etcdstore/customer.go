package etcdstore

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// customer waits at a till with an order that is to be placed or, if it returns it, to be taken back.
type customer struct {
	ctx     context.Context // how long the customer has patience
	order   model.Order     // as it is wanted
	returns bool
	came    time.Time

	stage    atomic.Int32  // waiting, underWay or gone
	doubted  chan struct{} // closed when an answer was lost: the order is being checked
	told     sync.Once
	answered chan struct{} // closed when result and err are there
	result   model.Order
	err      error

	// What only the service uses that has the customer.
	outcome model.Order // what the answer will be if the round succeeds
	tried   bool        // the order was sent
	done    bool        // the customer was answered
	unsure  bool        // there is nothing to write as far as is known, which is not new enough to be an answer
	inDoubt bool        // copies that were sent before may have been carried out, or may yet be
	alone   bool        // etcd refused a round with this order in it, perhaps because of this order: it goes alone
}

// The stages of a customer. One who is waiting may go; one whose order is on its way waits for the answer.
const (
	waiting int32 = iota
	underWay
	gone
)

func newCustomer(ctx context.Context, order model.Order, returns bool) *customer {
	return &customer{
		ctx: ctx, order: order, returns: returns, came: time.Now(),
		doubted: make(chan struct{}), answered: make(chan struct{}),
	}
}

// await returns the answer. It calls onDoubt once if the order is being checked. Where soon ends before anything was
// sent, nothing will be, and ok is false.
func (c *customer) await(soon context.Context, onDoubt func()) (ok bool) {
	select {
	case <-c.answered:
	case <-c.doubted:
	case <-soon.Done():
		if c.stage.CompareAndSwap(waiting, gone) {
			return false
		}
		select {
		case <-c.answered:
		case <-c.doubted:
		}
	}
	select {
	case <-c.doubted:
		if onDoubt != nil {
			onDoubt()
		}
	default:
	}
	<-c.answered
	return true
}

// judge says what is to be written for the customer, given what is written for those before. There is nothing to write
// where it is decided: what was wanted is so already.
func (c *customer) judge(r *round, now time.Time) (write effect, decided bool, err error) {
	held := r.holding(c.order.Username)
	if !c.returns {
		if bought, ok := model.FindOrder(held.orders, c.order.ID); ok {
			return effect{order: bought}, true, nil
		}
		write, err = r.place(c.order, held, now)
		return write, false, err
	}
	if held.err != nil {
		return effect{}, false, model.Wrap(model.CodeFailed, held.err, "your orders for this event cannot be read: none can be cancelled")
	}
	order, rest, there := model.TakeOrder(held.orders, c.order.ID)
	switch {
	case there:
		write, err = r.giveBack(order, rest, held, now)
		return write, false, err
	case c.tried: // gone, by a copy of ours or by somebody else: that is the goal
		return effect{order: c.outcome}, true, nil
	}
	return effect{}, false, noSuchOrder(c.order)
}

// take keeps the customer from going, who is from here on answered for certain. It is false for one who has gone.
func (c *customer) take() bool {
	return c.stage.CompareAndSwap(waiting, underWay) || c.stage.Load() == underWay
}

// answer ends the wait.
func (c *customer) answer(order model.Order, err error) {
	c.done = true
	c.result, c.err = order, err
	close(c.answered)
}

// decide answers what the state says, for which nothing has to be written.
func (c *customer) decide(order model.Order, err error) {
	if err != nil && c.inDoubt {
		c.giveUp(err)
		return
	}
	c.answer(order, err)
}

// refuse answers that nothing was done, and why.
func (c *customer) refuse(err error) {
	switch {
	case c.inDoubt:
		c.giveUp(err)
	case c.returns:
		c.answer(model.Order{}, nothingCancelled(err))
	default:
		c.answer(model.Order{}, nothingCharged(err))
	}
}

// giveUp answers that the outcome could not be learnt.
func (c *customer) giveUp(err error) {
	says := "it is not known yet whether your order went through: if it did, your orders will show it as %s"
	if c.returns {
		says = "it is not known yet whether order %s is cancelled: your orders will show it"
	}
	c.answer(model.Order{}, model.Wrap(model.CodeUnknown, err, says, c.order.ID))
}

// tooLate answers that others were always faster.
func (c *customer) tooLate() {
	says := "too many others are buying: nothing was charged, try again"
	if c.returns {
		says = "too many others are buying: nothing was cancelled, try again"
	}
	c.answer(model.Order{}, model.Wrap(model.CodeUnavailable, c.ctx.Err(), "%s", says).Settled())
}

// tellDoubt says that the order is being checked.
func (c *customer) tellDoubt() { c.told.Do(func() { close(c.doubted) }) }

// untilFirstLeaves returns a context that ends when the first of some customers runs out of patience.
func untilFirstLeaves(customers []*customer) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	stops := make([]func() bool, 0, len(customers))
	for _, c := range customers {
		stops = append(stops, context.AfterFunc(c.ctx, cancel))
	}
	return ctx, func() {
		for _, stop := range stops {
			stop()
		}
		cancel()
	}
}
