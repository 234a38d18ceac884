package etcdstore

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// diagnosePatience is how long one endpoint is examined after an attempt to open has failed.
const diagnosePatience = 400 * time.Millisecond

// isFinal says whether an attempt to open has failed for a reason that does not pass: etcd has answered.
func isFinal(err error) bool { return model.CodeOf(err) != model.CodeUnavailable }

// diagnose finds out why an attempt to open had no answer, by looking at the endpoints without etcd's client, whose
// errors do not say. It returns what to tell people, and whether waiting cannot help.
func (l *link) diagnose(ctx context.Context, failure error) (why error, final bool) {
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
	secure := e.secure || !e.plain && l.tls != nil
	err := l.talk(ctx, e, secure, false)
	switch {
	case err == nil:
		return finding{}
	case isDialError(err):
		return dialFinding(e, err)
	case isTimeout(err):
		return finding{err: model.Wrap(model.CodeUnavailable, err, "%s accepts connections, but does not answer", e.text)}
	case !secure && l.speaksTLS(ctx, e):
		return finding{model.Wrap(model.CodeUnavailable, err, "etcd at %s wants TLS: use https:// and --cacert", e.text), true}
	case secure && l.talk(ctx, e, false, false) == nil:
		return finding{model.Wrap(model.CodeUnavailable, err, "etcd at %s does not speak TLS: use http:// and no certificates", e.text), true}
	case secure:
		return secureFinding(e, err)
	}
	return finding{model.Wrap(model.CodeUnavailable, err, "what listens at %s is not etcd", e.text), errors.Is(err, errNotHTTP2)}
}

// speaksTLS says whether an endpoint answers in TLS's own words, if only to refuse a client without a certificate.
func (l *link) speaksTLS(ctx context.Context, e endpoint) bool {
	err := l.talk(ctx, e, true, true)
	return err == nil || isAlert(err)
}

// talk opens a conversation with an endpoint as gRPC would. With blind it trusts any certificate, which is only good for
// learning whether TLS is spoken: nothing else is said.
func (l *link) talk(ctx context.Context, e endpoint, secure, blind bool) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, e.network, e.address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	if !secure {
		return greet(conn)
	}
	cfg := l.tlsFor(e)
	cfg.InsecureSkipVerify = blind
	secured := tls.Client(conn, cfg)
	if err := secured.HandshakeContext(ctx); err != nil || blind {
		return err
	}
	return greet(secured) // a server that does not like our certificate says so only now
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

// secureFinding is about a conversation over TLS that broke off.
func secureFinding(e endpoint, err error) finding {
	var (
		untrusted *tls.CertificateVerificationError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &name):
		return finding{model.Wrap(model.CodeUnavailable, err, "the certificate of etcd at %s is for another name: use one that it names", e.text), true}
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return finding{model.Wrap(model.CodeUnavailable, err, "the certificate of etcd at %s is not valid at this time", e.text), true}
	case errors.As(err, &untrusted):
		return finding{model.Wrap(model.CodeUnavailable, err, "the certificate of etcd at %s is not trusted: check --cacert", e.text), true}
	case isAlert(err):
		return finding{model.Wrap(model.CodeUnavailable, err, "etcd at %s does not accept our certificate: check --cert and --key", e.text), true}
	}
	return finding{err: model.Wrap(model.CodeUnavailable, err, "what listens at %s broke off the connection", e.text)}
}

func isDialError(err error) bool {
	failed, ok := errors.AsType[*net.OpError](err)
	return ok && failed.Op == "dial"
}

// isAlert says whether the other side refused in TLS's own words.
func isAlert(err error) bool {
	remote, ok := errors.AsType[*net.OpError](err)
	return ok && remote.Op == "remote error"
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded)
}
