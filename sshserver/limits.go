package sshserver

import (
	"net"
	"net/netip"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Limits bound what strangers may take. Zero values are not replaced: begin with [DefaultLimits].
type Limits struct {
	Sessions   int           // at once, in all
	PerAddress int           // sessions at once from one address; a /64 counts as one
	Connects   int           // new connections a minute from one address, and further sessions on those; as many again at once
	Logins     int           // failed log-ins a minute for one account from one address; four times as many from the address
	Idle       time.Duration // without a key being pressed
	Longest    time.Duration // of a session, whatever happens in it
	Handshake  time.Duration // until somebody is in, and again until a session begins
	Input      int           // bytes of keystrokes a second; what comes faster waits
	Grace      time.Duration // for orders that are under way when a session has to end
}

// DefaultLimits are sound for a shop on the internet.
func DefaultLimits() Limits {
	return Limits{
		Sessions: 500, PerAddress: 10, Connects: 20, Logins: 5,
		Idle: 15 * time.Minute, Longest: 4 * time.Hour, Handshake: 10 * time.Second,
		Input: 1024, Grace: 20 * time.Second,
	}
}

// remembered is how many addresses and accounts are counted. Beyond it, those that were quiet for longest are forgotten.
const remembered = 20_000

// budgets allow each of many parties so many deeds at once, which grow back evenly over a minute.
type budgets struct {
	mu      sync.Mutex
	most    float64
	now     func() time.Time
	parties *lru.Cache[string, budget]
}

type budget struct {
	left float64
	at   time.Time
}

func newBudgets(most int, now func() time.Time) *budgets {
	parties, err := lru.New[string, budget](remembered)
	if err != nil { // only for a size below one
		panic(err)
	}
	return &budgets{most: float64(most), now: now, parties: parties}
}

// take spends one of the party's deeds. If there is none left it returns how long until there is.
func (b *budgets) take(party string) (wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	of := b.grown(party, now)
	if of.left < 1 {
		return max(time.Duration((1-of.left)/b.most*float64(time.Minute)), time.Second)
	}
	b.parties.Add(party, budget{of.left - 1, now})
	return 0
}

// giveBack undoes a take.
func (b *budgets) giveBack(party string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	b.parties.Add(party, budget{min(b.grown(party, now).left+1, b.most), now})
}

func (b *budgets) grown(party string, now time.Time) budget {
	of, known := b.parties.Get(party)
	if !known {
		return budget{b.most, now}
	}
	grown := now.Sub(of.at).Minutes() * b.most
	return budget{min(of.left+max(grown, 0), b.most), now}
}

// counts are how many of something there are, in all and for each address.
type counts struct {
	mu              sync.Mutex
	all, perAddress int // the most
	total           int
	by              map[string]int
}

func newCounts(all, perAddress int) *counts {
	return &counts{all: all, perAddress: perAddress, by: map[string]int{}}
}

// full says why another one is too much.
type full string

const (
	notFull     full = ""
	fullHouse   full = "The shop is full at the moment. Please try again in a few minutes."
	fullAddress full = "There are too many sessions from your address. Please close one first."
)

func (c *counts) enter(address string) full {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.total >= c.all:
		return fullHouse
	case c.by[address] >= c.perAddress:
		return fullAddress
	}
	c.total++
	c.by[address]++
	return notFull
}

func (c *counts) leave(address string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total--
	if c.by[address]--; c.by[address] == 0 {
		delete(c.by, address)
	}
}

func (c *counts) now() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.total
}

// addressOf is whom an address is counted as: an IPv4 address, or the /64 that one IPv6 line usually has.
func addressOf(addr net.Addr) string {
	parsed, err := netip.ParseAddrPort(addr.String())
	if err != nil {
		return addr.String()
	}
	ip := parsed.Addr().Unmap()
	if ip.Is6() {
		if prefix, err := ip.WithZone("").Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return ip.String()
}

// pace slows a reader down to so many bytes a second, after a burst of a few seconds' worth.
type pace struct {
	rate  float64
	ahead float64
	at    time.Time
}

const paceBurst = 4 // seconds' worth

// wait says how long to wait after so many more bytes.
func (p *pace) wait(n int, now time.Time) time.Duration {
	if !p.at.IsZero() {
		p.ahead = max(p.ahead-now.Sub(p.at).Seconds()*p.rate, 0)
	}
	p.at = now
	p.ahead += float64(n)
	if over := p.ahead - paceBurst*p.rate; over > 0 {
		return time.Duration(over / p.rate * float64(time.Second))
	}
	return 0
}
