package cli

import (
	"context"

	"github.com/ticketcd/ticketcd/model"
)

// firstShop waits until the shop is loaded, or says what is in the way, or ctx ends, and returns it as it is then.
func firstShop(ctx context.Context, live *model.Live) model.Shop {
	for {
		shop, changed := live.Shop()
		if shop.Loaded || shop.Why != "" {
			return shop
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return shop
		}
	}
}

// untilLoaded is firstShop for those who can do nothing with a shop that is not loaded.
func untilLoaded(ctx context.Context, live *model.Live) (model.Shop, error) {
	shop := firstShop(ctx, live)
	switch {
	case shop.Loaded:
		return shop, nil
	case shop.Why != "":
		return shop, model.Errorf(model.CodeUnavailable, "%s", shop.Why)
	}
	return shop, ctx.Err()
}
