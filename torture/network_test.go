package torture

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"sync"
	"time"
)

// shoppers is the name of everybody who is no member.
const shoppers = "shoppers"

// way is one direction between two ends of the network: members by their names, or shoppers.
type way struct{ from, to string }

// weather is what happens on a way. The zero value is fair.
type weather struct {
	cut    bool          // what is sent waits until it is over; nothing is lost, as TCP has it
	delay  time.Duration // for everything
	jitter time.Duration // and up to so much more
	loss   float64       // the part of all packets that is lost, and so comes after another lossDelay
}

// lossDelay is how long TCP takes to send again what was lost.
const lossDelay = 250 * time.Millisecond

// network is all lines between members, and from shoppers to members. Libraries that do this know only where a connection
// leads, not who opened it; but a member that is cut off must be cut off in what it opened itself, too.
type network struct {
	mu       sync.Mutex
	weathers map[way]weather
	changed  chan struct{}     // closed, and replaced, at every change of the weather
	names    map[string]string // of members, by the id that they go by among each other
	open     map[*link]bool
	doors    []net.Listener
	ended    bool
	running  sync.WaitGroup
}

func newNetwork() *network {
	return &network{weathers: map[way]weather{}, changed: make(chan struct{}), names: map[string]string{}, open: map[*link]bool{}}
}

// lead opens a way to a member, and returns the URL at which it begins. from is empty where that is other members.
func (n *network) lead(from, to, target string) (string, error) {
	u, err := url.Parse(target)
	if err != nil {
		return "", err
	}
	door, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it does not wait for anything
	if err != nil {
		return "", err
	}
	n.doors = append(n.doors, door)
	n.running.Go(func() {
		for {
			conn, err := door.Accept()
			if err != nil {
				return
			}
			n.running.Go(func() { n.join(conn, from, to, u.Host) })
		}
	})
	return "http://" + door.Addr().String(), nil
}

// join connects a caller with a member until one of them, or the network, has had enough.
func (n *network) join(caller net.Conn, from, to, target string) {
	defer caller.Close()
	member, err := net.Dial("tcp", target) //nolint:noctx // on this machine, it succeeds or fails at once
	if err != nil {
		return
	}
	defer member.Close()
	l := &link{network: n, caller: caller, member: member, from: from, to: to, over: make(chan struct{})}
	if !n.add(l) {
		return
	}
	defer n.remove(l)
	var both sync.WaitGroup
	both.Go(func() { l.carry(member, caller, l.there) })
	both.Go(func() { l.carry(caller, member, l.back) })
	both.Wait()
}

func (n *network) add(l *link) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.open[l] = !n.ended
	return !n.ended
}

func (n *network) remove(l *link) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.open, l)
}

// know gives a member's id its name.
func (n *network) know(id, name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.names[id] = name
}

// set makes the weather on a way.
func (n *network) set(w weather, ways ...way) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, one := range ways {
		n.weathers[one] = w
	}
	close(n.changed)
	n.changed = make(chan struct{})
}

// clear makes the weather fair everywhere.
func (n *network) clear() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.weathers = map[way]weather{}
	close(n.changed)
	n.changed = make(chan struct{})
}

// on returns the weather on a way, and a channel that is closed when it changes.
func (n *network) on(w way) (weather, <-chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if name := n.names[w.from]; name != "" {
		w.from = name
	}
	if name := n.names[w.to]; name != "" {
		w.to = name
	}
	return n.weathers[w], n.changed
}

// reset breaks all connections that shoppers have, in whatever they are doing.
func (n *network) reset() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for l := range n.open {
		if l.from == shoppers {
			l.end()
		}
	}
}

func (n *network) close() error {
	n.mu.Lock()
	n.ended = true
	for l := range n.open {
		l.end()
	}
	n.mu.Unlock()
	var errs []error
	for _, door := range n.doors {
		errs = append(errs, door.Close())
	}
	n.running.Wait()
	return errors.Join(errs...)
}

// link is one connection.
type link struct {
	network        *network
	caller, member net.Conn
	to             string
	over           chan struct{}
	once           sync.Once

	mu   sync.Mutex
	from string // a member's id among members; empty before it has said so
}

func (l *link) end() {
	l.once.Do(func() {
		close(l.over)
		l.caller.Close()
		l.member.Close()
	})
}

func (l *link) there() way {
	l.mu.Lock()
	defer l.mu.Unlock()
	return way{l.from, l.to}
}

func (l *link) back() way {
	w := l.there()
	return way{w.to, w.from}
}

// introduction is how members say who they are, in every request but those that ask only whether somebody is there.
var introduction = []byte("X-Server-From: ")

func (l *link) listen(request []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, said, found := bytes.Cut(request, introduction); found && l.from == "" {
		id, _, _ := bytes.Cut(said, []byte("\r\n"))
		l.from = string(id)
	}
}

// parcel is something that is on its way, and when it is to arrive.
type parcel struct {
	content []byte
	due     time.Time
}

// carry takes everything from one end to the other, as the weather has it.
func (l *link) carry(to io.Writer, from io.Reader, on func() way) {
	parcels := make(chan parcel, 256)
	var delivering sync.WaitGroup
	delivering.Go(func() {
		defer l.end()
		for p := range parcels {
			if !l.await(p.due, on) {
				return
			}
			if _, err := to.Write(p.content); err != nil {
				return
			}
		}
	})
	defer delivering.Wait()
	defer close(parcels)
	buffer := make([]byte, 32<<10)
	for {
		count, err := from.Read(buffer)
		if err != nil {
			return
		}
		p := parcel{bytes.Clone(buffer[:count]), time.Now()}
		l.listen(p.content)
		if w, _ := l.network.on(on()); w != (weather{}) {
			p.due = p.due.Add(w.delay + time.Duration(rand.Float64()*float64(w.jitter)))
			if rand.Float64() < w.loss {
				p.due = p.due.Add(lossDelay)
			}
		}
		select {
		case parcels <- p:
		case <-l.over:
			return
		}
	}
}

// await waits until something may arrive, and says whether the link still stands.
func (l *link) await(due time.Time, on func() way) bool {
	if wait := time.Until(due); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-l.over:
			return false
		}
	}
	for {
		w, changed := l.network.on(on())
		if !w.cut {
			return true
		}
		select {
		case <-changed:
		case <-l.over:
			return false
		}
	}
}
