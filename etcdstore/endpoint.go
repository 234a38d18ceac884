package etcdstore

import (
	"net"
	"net/url"
	"strings"

	"github.com/ticketcd/ticketcd/model"
)

// endpoint is a place where etcd may be listening.
type endpoint struct {
	text    string // as given, fit to be shown
	network string // "tcp" or "unix"
	address string
	host    string
	secure  bool // asks for TLS itself
	plain   bool // rules TLS out
}

// parseEndpoint takes an endpoint apart as etcd's own client does.
func parseEndpoint(text string) (endpoint, error) {
	e := endpoint{text: model.Clean(text), network: "tcp", address: text}
	if scheme, path, ok := strings.Cut(text, ":"); ok && (scheme == "unix" || scheme == "unixs") {
		e.network, e.address, e.secure = "unix", strings.TrimPrefix(path, "//"), scheme == "unixs"
		return e, nil
	}
	if strings.Contains(text, "://") {
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" {
			return e, model.Errorf(model.CodeUsage, "the endpoint %s is not host:port, http://, https:// or unix://", e.text)
		}
		e.address, e.secure, e.plain = u.Host, u.Scheme == "https", u.Scheme == "http"
	}
	host, port, err := net.SplitHostPort(e.address)
	if err != nil || port == "" {
		return e, model.Errorf(model.CodeUsage, "the endpoint %s has no port: for example 127.0.0.1:2379", e.text)
	}
	e.host = host
	return e, nil
}
