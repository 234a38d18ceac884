package model

import (
	"slices"
	"time"
)

// MaxSamples is how many samples a member's history holds: three minutes at one a second.
const MaxSamples = 180

// Cluster is what was seen of an etcd cluster at one moment. It is not changed after it was made.
type Cluster struct {
	Members []Member  // by name; where no member told who belongs to the cluster, one for each endpoint that was given
	Quorum  bool      // most of those who vote answer, and follow the same leader
	Healthy int       // how many members take part and raise no alarm; see [Member.Sound]
	Leader  string    // the leader's name; empty while there is none
	Taken   time.Time // zero before the first look

	// What somebody knows who has looked before; see [Cluster.Continue].
	Paused time.Time   // since when there has been no quorum; zero while there is one, and where nobody saw it go
	Story  []Happening // what has happened, the newest last, at most [MaxStory]
}

// Member is one member of a cluster. Of one that does not answer, only what the others know is set, and Err.
type Member struct {
	Name     string
	ID       string // in hexadecimal digits, as etcdctl writes it; empty while it is not known
	Endpoint string // where it was asked
	Version  string
	Leader   bool
	Learner  bool // does not vote yet

	RaftTerm    uint64
	RaftIndex   uint64 // the last entry that it knows to be agreed on
	RaftApplied uint64 // the last entry that it has carried out

	DBSize  int64 // bytes of its database file
	DBInUse int64 // bytes of that which hold data; defragmenting frees the rest
	Quota   int64 // bytes at which the database is full; 0 where it does not tell

	Latency time.Duration // how long its last answer took
	Uptime  time.Duration // 0 where it does not tell
	Alarms  []string      // such as NOSPACE
	Errors  []string      // what else it complains of, in its own words
	Err     string        // why it takes no part, in words: it does not answer, or is cut off; empty while all is well
	Since   time.Time     // since when that is known; zero where nobody watched

	Measured bool // whether its metrics could be read: without them, what follows is zero
	Activity Activity
	// Peers are the round trips to other members, by their id, as last measured, which a member does twice a minute.
	Peers map[string]time.Duration
	// History are the samples of the last three minutes, oldest first, at most [MaxSamples].
	History []Sample
}

// Activity is what a member does, as its metrics tell. Rates are per second since the sample before.
type Activity struct {
	Requests      Requests
	BytesIn       float64 // from clients
	BytesOut      float64 // to clients
	Committed     float64 // proposals that were agreed on
	Failed        float64 // proposals that were not
	Pending       int     // proposals that wait to be agreed on
	LeaderChanges int     // that it has seen since it was started
	Watchers      int
	FsyncP99      time.Duration // of its log, over the last ten seconds in which there was any; 0 for none
	CommitP99     time.Duration // of its database, likewise
}

// Requests are a member's requests from clients per second, by kind. Questions about the cluster itself, such as those
// that this is made from, do not count.
type Requests struct {
	Range, Put, Delete, Txn float64
	Watch                   float64 // messages to those who watch
	Other                   float64 // leases, compactions and log-ins
}

// Total returns all requests per second. Messages to those who watch are answers, and do not count.
func (r Requests) Total() float64 { return r.Range + r.Put + r.Delete + r.Txn + r.Other }

// Sample is a member at one moment in the past.
type Sample struct {
	Taken    time.Time
	Healthy  bool
	Latency  time.Duration
	Activity Activity // zero where it is not known
}

// Healthy says whether a member takes part: it answered in time, and is not cut off from the others.
func (m Member) Healthy() bool { return m.Err == "" }

// Sound says whether nothing is wrong with a member: it takes part, and raises no alarm.
func (m Member) Sound() bool { return m.Healthy() && len(m.Alarms) == 0 }

// Title is what to call a member: its name, or where it was asked.
func (m Member) Title() string {
	if m.Name != "" {
		return m.Name
	}
	return m.Endpoint
}

// Role says in a word what a member does. It is empty for one that does not take part.
func (m Member) Role() string {
	switch {
	case !m.Healthy():
		return ""
	case m.Leader:
		return "leader"
	case m.Learner:
		return "learner"
	default:
		return "follower"
	}
}

// Member returns the member with an id.
func (c Cluster) Member(id string) (Member, bool) {
	at := slices.IndexFunc(c.Members, func(m Member) bool { return m.ID == id && id != "" })
	if at < 0 {
		return Member{}, false
	}
	return c.Members[at], true
}

// Lag returns how many entries a member has yet to carry out, of those that any member knows to be agreed on. Members
// are asked one after the other, so that a few are nothing unusual while much is written.
func (c Cluster) Lag(m Member) uint64 {
	agreed := m.RaftApplied
	for _, other := range c.Members {
		agreed = max(agreed, other.RaftIndex)
	}
	if !m.Healthy() {
		return 0
	}
	return agreed - m.RaftApplied
}

// voters returns how many members vote, and how many of those are healthy. One that nobody knows anything of is taken
// for a voter.
func (c Cluster) voters() (all, healthy int) {
	for _, m := range c.Members {
		if m.Learner {
			continue
		}
		all++
		if m.Healthy() {
			healthy++
		}
	}
	return all, healthy
}

// CanLose returns how many more members may fail before sales are paused; 0 also where they are paused already.
func (c Cluster) CanLose() int {
	all, healthy := c.voters()
	if !c.Quorum {
		return 0
	}
	return max(0, healthy-majority(all))
}

// Refusing says in words why the members take no orders although they agree: an alarm of one of them binds all. It is empty
// where there is no such alarm.
func (c Cluster) Refusing() string {
	switch {
	case c.raises("CORRUPT"):
		return "sales are refused, as the members' data differ"
	case c.raises("NOSPACE"):
		return "sales are refused, as the database is full"
	}
	return ""
}

func (c Cluster) raises(alarm string) bool {
	return slices.ContainsFunc(c.Members, func(m Member) bool { return slices.Contains(m.Alarms, alarm) })
}

// Remedy says what to do about that, in the words of the cluster screen; etcdctl calls clearing an alarm to disarm it.
func (c Cluster) Remedy() string {
	switch {
	case c.raises("CORRUPT"):
		return "replace the member that raised the alarm, or restore a snapshot, then clear the alarms"
	case c.raises("NOSPACE"):
		return "compact the history in the console, defragment every member, then clear the alarms"
	}
	return ""
}

// Outlook says in words what the cluster can still lose, or what it waits for.
func (c Cluster) Outlook() string {
	all, healthy := c.voters()
	missing := majority(all) - healthy
	switch spare := c.CanLose(); {
	case all == 0:
		return "nothing is known of the cluster yet"
	case missing > 0 && healthy == 0:
		return "sales are paused, as no member answers"
	case missing > 0:
		return "sales are paused until " + more(missing) + OneOrMany(missing, " returns", " return")
	case !c.Quorum:
		return "sales are paused until the members have a leader"
	case c.Refusing() != "":
		return c.Refusing()
	case spare > 0:
		return more(spare) + " may fail"
	case all == 1:
		return "sales stop if it fails"
	default:
		return "no more members may fail"
	}
}

// enough says whether enough members answer to agree, with a leader or without one yet.
func (c Cluster) enough() bool {
	all, healthy := c.voters()
	return healthy >= majority(all)
}

// After is the cluster as it would be once a member, by its place among the members, has failed, or takes part again. Where
// it led, the others are taken to have agreed on another leader.
func (c Cluster) After(i int, well bool) Cluster {
	c.Members = slices.Clone(c.Members)
	m := &c.Members[i]
	if m.Err = ""; !well {
		m.Err = "it does not answer"
	}
	c.Healthy = 0
	for _, m := range c.Members {
		if m.Sound() {
			c.Healthy++
		}
	}
	c.Quorum = c.enough()
	return c
}

// majority is how many of those who vote it takes to decide.
func majority(voters int) int { return voters/2 + 1 }

func more(members int) string {
	return Thousands(members) + " more " + OneOrMany(members, "member", "members")
}
