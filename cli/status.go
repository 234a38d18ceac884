package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
)

// clusterJSON is a cluster as scripts see it.
type clusterJSON struct {
	Quorum  bool         `json:"quorum"`
	Healthy int          `json:"healthy"`
	Leader  string       `json:"leader"`
	Members []memberJSON `json:"members"`
}

// memberJSON is a member as scripts see it.
type memberJSON struct {
	Name        string   `json:"name"`
	ID          string   `json:"id"`
	Endpoint    string   `json:"endpoint"`
	Healthy     bool     `json:"healthy"`
	Leader      bool     `json:"leader"`
	Version     string   `json:"version"`
	RaftTerm    uint64   `json:"raft_term"`
	RaftIndex   uint64   `json:"raft_index"`
	RaftApplied uint64   `json:"raft_applied_index"`
	DBSize      int64    `json:"db_size"`
	DBInUse     int64    `json:"db_size_in_use"`
	Quota       int64    `json:"db_size_quota"` // 0 where it does not tell
	LatencyMS   float64  `json:"latency_ms"`
	UptimeS     float64  `json:"uptime_s"` // 0 where it does not tell
	Alarms      []string `json:"alarms"`
	Error       string   `json:"error"`
}

func (a *app) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show the cluster, member by member",
		Long: "Asks every member of the cluster for its state, each for a second at most, and says which do not answer.\n" +
			"Exits with 5 if nothing can be sold: the cluster has no quorum, or an alarm, as of a full database.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withAny(cmd.Context(), func(cfg etcdstore.Config) error {
				status, err := etcdstore.Status(cmd.Context(), cfg)
				if err != nil {
					return err
				}
				return a.printCluster(status)
			})
		},
	}
}

func (a *app) printCluster(c model.Cluster) error {
	if a.flags.json() {
		if err := a.printJSON(newClusterJSON(c)); err != nil {
			return err
		}
	} else {
		if err := a.printMembers(c); err != nil {
			return err
		}
		a.printf("\n%d of %s healthy: %s.\n", c.Healthy, model.Plural(len(c.Members), "member"), c.Outlook())
	}
	if !c.Quorum {
		return model.Errorf(model.CodeUnavailable, "the cluster has no quorum; %s", c.Outlook())
	}
	if c.Refusing() != "" {
		return model.Errorf(model.CodeUnavailable, "%s: %s", c.Refusing(), c.Remedy())
	}
	return nil
}

func newClusterJSON(c model.Cluster) clusterJSON {
	out := clusterJSON{Quorum: c.Quorum, Healthy: c.Healthy, Leader: c.Leader, Members: []memberJSON{}}
	for _, m := range c.Members {
		out.Members = append(out.Members, memberJSON{
			Name: m.Name, ID: m.ID, Endpoint: m.Endpoint, Healthy: m.Sound(), Leader: m.Leader, Version: m.Version,
			RaftTerm: m.RaftTerm, RaftIndex: m.RaftIndex, RaftApplied: m.RaftApplied, DBSize: m.DBSize, DBInUse: m.DBInUse,
			Quota: m.Quota, LatencyMS: millis(m.Latency), UptimeS: m.Uptime.Seconds(),
			Alarms: append([]string{}, m.Alarms...), Error: complaints(m, alarms(m)...),
		})
	}
	return out
}

// complaints are what is wrong with a member, in one line.
func complaints(m model.Member, more ...string) string {
	all := slices.Concat(m.Errors, more)
	if m.Err != "" {
		all = slices.Insert(all, 0, m.Err)
	}
	return strings.Join(all, "; ")
}

func alarms(m model.Member) []string {
	var all []string
	for _, alarm := range m.Alarms {
		all = append(all, "alarm "+alarm)
	}
	return all
}

func (a *app) printMembers(c model.Cluster) error {
	rows := make([][]string, 0, len(c.Members))
	for _, m := range c.Members {
		row := []string{m.Name, m.ID, m.Endpoint}
		if m.Version == "" {
			row = append(row, "", "down", "", "", "", "", "", "", "", "", "")
		} else {
			row = append(row, m.Version, role(m),
				strconv.FormatUint(m.RaftTerm, 10), strconv.FormatUint(m.RaftIndex, 10), strconv.FormatUint(m.RaftApplied, 10),
				strconv.FormatUint(c.Lag(m), 10), model.Bytes(m.DBSize), model.Bytes(m.DBInUse), quota(m),
				fmt.Sprintf("%.1f ms", m.Latency.Seconds()*1000), uptime(m.Uptime))
		}
		rows = append(rows, append(row, strings.Join(m.Alarms, " "), complaints(m)))
	}
	return a.printTable([]string{
		"NAME", "ID", "ENDPOINT", "VERSION", "ROLE", "TERM", "INDEX", "APPLIED", "LAG", "SIZE", "IN USE", "QUOTA", "LATENCY",
		"UPTIME", "ALARMS", "ERRORS",
	}, rows, 5, 6, 7, 8, 9, 10, 11, 12, 13)
}

func role(m model.Member) string {
	if m.Healthy() {
		return m.Role()
	}
	return "cut off"
}

func quota(m model.Member) string {
	if m.Quota == 0 {
		return ""
	}
	return model.Bytes(m.Quota)
}

// uptime is how long a member has been running, in the two units that matter; empty where that is not known.
func uptime(d time.Duration) string {
	days, rest := d/(24*time.Hour), d%(24*time.Hour)
	switch {
	case d == 0:
		return ""
	case days > 0:
		return strconv.Itoa(int(days)) + "d" + strconv.Itoa(int(rest/time.Hour)) + "h"
	case d >= time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + "h" + strconv.Itoa(int(d%time.Hour/time.Minute)) + "m"
	case d >= time.Minute:
		return strconv.Itoa(int(d/time.Minute)) + "m" + strconv.Itoa(int(d%time.Minute/time.Second)) + "s"
	default:
		return strconv.Itoa(int(d/time.Second)) + "s"
	}
}
