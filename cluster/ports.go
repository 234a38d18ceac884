package cluster

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"net"
	"strconv"
	"syscall"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// loopback is the only address that members listen on.
const loopback = "127.0.0.1"

// Ports come in blocks: x0 is held while a cluster is made, clients reach the members at x1 to x7, and the members each
// other ten above. All are below 32768, from where on systems hand out ports for connections.
const (
	firstPort = 20000
	blockSize = 20
	blocks    = 600
	peerPorts = 10
)

// portPatience is how long a port may stay taken: members whose runner was killed a moment ago are just ending.
const portPatience = time.Second

// choosePorts returns the places of so many members, whose ports are free now. Where it begins to look depends on the
// directory, so that clusters that do not run at the same time rarely choose the same ports. The listener that it returns
// keeps other clusters that are being made away from them until the members listen themselves.
func choosePorts(dir string, nodes int) ([]seat, net.Listener, error) {
	sum := sha256.Sum256([]byte(dir))
	begin := binary.BigEndian.Uint64(sum[:8]) % blocks
	for i := range uint64(blocks) {
		base := firstPort + int((begin+i)%blocks)*blockSize
		claim, err := listen(base)
		if err != nil {
			continue
		}
		var seats []seat
		for n := range nodes {
			seats = append(seats, seat{Name: seatName(n), ClientPort: base + n + 1, PeerPort: base + peerPorts + n + 1})
		}
		if checkPorts(seats) == nil {
			return seats, claim, nil
		}
		claim.Close()
	}
	return nil, nil, model.Errorf(model.CodeFailed, "there are no free ports between %d and %d on this machine",
		firstPort, firstPort+blocks*blockSize)
}

// awaitPorts returns when the members could listen, or says which port is taken.
func awaitPorts(ctx context.Context, seats []seat) error {
	ctx, cancel := context.WithTimeout(ctx, portPatience)
	defer cancel()
	for {
		err := checkPorts(seats)
		if err == nil || ctx.Err() != nil {
			return err
		}
		rest(ctx, lockPoll)
	}
}

func checkPorts(seats []seat) error {
	for _, s := range seats {
		for _, port := range []int{s.ClientPort, s.PeerPort} {
			listener, err := listen(port)
			if errors.Is(err, syscall.EADDRINUSE) {
				return model.Wrap(model.CodeFailed, err,
					"port %d, which member %s of this cluster keeps, is taken by another program; end that, and try again", port, s.Name)
			}
			if err != nil {
				return model.Wrap(model.CodeFailed, err, "port %d of member %s cannot be used: %s", port, s.Name, reason(err))
			}
			listener.Close()
		}
	}
	return nil
}

func listen(port int) (net.Listener, error) {
	return net.Listen("tcp", net.JoinHostPort(loopback, strconv.Itoa(port))) //nolint:noctx // it does not wait for anything
}
