package etcdstore

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

// Cancel takes an order back: one transaction returns its tickets and removes its record. The order is named by its id,
// its user and, where the caller knows it, its event. It returns the order as it stood.
//
// Its goal is that the order is gone, and it is sound to ask for it again: of two that cancel at once, or one after the
// other, both are told that it is cancelled, and the tickets come back once. An order that is not there, and was not
// there lately, is [model.CodeNotFound]; one of an event that is over, or gone, [model.CodeRefused]; one that cannot be
// read, or whose event or tickets cannot, [model.CodeFailed]. Lost answers are treated as [Store.Buy] treats them.
func (s *Store) Cancel(ctx context.Context, order model.Order, onDoubt func()) (model.Order, error) {
	soon, stop := context.WithTimeout(ctx, patience)
	defer stop()
	order, err := s.findOrder(soon, order)
	if err != nil {
		return model.Order{}, err
	}
	release, err := s.turns.take(soon, order.EventID)
	if err != nil {
		return model.Order{}, model.Wrap(model.CodeUnavailable, err,
			"too many orders for this event are waiting: nothing was cancelled, try again")
	}
	defer release()
	resp, err := s.read(soon, saleReads(order)...)
	if err != nil {
		return model.Order{}, nothingCancelled(err)
	}
	c := cancellation{store: s, order: order, seen: newSale(order, resp.Header.Revision, resp.Responses)}
	c.doubt.tell = func() {
		release()
		if onDoubt != nil {
			onDoubt()
		}
	}
	return c.carryOut(ctx)
}

// findOrder completes an order that is named by its id and user alone.
func (s *Store) findOrder(ctx context.Context, order model.Order) (model.Order, error) {
	if !isUsername(order.Username) {
		return model.Order{}, noSuchUser(order.Username)
	}
	if order.EventID != "" {
		if !isEventID(order.EventID) {
			return model.Order{}, noSuchEvent(order.EventID)
		}
		return order, nil
	}
	lists, err := s.orderLists(ctx, order.Username)
	if err != nil {
		return model.Order{}, nothingCancelled(err)
	}
	if found, ok := model.FindOrder(s.ordersIn(order.Username, lists), order.ID); ok {
		return found, nil
	}
	slices.SortFunc(lists, func(a, b *mvccpb.KeyValue) int { return cmp.Compare(b.ModRevision, a.ModRevision) })
	for _, list := range lists[:min(len(lists), formerLists)] {
		order.EventID = model.ParseKey(string(list.Key)).EventID
		if _, was := s.wasCancelled(ctx, order, list); was {
			return order, nil
		}
	}
	return model.Order{}, noSuchOrder(order)
}

// An order that is gone is looked for in what so many lists, those that changed last, held in so many states before.
const (
	formerLists  = 5
	formerStates = 50
)

// wasCancelled looks for an order in what its list held before.
func (s *Store) wasCancelled(ctx context.Context, order model.Order, list *mvccpb.KeyValue) (found model.Order, was bool) {
	err := s.past(ctx, list, 0, formerStates, func(before *mvccpb.KeyValue) {
		if orders, unreadable := model.DecodeOrders(order.Username, order.EventID, before.Value); unreadable == nil && !was {
			found, _, was = model.TakeOrder(orders, order.ID)
		}
	})
	if err != nil {
		s.log.Warn("former orders could not be read", "key", string(list.Key), "error", err)
	}
	return found, was
}

func noSuchOrder(order model.Order) error {
	return model.Errorf(model.CodeNotFound, "%s has no order %s",
		model.Truncate(model.Clean(order.Username), 60), model.Truncate(model.Clean(order.ID), 60))
}

// Orders reads all of a user's orders, newest first. There being no such user is [model.CodeNotFound].
func (s *Store) Orders(ctx context.Context, username string) ([]model.Order, error) {
	lists, err := s.orderLists(ctx, username)
	if err != nil {
		return nil, err
	}
	return s.ordersIn(username, lists), nil
}

// orderLists reads all lists of a user's orders as they are stored, one for each event.
func (s *Store) orderLists(ctx context.Context, username string) ([]*mvccpb.KeyValue, error) {
	if !isUsername(username) {
		return nil, noSuchUser(username)
	}
	resp, err := s.read(ctx, clientv3.OpGet(model.UserKey(username), clientv3.WithCountOnly()),
		clientv3.OpGet(model.PrefixPurchase+username+":", clientv3.WithPrefix()))
	if err != nil {
		return nil, err
	}
	lists := resp.Responses[1].GetResponseRange().Kvs
	if resp.Responses[0].GetResponseRange().Count == 0 && len(lists) == 0 {
		return nil, noSuchUser(username)
	}
	return lists, nil
}

func (s *Store) ordersIn(username string, lists []*mvccpb.KeyValue) []model.Order {
	person, problems := model.NewPerson(username).With(listed(lists))
	for _, problem := range problems {
		s.log.Warn("a list of orders cannot be read", "key", problem.Key, "error", problem.Err)
	}
	return person.Orders()
}

// cancellation is an order on its way back.
type cancellation struct {
	store *Store
	order model.Order // as it was last seen
	seen  sale        // what it was judged on
	found bool        // it was there when it was last looked for
	doubt doubt       // of copies that were sent on what was seen
}

// carryOut judges the cancelling, sends it, and does so again while others come first.
func (c *cancellation) carryOut(ctx context.Context) (model.Order, error) {
	for {
		order, write, err := c.judge(ctx)
		switch {
		case err != nil && c.doubt.open:
			return model.Order{}, c.unknown(err)
		case err != nil:
			return model.Order{}, err
		case len(write.thens) == 0:
			return order, nil // gone, by a copy of ours or by somebody else: that is the goal
		case ctx.Err() != nil && !c.doubt.open:
			return model.Order{}, model.Wrap(model.CodeUnavailable, ctx.Err(), "others were always faster: nothing was cancelled, try again")
		}
		c.order, c.found = order, true
		resp, err := c.store.insist(ctx, write, &c.doubt)
		switch {
		case model.CodeOf(err) == model.CodeUnknown:
			return model.Order{}, c.unknown(err)
		case err != nil:
			return model.Order{}, nothingCancelled(err)
		case resp.Succeeded:
			return order, nil
		}
		now := newSale(c.order, resp.Header.Revision, resp.Responses)
		// A list that cannot be read does not tell whether an earlier copy changed it before that.
		c.doubt.open = c.doubt.open && (now.ordersErr != nil || !c.seen.isOver(now, order))
		c.seen = now
	}
}

// judge says what is left to do: the order as it is taken back, with the write that does it. Nothing is to be written
// for an order that is gone already.
func (c *cancellation) judge(ctx context.Context) (model.Order, request, error) {
	if c.seen.ordersErr != nil {
		return model.Order{}, request{}, model.Wrap(model.CodeFailed, c.seen.ordersErr,
			"your orders for this event cannot be read: none can be cancelled")
	}
	order, rest, there := model.TakeOrder(c.seen.orders, c.order.ID)
	if there {
		write, err := c.seen.judgeReturn(order, rest, c.store.wallClock())
		return order, write, err
	}
	if c.found {
		return c.order, request{}, nil
	}
	resp, err := c.store.read(ctx, clientv3.OpGet(model.PurchaseKey(c.order.Username, c.order.EventID)))
	if err != nil {
		return model.Order{}, request{}, nothingCancelled(err)
	}
	for _, list := range resp.Responses[0].GetResponseRange().Kvs {
		if was, ok := c.store.wasCancelled(ctx, c.order, list); ok {
			return was, request{}, nil
		}
	}
	return model.Order{}, request{}, noSuchOrder(c.order)
}

// judgeReturn says how an order is taken back, leaving the rest of its list, or why it cannot be.
func (v sale) judgeReturn(order model.Order, rest []model.Order, now time.Time) (request, error) {
	switch {
	case model.CodeOf(v.eventErr) == model.CodeNotFound:
		return request{}, model.Errorf(model.CodeRefused, "the event of this order is gone: there is nothing to give back")
	case v.eventErr != nil:
		return request{}, model.Wrap(model.CodeFailed, v.eventErr, "this event's record cannot be read: its orders cannot be cancelled")
	}
	touched := order
	touched.Lines = nil
	for _, line := range order.Lines {
		if damage := v.damaged[line.Type]; damage != nil {
			return request{}, model.Wrap(model.CodeFailed, damage,
				"the record of the %s tickets cannot be read: they cannot be given back", model.Clean(line.Type))
		}
		again := slices.ContainsFunc(touched.Lines, func(l model.Line) bool { return l.Type == line.Type })
		if _, onSale := v.event.Ticket(line.Type); onSale && !again {
			touched.Lines = append(touched.Lines, line)
		}
	}
	after, err := v.event.Return(order, now)
	if err != nil {
		return request{}, err
	}
	return v.write(after, touched, model.EncodeOrders(rest))
}

func (c *cancellation) unknown(err error) error {
	return model.Wrap(model.CodeUnknown, err, "whether order %s is cancelled is not known yet: your orders will show it", c.order.ID)
}

// nothingCancelled adds to a failure what the user wants to know first.
func nothingCancelled(err error) error {
	var failure *model.Error
	if !errors.As(err, &failure) || failure.Code == model.CodeNotFound {
		return err
	}
	return model.Wrap(failure.Code, failure.Err, "%s: nothing was cancelled", failure.Message)
}
