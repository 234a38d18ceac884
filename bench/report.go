package bench

import "fmt"

// measurements are all that are wanted, each reference among those that are compared with it.
func (b *bench) measurements() []measurement {
	var all []measurement
	if b.wants("orders") || b.wants("events") {
		all = append(all, b.puts(64))
	}
	if b.wants("orders") {
		all = append(all,
			b.puts(1), b.orders("orders/1", 1, 1, b.buy), b.orders("orders/16", 16, 1, b.buy),
			b.orders("orders/64", 64, 1, b.buy), b.puts(256), b.orders("orders/256", 256, 1, b.buy), b.txns(),
			b.orders("naive/64", 64, 1, b.etcd.Buy))
	}
	if b.wants("rivals") {
		all = append(all, b.compete(1), b.compete(competitors))
	}
	if b.wants("events") {
		all = append(all, b.orders("orders/64, 10 events", 64, 10, b.buy), b.orders("orders/64, 1000 events", 64, 1000, b.buy))
	}
	return all
}

// figures are what the turns amount to.
func (b *bench) figures() []Figure {
	var out []Figure
	one := b.Members == 1
	rate := func(name, unit string) Figure { return b.samples[name].rate(name, unit) }
	puts := func(n int) Figure { return rate(fmt.Sprintf("puts/%d", n), "puts/s") }
	if len(b.samples["puts/64"]) > 0 {
		out = append(out, puts(64))
	}
	if b.wants("orders") {
		orders64, goal64 := rate("orders/64", "orders/s"), atLeast(2)
		if one {
			goal64 = atLeast(1.3)
		}
		txns := rate("keys in transactions of 120", "keys/s")
		goalTxns := atLeast(0.85)
		if one {
			goalTxns = Goal{}
		}
		alone := b.samples["orders/1"].half("orders/1, half answered within")
		out = append(out, puts(1), puts(256), txns,
			rate("orders/1", "orders/s").than(puts(1), Goal{}),
			alone.than(b.samples["puts/1"].half("puts/1, half answered within"), atMost(1.4)),
			rate("orders/16", "orders/s").than(puts(64), Goal{}),
			orders64.than(puts(64), goal64),
			rate("orders/256", "orders/s").than(puts(256), atLeast(2)),
			rate("orders/256", "orders/s").than(txns, goalTxns),
			rate("naive/64", "orders/s").than(orders64, Goal{}))
	}
	if name := competition(competitors); len(b.samples[name]) > 0 {
		rivals := b.samples[name]
		out = append(out, rivals.rate(name, "orders/s").than(rate(competition(1), "orders/s"), atLeast(0.5)),
			rivals.slowest(name+", 99 of 100 within").than(rivals.half(name+", half answered within"), atMost(5)),
			rivals.least(name+", orders of the slowest buyer"))
	}
	if b.wants("events") {
		out = append(out, rate("orders/64, 10 events", "orders/s").than(puts(64), atLeast(1)),
			rate("orders/64, 1000 events", "orders/s").than(puts(64), atLeast(1)))
	}
	return out
}

// least is the median of what the slowest client did.
func (t turns) least(name string) Figure {
	var values []float64
	for _, s := range t {
		values = append(values, float64(s.Least))
	}
	return Figure{Name: name, Value: median(values), Unit: "orders"}
}
