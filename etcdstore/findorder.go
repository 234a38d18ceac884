package etcdstore

import (
	"context"
	"strings"

	"github.com/ticketcd/ticketcd/model"
)

// FindOrder returns the order with an id, in capitals or not, whoever's it is: people who ask about an order often know nothing
// else of it. It reads all orders of the shop, which takes seconds where there are a million. A [model.CodeNotFound] says that
// there is none, or none any more: a cancelled order leaves no record.
func (s *Store) FindOrder(ctx context.Context, id string) (model.Order, error) {
	reading := scan{store: s, prefix: model.PrefixPurchase}
	for kvs, err := range reading.pages(ctx) {
		if err != nil {
			return model.Order{}, err
		}
		for _, kv := range kvs {
			key := model.ParseKey(string(kv.Key))
			if key.Family != model.FamilyPurchase {
				continue
			}
			orders, err := model.DecodeOrders(key.Username, key.EventID, kv.Value)
			if err != nil {
				s.log.Warn("a list of orders cannot be read", "key", string(kv.Key), "error", err)
				continue
			}
			for _, order := range orders {
				if strings.EqualFold(order.ID, id) {
					return order, nil
				}
			}
		}
	}
	return model.Order{}, model.Errorf(model.CodeNotFound, "there is no order %s: it may have been cancelled", model.Excerpt(id, 40))
}
