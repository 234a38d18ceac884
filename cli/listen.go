package cli

import (
	"context"
	"errors"
	"net"
	"syscall"

	"github.com/ticketcd/ticketcd/model"
)

// address is a flag that takes where to listen.
type address struct {
	value   *string
	example string
	needed  bool // it cannot be empty
}

func (a address) String() string {
	if a.value == nil {
		return ""
	}
	return *a.value
}

func (a address) Type() string { return "string" }

func (a address) Set(text string) error {
	_, port, err := net.SplitHostPort(text)
	if err == nil {
		_, err = net.DefaultResolver.LookupPort(context.Background(), "tcp", port)
	}
	if err != nil && (a.needed || text != "") {
		return errors.New("write where to listen, for example " + a.example)
	}
	*a.value = text
	return nil
}

// listen opens an address that was chosen with a flag, or says what is in the way.
func listen(ctx context.Context, flag, where string) (net.Listener, error) {
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", where)
	if err == nil {
		return listener, nil
	}
	code, why := model.CodeFailed, err.Error()
	if failed, ok := errors.AsType[*net.OpError](err); ok {
		why = failed.Err.Error() // it names the address again, otherwise
	}
	switch _, isName := errors.AsType[*net.DNSError](err); {
	case errors.Is(err, syscall.EADDRINUSE):
		why = "another program listens there already; end it, or choose another address with --" + flag
	case errors.Is(err, syscall.EACCES):
		why = "the system does not allow it; choose a port from 1024 on with --" + flag
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		why = "this machine does not have that address; choose another one with --" + flag
	case isName:
		code, why = model.CodeUsage, "there is no host of that name; choose another address with --"+flag
	}
	return nil, model.Wrap(code, err, "cannot listen on %s: %s", where, why)
}
