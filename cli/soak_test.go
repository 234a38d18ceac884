//go:build linux

package cli_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

// Who is in the shop: 300 people, of whom those who type and every tenth of the others see counts fall, which is as many as
// two processors can draw for beside five members. Those who come and go are out while the shop is measured, so that the
// number of sessions is always the same then.
const (
	soakSitting = 250
	soakTyping  = 20
	soakComing  = 30
	soakStaying = soakSitting + soakTyping
)

// What the server holds may not grow. Each of these is what may lie between two readings although nothing has leaked.
const (
	// soakHeap, in bytes, is how much more the screens may hold on which people happen to be: 4 MB were seen between one
	// reading and the next. A session is 0.75 MB, so it is too much if 11 of some hundred visits leave theirs behind.
	soakHeap = 8 << 20
	// soakGoroutines: one more for each session, which may be waiting for something to pass, as after a fault: up to 330 more
	// or fewer were seen between one reading and the next, and the fewer again later. What visits leave behind is judged
	// by what is there when everybody has left.
	soakGoroutines = soakStaying
	// soakFiles: a connection to each member that is being given up after a fault, beside the one that takes its place.
	soakFiles = 5
	// soakLater: the connections to the five members are made when they are first needed, up to two more to each than there
	// were before anybody came; each has four goroutines.
	soakLater = 10
	// soakWatchers is how many there are in all members together, whatever happened: one for the server, one for the process
	// of those who buy.
	soakWatchers = 2
)

// reading is what the server held at a moment.
type reading struct {
	at    time.Duration
	after string
	held
	resident, watchers float64 // memory in bytes, which Go gives back late, so it is not judged
	visits             int64   // so far
}

// held is what may not grow.
type held struct{ heap, goroutines, files float64 }

// judge compares the least that was held in the last third of some readings with the least in the first third, and returns
// what is wrong. The least, because what is under way comes on top of what stays.
func judge(readings []reading) (wrong []string) {
	third := len(readings) / 3
	if third == 0 {
		return []string{fmt.Sprintf("%d readings are too few to tell anything: make it longer", len(readings))}
	}
	for _, kind := range []struct {
		name  string
		of    func(held) float64
		slack float64
	}{
		{"bytes of live heap", func(h held) float64 { return h.heap }, soakHeap},
		{"goroutines", func(h held) float64 { return h.goroutines }, soakGoroutines},
		{"open files", func(h held) float64 { return h.files }, soakFiles},
	} {
		least := func(some []reading) float64 {
			return kind.of(slices.MinFunc(some, func(a, b reading) int { return cmp.Compare(kind.of(a.held), kind.of(b.held)) }).held)
		}
		before, after := least(readings[:third]), least(readings[len(readings)-third:])
		if after > before+kind.slack {
			wrong = append(wrong, fmt.Sprintf("%s grew from %.0f to %.0f, by more than %.0f", kind.name, before, after, kind.slack))
		}
	}
	return wrong
}

func TestTheSoakNoticesWhatGrows(t *testing.T) {
	t.Parallel()
	readings := func(change func(i int, h *held)) []reading {
		all := make([]reading, 12)
		for i := range all {
			all[i].held = held{200e6, 4700, 297}
			change(i, &all[i].held)
		}
		return all
	}
	require.Empty(t, judge(readings(func(i int, h *held) { // busy now and then
		h.heap, h.goroutines, h.files = h.heap+float64(i%3)*20e6, h.goroutines+float64(i%4)*100, h.files+float64(i%2)*20
	})))
	require.Len(t, judge(readings(func(i int, h *held) { h.heap += float64(i) * 2e6 })), 1)
	require.Len(t, judge(readings(func(i int, h *held) { h.goroutines += float64(i) * 60 })), 1)
	require.Len(t, judge(readings(func(i int, h *held) { h.heap, h.files = h.heap+float64(i)*2e6, h.files+float64(i) })), 2)
	require.Len(t, judge(readings(func(int, *held) {})[:2]), 1)
}

// init has the program collect its garbage when it is asked to, as nothing else can from outside. With SOAK_PROFILE=DIR it
// also writes what is left, for go tool pprof -diff_base.
func init() {
	if os.Getenv(asProgram) == "" {
		return
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	go func() {
		for n := 1; ; n++ {
			<-asked
			runtime.GC()
			runtime.GC() // what was pooled goes with the second
			if dir := os.Getenv("SOAK_PROFILE"); dir != "" {
				if err := profile(filepath.Join(dir, fmt.Sprintf("heap%03d.pprof", n))); err != nil {
					fmt.Fprintln(os.Stderr, err)
				}
			}
		}
	}()
}

func profile(name string) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(pprof.WriteHeapProfile(file), file.Close())
}

// soak is a shop over SSH that is full of people, in front of a cluster whose members fail one after another.
type soak struct {
	*sale
	server   *server
	page     string // where its metrics are
	members  *http.Client
	readings []reading

	shoppers *exec.Cmd // in a process of their own
	sold     *bytes.Buffer

	quiet  sync.RWMutex // held for reading by whoever visits or types; for writing while the shop is measured
	visits atomic.Int64
}

func TestResourcesStayFlat(t *testing.T) { //nolint:paralleltest // it takes the whole machine
	lasts, err := time.ParseDuration(cmp.Or(os.Getenv("SOAK_DURATION"), "0s"))
	require.NoError(t, err)
	if lasts == 0 {
		t.Skip("this takes minutes: run make soak")
	}
	seed, err := strconv.ParseUint(cmp.Or(os.Getenv("SOAK_SEED"), strconv.FormatUint(rand.Uint64(), 10)), 10, 64)
	require.NoError(t, err)
	fmt.Printf("soak: seed %d, for %v\n", seed, lasts)
	s := openSoak(t)
	s.shop(seed)
	empty := s.measure("before anybody came", 0)
	leave := s.letIn(seed)
	fmt.Printf("%s\n%s\n", soakHeading, empty)
	s.suffer(seed, lasts)
	leave()
	again := s.measure("everybody has left", 0)
	again.at = lasts
	fmt.Println(again)
	sum := s.endOfShopping()

	warm := lasts / 5
	wrong := judge(slices.DeleteFunc(slices.Clone(s.readings), func(r reading) bool { return r.at < warm }))
	// (Memory is not compared with that: much is made once and kept.)
	if again.goroutines > empty.goroutines+4*soakLater+soakGoroutines || again.files > empty.files+soakLater+soakFiles {
		wrong = append(wrong, "people who have left leave goroutines or files behind")
	}
	require.Positive(t, sum.Orders)
	require.NotContains(t, s.server.ends(t), "panic")
	require.Empty(t, decode[report](t, s.place.must("audit", "-w", "json")).Violations)
	s.running.end(t, os.Interrupt)
	fmt.Printf("soak: %d visits, %d orders, %d of them cancelled, %d faults, in %v\n", again.visits, sum.Orders, sum.Cancelled, len(s.readings), lasts)
	require.Empty(t, wrong, "judged without the first %v", warm)
	fmt.Println("soak: memory, goroutines, files and watchers are flat")
}

// openSoak opens the shop over SSH in front of a cluster of five processes.
func openSoak(t *testing.T) *soak {
	t.Helper()
	s := &soak{sale: beginSale(t)}
	metrics := freeAddress(t)
	s.page = "http://" + metrics + "/metrics"
	s.server = s.place.server("--metrics", metrics, "--max-sessions", "1000", "--max-per-address", "1000",
		"--connect-rate", "1000000", "--idle-timeout", "1000h", "--max-time", "1000h", "--handshake-timeout", "5m")
	authority, err := os.ReadFile(s.where.CACert)
	require.NoError(t, err)
	pair, err := tls.LoadX509KeyPair(s.where.Cert, s.where.Key)
	require.NoError(t, err)
	trust := &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: x509.NewCertPool(), Certificates: []tls.Certificate{pair}}
	trust.RootCAs.AppendCertsFromPEM(authority)
	s.members = &http.Client{Transport: &http.Transport{TLSClientConfig: trust}, Timeout: soon}
	return s
}

// shop starts a process in which shoppers buy and cancel.
func (s *soak) shop(seed uint64) {
	s.t.Helper()
	s.sold = &bytes.Buffer{}
	s.shoppers = s.place.command(s.t.Context(), "simulate", "--rate", "20", "--duration", "0", "--cancel-ratio", "0.95",
		"--seed", strconv.FormatUint(seed, 10), "-w", "json")
	s.shoppers.Stdout = s.sold
	require.NoError(s.t, s.shoppers.Start())
}

func (s *soak) endOfShopping() simulated {
	s.t.Helper()
	require.NoError(s.t, s.shoppers.Process.Signal(os.Interrupt))
	require.NoError(s.t, s.shoppers.Wait())
	return decode[simulated](s.t, result{out: s.sold.String()})
}

// suffer lets one fault after another strike until time is up, each kind once before any comes again, and measures after each.
func (s *soak) suffer(seed uint64, lasts time.Duration) {
	s.t.Helper()
	dice := rand.New(rand.NewPCG(seed, 1))
	type fault struct {
		name    string
		kills   bool
		victims func(leader string, others []string) []string
	}
	theLeader := func(leader string, _ []string) []string { return []string{leader} }
	aFollower := func(_ string, others []string) []string { return others[:1] }
	two := func(leader string, others []string) []string { return []string{leader, others[0]} }
	three := func(leader string, others []string) []string { return []string{leader, others[0], others[1]} }
	var coming []fault
	for began := time.Now(); time.Since(began) < lasts && !s.t.Failed(); {
		if len(coming) == 0 {
			coming = []fault{
				{"kill -9 of the leader", true, theLeader},
				{"kill -9 of a follower", true, aFollower},
				{"kill -9 of two, the leader among them", true, two},
				{"kill -9 of three, the leader among them", true, three},
				{"pause of the leader", false, theLeader},
				{"pause of a follower", false, aFollower},
				{"pause of three, the leader among them", false, three},
			}
			dice.Shuffle(len(coming), func(i, j int) { coming[i], coming[j] = coming[j], coming[i] })
		}
		f := coming[0]
		coming = coming[1:]
		victims := f.victims(s.well())
		if f.kills {
			s.kill(victims...)
		} else {
			s.does(model.PauseMember, victims...)
		}
		rests(s.t.Context(), 2*time.Second+time.Duration(dice.IntN(3000))*time.Millisecond)
		if f.kills {
			s.started(victims...)
		} else {
			s.does(model.ResumeMember, victims...)
		}
		s.well()
		r := s.measure(f.name, soakStaying)
		r.at = time.Since(began)
		s.readings = append(s.readings, r)
		fmt.Println(r)
	}
}

// measure reads what the server holds when nothing is under way: only those are in who stay, nobody types, no order is
// placed, the counts are live, each process watches once, and what is garbage has been collected. Otherwise that would hide
// what stays.
func (s *soak) measure(after string, inside int) reading {
	s.t.Helper()
	s.quiet.Lock()
	defer s.quiet.Unlock()
	what := fmt.Sprintf("%d sessions are open and live, with %d watchers in all", inside, soakWatchers)
	page := s.pageWhen(what, func(page string) bool {
		return int(metric(page, "ticketcd_ssh_sessions")) == inside && metric(page, "ticketcd_staleness_seconds") == 0 &&
			int(s.watchers()) == soakWatchers
	})
	require.NoError(s.t, s.shoppers.Process.Signal(syscall.SIGSTOP))
	defer func() { require.NoError(s.t, s.shoppers.Process.Signal(syscall.SIGCONT)) }()
	collected := metric(page, "go_gc_duration_seconds_count")
	require.NoError(s.t, s.server.Process.Signal(syscall.SIGUSR1))
	page = s.pageWhen("garbage is collected", func(page string) bool {
		return metric(page, "go_gc_duration_seconds_count") >= collected+2
	})
	r := reading{after: after, resident: metric(page, "process_resident_memory_bytes"), visits: s.visits.Load()}
	r.heap, r.goroutines = metric(page, "go_gc_heap_live_bytes"), metric(page, "go_goroutines")
	r.files, r.watchers = metric(page, "process_open_fds"), soakWatchers
	return r
}

// watchers counts those of all members.
func (s *soak) watchers() (sum float64) {
	s.t.Helper()
	for _, endpoint := range s.where.Endpoints {
		sum += metric(scrape(s.t, s.members, endpoint+"/metrics"), "etcd_debugging_mvcc_watcher_total")
	}
	return sum
}

// pageWhen reads the server's metrics until something is true of them.
func (s *soak) pageWhen(what string, holds func(page string) bool) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), soon)
	defer cancel()
	for {
		page := scrape(s.t, http.DefaultClient, s.page)
		if holds(page) {
			return page
		}
		require.True(s.t, rests(ctx, 100*time.Millisecond), "waited in vain until %s:\n%s", what, page)
	}
}

const soakHeading = "soak:   time  live heap  resident  goroutines  files  watchers  visits  after"

func (r reading) String() string {
	return fmt.Sprintf("soak: %4.0f s  %6.1f MB %6.1f MB  %10.0f  %5.0f  %8.0f  %6d  %s", r.at.Seconds(), r.heap/1e6, r.resident/1e6,
		r.goroutines, r.files, r.watchers, r.visits, r.after)
}

// metric finds the sum of a metric on a page.
func metric(page, name string) (sum float64) {
	for _, found := range regexp.MustCompile(`(?m)^`+name+`(?:\{.*\})? (\S+)$`).FindAllStringSubmatch(page, -1) {
		value, err := strconv.ParseFloat(found[1], 64)
		if err == nil {
			sum += value
		}
	}
	return sum
}
