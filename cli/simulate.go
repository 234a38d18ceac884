package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/crowd"
	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
)

// maxBuyers is how many shoppers may be simulated: their names have four digits.
const maxBuyers = 9999

// simulation is what the flags of simulate ask for.
type simulation struct {
	buyers   int
	duration time.Duration
	events   []string
	rate     float64
	cancel   float64
	mix      []string
	seed     uint64
}

// simulationJSON is what came of it, as scripts see it.
type simulationJSON struct {
	Seconds   float64 `json:"seconds"`
	Orders    int     `json:"orders"`
	Tickets   int     `json:"tickets"`
	Cancelled int     `json:"cancelled"`
	Refused   int     `json:"refused"`
	Errors    int     `json:"errors"`
	Unknown   int     `json:"unknown"`
	PerSecond float64 `json:"orders_per_second"`
	P50MS     float64 `json:"p50_ms"`
	P99MS     float64 `json:"p99_ms"`
}

func (a *app) simulateCommand() *cobra.Command {
	var sim simulation
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Let simulated shoppers buy and cancel, for demos and load",
		Long: "Lets a crowd of simulated shoppers buy tickets, and now and then take an order back. Each is a user of the shop,\n" +
			"sim0001 and so on, whose account is created if it is missing and nobody can log in to. Their orders are real\n" +
			"ones: use it on demo data. It ends after --duration, or when it is interrupted, lets the orders that are under way\n" +
			"be answered, and says what it did; either way the exit code is 0.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := needValue(cmd.Flags(), "event"); err != nil {
				return err
			}
			mix, err := sim.check()
			if err != nil {
				return err
			}
			return a.with(cmd.Context(), func(store *opened) error { return a.simulate(cmd.Context(), store, sim, mix) })
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&sim.buyers, "buyers", 20, "`number` of shoppers")
	flags.DurationVar(&sim.duration, "duration", 30*time.Second, "`how long`, such as 90s or 5m; 0 until it is interrupted")
	flags.StringSliceVar(&sim.events, "event", nil, "`id` of the event that all of them want (default: all events, some more than others)")
	flags.Float64Var(&sim.rate, "rate", 10, "`orders` per second of all together, on average; 0 for as many as the store takes")
	flags.Float64Var(&sim.cancel, "cancel-ratio", 0.1, "`share` of the orders that are cancelled, from 0 to 1")
	flags.StringSliceVar(&sim.mix, "mix", nil, "types of tickets that they ask for, in capitals or not, by weight, as `TYPE=N,...` (default: any)")
	flags.Uint64Var(&sim.seed, "seed", 1, "`number` of the crowd: same number, same wishes")
	return cmd
}

// check refuses what makes no sense, and returns the weights of ticket types.
func (sim simulation) check() (map[string]int, error) {
	switch {
	case sim.buyers < 1 || sim.buyers > maxBuyers:
		return nil, model.Errorf(model.CodeUsage, "%d shoppers cannot be simulated: --buyers takes 1 to %d", sim.buyers, maxBuyers)
	case slices.ContainsFunc(sim.events, isBlank):
		return nil, model.Errorf(model.CodeUsage, "--event names an event without an id")
	case sim.duration < 0:
		return nil, model.Errorf(model.CodeUsage, "--duration cannot be negative")
	case !(sim.rate >= 0 && sim.rate <= 1e6):
		return nil, model.Errorf(model.CodeUsage, "--rate takes 0 to 1,000,000 orders per second")
	case !(sim.cancel >= 0 && sim.cancel <= 1):
		return nil, model.Errorf(model.CodeUsage, "--cancel-ratio takes 0 to 1")
	}
	mix, all := map[string]int{}, 0
	for _, part := range sim.mix {
		ticketType, weight, _ := strings.Cut(part, "=")
		n, err := strconv.Atoi(weight)
		if err != nil || n < 0 || n > 1e6 || ticketType == "" {
			return nil, model.Errorf(model.CodeUsage, "%q does not say how often a type is asked for: write TYPE=N, such as red=3", part)
		}
		if _, twice := mix[ticketType]; twice {
			return nil, namedTwice(ticketType)
		}
		mix[ticketType] = n
		all += n
	}
	if len(mix) > 0 && all == 0 {
		return nil, model.Errorf(model.CodeUsage, "--mix asks for nothing: give one of the types more than 0")
	}
	return mix, nil
}

// onSale are the events that the shoppers want, as far as tickets for them are on sale.
func (sim simulation) onSale(catalogue *model.Catalogue) ([]*model.Event, error) {
	for _, id := range sim.events {
		if _, ok := catalogue.Event(id); !ok {
			return nil, model.Errorf(model.CodeNotFound, "there is no event %s", model.Excerpt(id, 40))
		}
	}
	if catalogue.Len() == 0 {
		return nil, model.Errorf(model.CodeNotFound, "this shop has no events: fill it with ticketcd seed, say")
	}
	now := model.WallClock(time.Now())
	var events []*model.Event
	for _, e := range catalogue.Search(model.Query{}).Events() {
		wanted := len(sim.events) == 0 || slices.Contains(sim.events, e.ID)
		if wanted && len(e.Tickets) > 0 && !e.IsPast(now) {
			events = append(events, e)
		}
	}
	if len(events) == 0 {
		return nil, model.Errorf(model.CodeRefused, "nothing is on sale any more: what they want is over, or has no tickets")
	}
	return events, nil
}

// spelled returns the weights of ticket types as the events spell them. Types that none of them has are refused: nobody would
// be sold one.
func spelled(mix map[string]int, events []*model.Event) (map[string]int, error) {
	weights, meant := map[string]int{}, map[string]string{}
	for _, wanted := range slices.Sorted(maps.Keys(mix)) {
		found := false
		for _, e := range events {
			ticket, ok := e.TicketCalled(wanted)
			if !ok {
				continue
			}
			if before, twice := meant[ticket.Type]; twice && before != wanted {
				return nil, namedTwice(wanted)
			}
			weights[ticket.Type], meant[ticket.Type], found = mix[wanted], wanted, true
		}
		if !found {
			return nil, model.Errorf(model.CodeNotFound, "there are no %q tickets: choose from %s", model.Excerpt(wanted, 40), ticketTypes(events))
		}
	}
	return weights, nil
}

func namedTwice(ticketType string) error {
	return model.Errorf(model.CodeUsage, "--mix names the %s tickets twice", model.Excerpt(ticketType, 40))
}

// ticketTypes lists what tickets events have.
func ticketTypes(events []*model.Event) string {
	var types []string
	for _, e := range events {
		for _, ticket := range e.Tickets {
			types = append(types, ticket.Name())
		}
	}
	slices.Sort(types)
	return strings.Join(slices.Compact(types), ", ")
}

func (a *app) simulate(ctx context.Context, store *opened, sim simulation, mix map[string]int) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	live := model.NewLive()
	var following sync.WaitGroup
	following.Go(func() { store.Follow(ctx, live) })
	defer following.Wait()
	defer cancel()
	shop, err := untilLoaded(ctx, live)
	if err != nil {
		return err
	}
	events, err := sim.onSale(shop.Catalogue)
	if err != nil {
		return err
	}
	if mix, err = spelled(mix, events); err != nil {
		return err
	}
	buyers, err := simulatedUsers(ctx, store, sim.buyers)
	if err != nil {
		return err
	}
	shopping := ctx
	if sim.duration > 0 {
		limited, stop := context.WithTimeout(ctx, sim.duration)
		defer stop()
		shopping = limited
	}
	report := a.newCrowdReport()
	sum := crowd.Run(shopping, store, crowd.Config{
		Buyers: buyers, Live: live, Events: sim.events, Rate: sim.rate, CancelRatio: sim.cancel, Mix: mix, Seed: sim.seed,
		Now: time.Now, Tell: report.tell,
	})
	report.end()
	return a.printSimulation(sum)
}

// simulatedUsers makes the accounts of simulated shoppers that are missing, and returns the names of all. They have no
// password, so nobody can log in to them.
func simulatedUsers(ctx context.Context, store *opened, n int) ([]string, error) {
	var names []string
	var records []model.Record
	for i := range n {
		name := fmt.Sprintf("sim%04d", i+1)
		names = append(names, name)
		user := model.User{
			Username: name, Name: fmt.Sprintf("Simulated shopper %d", i+1), Email: name + "@example.com",
			Role: model.RoleUser,
		}
		records = append(records, model.Record{Key: model.UserKey(name), Value: user.Encode()})
	}
	_, err := store.Load(ctx, records, etcdstore.LoadOptions{Resume: true})
	if model.CodeOf(err) == model.CodeConflict { // another simulation makes them at this moment
		_, err = store.Load(ctx, records, etcdstore.LoadOptions{Resume: true})
	}
	return names, err
}

func (a *app) printSimulation(sum crowd.Summary) error {
	if a.flags.json() {
		return a.printJSON(simulationJSON{
			Seconds: sum.Took.Seconds(), Orders: sum.Orders, Tickets: sum.Tickets, Cancelled: sum.Cancelled, Refused: sum.Refused,
			Errors: sum.Failed, Unknown: sum.Unknown, PerSecond: sum.PerSecond(), P50MS: millis(sum.P50), P99MS: millis(sum.P99),
		})
	}
	a.printf("%s in %.0f s (%.1f a second) for %s; %s cancelled, %s refused\n", model.Plural(sum.Orders, "order"), sum.Took.Seconds(),
		sum.PerSecond(), model.Plural(sum.Tickets, "ticket"), model.Thousands(sum.Cancelled), model.Thousands(sum.Refused))
	a.printf("half were answered within %.1f ms, 99 of 100 within %.1f ms\n", millis(sum.P50), millis(sum.P99))
	if sum.Failed+sum.Unknown > 0 {
		a.printf("%s failed because the shop did not answer, %s with an unknown outcome; the last: %s\n",
			model.Thousands(sum.Failed), model.Thousands(sum.Unknown), model.Clean(sum.Problem))
	}
	return nil
}

// crowdReport tells how a simulation goes, about once a second on a terminal and every few seconds elsewhere.
type crowdReport struct {
	mu       sync.Mutex
	line     *progress
	began    time.Time
	sum      crowd.Summary
	before   int
	interval time.Duration
}

func (a *app) newCrowdReport() *crowdReport {
	r := &crowdReport{line: a.newProgress(""), began: time.Now(), interval: lineEvery}
	if r.line.terminal {
		r.interval = time.Second
	}
	return r
}

func (r *crowdReport) tell(o crowd.Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch o.Kind {
	case crowd.Bought:
		r.sum.Orders++
	case crowd.Cancelled:
		r.sum.Cancelled++
	case crowd.Refused:
		r.sum.Refused++
	case crowd.Failed, crowd.Unknown:
		r.sum.Problem = model.Sentence(o.Err)
	}
	since := time.Since(r.line.shown)
	if since < r.interval {
		return
	}
	line := fmt.Sprintf("%3.0f s: %s (%.0f a second), %s cancelled, %s refused", time.Since(r.began).Seconds(),
		model.Plural(r.sum.Orders, "order"), float64(r.sum.Orders-r.before)/since.Seconds(),
		model.Thousands(r.sum.Cancelled), model.Thousands(r.sum.Refused))
	if r.sum.Problem != "" {
		line += "; " + model.Clean(r.sum.Problem)
	}
	r.before, r.sum.Problem = r.sum.Orders, ""
	r.line.say(line)
}

func (r *crowdReport) end() { r.line.end() }
