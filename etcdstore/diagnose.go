package etcdstore

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// diagnosePatience is how long one endpoint is examined after an attempt to open has failed.
const diagnosePatience = 400 * time.Millisecond

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

// isFinal says whether an attempt to open has failed for a reason that does not pass: etcd has answered.
func isFinal(err error) bool { return model.CodeOf(err) != model.CodeUnavailable }

// diagnose finds out why an attempt to open had no answer, by looking at the endpoints without etcd's client, whose
// errors do not say. It returns what to tell people, and whether waiting cannot help.
func (l *link) diagnose(ctx context.Context, failure error) (err error, final bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), diagnosePatience)
	defer cancel()
	findings := make([]finding, len(l.endpoints))
	var examined sync.WaitGroup
	for i, e := range l.endpoints {
		examined.Go(func() { findings[i] = l.examine(ctx, e) })
	}
	examined.Wait()
	if slices.ContainsFunc(findings, func(f finding) bool { return f.err == nil }) {
		return unanswered(l.endpoints, failure), false
	}
	final = !slices.ContainsFunc(findings, func(f finding) bool { return !f.final })
	if len(findings) == 1 {
		return findings[0].err, final
	}
	return model.Wrap(model.CodeUnavailable, findings[0].err, "none of the %d endpoints can be used: %s",
		len(findings), model.Sentence(findings[0].err)), final
}

// unanswered says what is the matter where something listens that speaks as etcd does.
func unanswered(endpoints []endpoint, failure error) error {
	if isNoLeader(failure) {
		return failure
	}
	return model.Wrap(model.CodeUnavailable, failure, "etcd at %s does not answer: the cluster may have lost its quorum", endpoints[0].text)
}

// finding is what is wrong with an endpoint; its err is nil where nothing is.
type finding struct {
	err   error
	final bool // waiting does not change it
}

// examine connects to an endpoint and exchanges the first words.
func (l *link) examine(ctx context.Context, e endpoint) finding {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, e.network, e.address)
	if err != nil {
		return dialFinding(e, err)
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		return finding{err: model.Wrap(model.CodeUnavailable, err, "the connection to %s broke", e.text)}
	}
	if !e.secure && (e.plain || l.tls == nil) {
		if err := greet(conn); err != nil {
			return l.plainFinding(ctx, e, err)
		}
		return finding{}
	}
	secured := tls.Client(conn, l.tlsFor(e))
	if err := secured.HandshakeContext(ctx); err != nil {
		return handshakeFinding(e, err)
	}
	if err := greet(secured); err != nil {
		return greetingFinding(e, err)
	}
	return finding{}
}

func (l *link) tlsFor(e endpoint) *tls.Config {
	out := &tls.Config{MinVersion: tls.VersionTLS12}
	if l.tls != nil {
		out = l.tls.Clone()
	}
	out.ServerName, out.NextProtos = e.host, []string{"h2"}
	return out
}

var errNotHTTP2 = errors.New("the answer is not HTTP/2")

// greet opens an HTTP/2 conversation, as which gRPC begins, and waits for the first frame of the answer.
func greet(conn io.ReadWriter) error {
	const preface, emptySettings = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x00\x00\x00\x04\x00\x00\x00\x00\x00"
	if _, err := io.WriteString(conn, preface+emptySettings); err != nil {
		return err
	}
	var frame [9]byte
	if _, err := io.ReadFull(conn, frame[:]); err != nil {
		return err
	}
	if frame[3] != 4 {
		return errNotHTTP2
	}
	return nil
}

func dialFinding(e endpoint, err error) finding {
	var name *net.DNSError
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		return finding{model.Wrap(model.CodeUnavailable, err, "the host of the endpoint %s is not known", e.text), true}
	case errors.As(err, &name):
		return finding{err: model.Wrap(model.CodeUnavailable, err, "the host of the endpoint %s cannot be looked up", e.text)}
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, os.ErrNotExist):
		return finding{err: model.Wrap(model.CodeUnavailable, err, "nothing listens at %s: is etcd running there?", e.text)}
	case errors.Is(err, os.ErrPermission):
		return finding{model.Wrap(model.CodeDenied, err, "%s belongs to another user", e.text), true}
	}
	return finding{err: model.Wrap(model.CodeUnavailable, err, "%s cannot be reached", e.text)}
}

// plainFinding is about a server that does not answer in the clear: perhaps it wants TLS.
func (l *link) plainFinding(ctx context.Context, e endpoint, err error) finding {
	if isTimeout(err) {
		return finding{err: model.Wrap(model.CodeUnavailable, err, "%s accepts connections, but does not answer", e.text)}
	}
	var dialer tls.Dialer
	dialer.Config = l.tlsFor(e)
	dialer.Config.InsecureSkipVerify = true // only to learn whether it speaks TLS: nothing is said
	conn, tlsErr := dialer.DialContext(ctx, e.network, e.address)
	if tlsErr == nil {
		conn.Close()
	}
	if tlsErr == nil || isAlert(tlsErr) {
		return finding{model.Wrap(model.CodeUnavailable, err, "etcd at %s wants TLS: use https:// and --cacert", e.text), true}
	}
	return finding{model.Wrap(model.CodeUnavailable, err, "what listens at %s is not etcd", e.text), errors.Is(err, errNotHTTP2)}
}

func handshakeFinding(e endpoint, err error) finding {
	var (
		untrusted *tls.CertificateVerificationError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		notTLS    tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &name):
		return finding{model.Wrap(model.CodeUnavailable, err, "the certificate of etcd at %s is for another name: use one that it names", e.text), true}
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return finding{model.Wrap(model.CodeUnavailable, err, "the certificate of etcd at %s is not valid at this time", e.text), true}
	case errors.As(err, &untrusted):
		return finding{model.Wrap(model.CodeUnavailable, err, "the certificate of etcd at %s is not trusted: check --cacert", e.text), true}
	case errors.As(err, &notTLS):
		return finding{model.Wrap(model.CodeUnavailable, err, "etcd at %s does not speak TLS: use http:// and no certificates", e.text), true}
	}
	return greetingFinding(e, err)
}

// greetingFinding is about a server that breaks off a conversation over TLS: most often it wants another certificate.
func greetingFinding(e endpoint, err error) finding {
	switch {
	case isAlert(err):
		return finding{model.Wrap(model.CodeUnavailable, err, "etcd at %s does not accept our certificate: check --cert and --key", e.text), true}
	case isTimeout(err):
		return finding{err: model.Wrap(model.CodeUnavailable, err, "%s accepts connections, but does not answer", e.text)}
	}
	return finding{err: model.Wrap(model.CodeUnavailable, err, "what listens at %s broke off the connection", e.text)}
}

// isAlert says whether the other side refused in TLS's own words.
func isAlert(err error) bool {
	var remote *net.OpError
	return errors.As(err, &remote) && remote.Op == "remote error"
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded)
}
