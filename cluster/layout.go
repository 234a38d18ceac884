package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/ticketcd/ticketcd/model"
)

// The names in the directory of a cluster.
const (
	clusterName = "cluster" // of that directory, in the data directory
	layoutName  = "cluster.json"
	tlsName     = "tls"
)

// layout is what stays the same about a cluster for as long as it lives.
type layout struct {
	Token string `json:"token"` // keeps members of different clusters apart
	TLS   bool   `json:"tls"`

	// Made says that all members have been up together. Before that nobody was told where the cluster is, so there is
	// nothing in it; afterwards nothing is ever made anew.
	Made bool `json:"made"`

	Seats []seat `json:"members"`
}

// seat is the place of a member.
type seat struct {
	Name       string `json:"name"`
	ClientPort int    `json:"client_port"`
	PeerPort   int    `json:"peer_port"`
	Detour     string `json:"detour,omitempty"` // the URL by which the other members reach it, if not at that port
}

// readLayout returns nil if there is no cluster in the data directory.
func readLayout(dir string) (*layout, error) {
	name := filepath.Join(dir, clusterName, layoutName)
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, model.Wrap(model.CodeFailed, err, "cannot read %s: %s", name, reason(err))
	}
	l := &layout{}
	if err = errors.Join(json.Unmarshal(text, l), l.check()); err != nil {
		return nil, model.Wrap(model.CodeFailed, err, "the file %s is damaged; put back a copy, or choose another --data-dir", name)
	}
	return l, nil
}

func (l *layout) check() error {
	if !slices.Contains(Sizes(), len(l.Seats)) {
		return fmt.Errorf("%d members", len(l.Seats))
	}
	for i, s := range l.Seats {
		if s.Name != seatName(i) || s.ClientPort < 1 || s.ClientPort > 65535 || s.PeerPort < 1 || s.PeerPort > 65535 {
			return fmt.Errorf("member %d: %+v", i, s)
		}
	}
	return nil
}

// write replaces the file, at once or not at all.
func (l *layout) write(dir string) error {
	text, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(dir, clusterName, layoutName), append(text, '\n'))
}

// connection is how a client reaches the cluster.
func (l *layout) connection(dir string) Connection {
	c := Connection{dir: dir}
	for _, s := range l.Seats {
		c.Endpoints = append(c.Endpoints, l.url(s.ClientPort))
	}
	if l.TLS {
		files := certificatesIn(dir)
		c.CACert, c.Cert, c.Key = files.authority, files.client, files.clientKey
	}
	return c
}

// url is where something listens on this machine, and nowhere else.
func (l *layout) url(port int) string {
	u := url.URL{Scheme: "http", Host: net.JoinHostPort(loopback, strconv.Itoa(port))}
	if l.TLS {
		u.Scheme = "https"
	}
	return u.String()
}

// peerURL is where the other members reach the one with this place.
func (l *layout) peerURL(s seat) string {
	if s.Detour != "" {
		return s.Detour
	}
	return l.url(s.PeerPort)
}

// seat returns the place of the member with that name.
func (l *layout) seat(name string) (seat, error) {
	for _, s := range l.Seats {
		if s.Name == name {
			return s, nil
		}
	}
	return seat{}, model.Errorf(model.CodeNotFound, "this cluster has no member %s; they are called %s to %s",
		model.Clean(name), seatName(0), seatName(len(l.Seats)-1))
}

func seatName(i int) string { return "m" + strconv.Itoa(i+1) }

// Sizes are the numbers of members that make sense: with an even number no more may fail than with one less.
func Sizes() []int { return []int{1, 3, 5, 7} }
