package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"os"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// controlName is the socket in the data directory at which the process that runs the members takes orders from its owner's
// other processes. Only the owner can reach it.
const controlName = "cluster.sock"

const (
	controlPatience = time.Second               // for another process to say what it wants
	answerPatience  = endPatience + time.Second // for the process that runs the members to do that
)

type controlRequest struct {
	Action model.MemberAct `json:"action"` // empty for a look at the members
	Name   string          `json:"name"`
}

type controlAnswer struct {
	Members []Member   `json:"members"`
	Code    model.Code `json:"code"` // empty if all went well
	Message string     `json:"message"`
}

// Members asks the process that runs the cluster how its members are. Its errors are *model.Error: CodeUnavailable if that
// process does not answer, or has gone (then errors.Is ErrStopped).
func (c Connection) Members(ctx context.Context) ([]Member, error) {
	return c.ask(ctx, controlRequest{})
}

// Processes is Members for those who only want to know what the processes do.
func (c Connection) Processes(ctx context.Context) ([]model.Process, error) {
	members, err := c.Members(ctx)
	processes := make([]model.Process, len(members))
	for i, m := range members {
		processes[i] = model.Process{Name: m.Name, State: m.State, Fault: m.Fault}
	}
	return processes, err
}

// Do asks the process that runs the cluster to do something to a member, and returns when it is done. Its errors are those
// of the methods of [Members], and CodeUnavailable if that process does not answer; then it may still be done.
func (c Connection) Do(ctx context.Context, action model.MemberAct, name string) error {
	_, err := c.ask(ctx, controlRequest{action, name})
	return err
}

func (c Connection) ask(ctx context.Context, request controlRequest) ([]Member, error) {
	path, err := openSocketDir(c.dir, controlName)
	if err != nil {
		return nil, err
	}
	limit := answerPatience
	if request.Action == model.StartMember {
		limit = launchPatience
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var answer controlAnswer
	if err = exchange(ctx, path, request, &answer); err != nil {
		return nil, c.silent(err)
	}
	if answer.Code != "" {
		return nil, model.Errorf(answer.Code, "%s", answer.Message)
	}
	return answer.Members, nil
}

// silent says why nobody takes orders: the process that ran the members has gone, or it does not answer.
func (c Connection) silent(err error) error {
	if held, lockErr := isHeld(c.dir); lockErr == nil && !held {
		if l, layoutErr := readLayout(c.dir); layoutErr == nil && l != nil && l.Made {
			return notRunning(c.dir, l)
		}
	}
	return model.Wrap(model.CodeUnavailable, err, "%s, which runs the cluster in %s, does not answer", holder(c.dir), c.dir)
}

func exchange(ctx context.Context, path string, request controlRequest, answer *controlAnswer) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err = json.NewEncoder(conn).Encode(request); err != nil {
		return err
	}
	return json.NewDecoder(conn).Decode(answer)
}

// takeOrders answers other processes until Close. The caller holds the lock of the directory.
func (m *Members) takeOrders() error {
	path, err := openSocketDir(m.dir, controlName)
	if err != nil {
		return err
	}
	if err = os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	control, err := net.ListenUnix("unix", &net.UnixAddr{Net: "unix", Name: path})
	if err != nil {
		return err
	}
	m.control = control
	if err = os.Chmod(path, 0o600); err != nil {
		return err
	}
	m.answering.Go(func() {
		for {
			conn, err := control.Accept()
			if err != nil {
				return // it was closed
			}
			m.answering.Go(func() { m.answer(conn) })
		}
	})
	return nil
}

// answer does what one request asks for. Whoever asked and is gone does not hear how it went.
func (m *Members) answer(conn net.Conn) {
	defer conn.Close()
	var request controlRequest
	if err := errors.Join(
		conn.SetReadDeadline(time.Now().Add(controlPatience)), json.NewDecoder(conn).Decode(&request),
	); err != nil {
		return
	}
	var answer controlAnswer
	if err := m.do(request); err != nil {
		answer.Code, answer.Message = model.CodeOf(err), model.Sentence(err)
	}
	answer.Members = m.Members()
	json.NewEncoder(conn).Encode(answer) //nolint:errcheck // see above
}

func (m *Members) do(request controlRequest) error {
	switch request.Action {
	case "":
		return nil
	case model.StopMember:
		return m.Stop(request.Name)
	case model.KillMember:
		return m.Kill(request.Name)
	case model.PauseMember:
		return m.Pause(request.Name)
	case model.ResumeMember:
		return m.Resume(request.Name)
	case model.StartMember:
		return m.Start(context.Background(), request.Name)
	default:
		return model.Errorf(model.CodeUsage, "a member cannot be told to %s", model.Clean(string(request.Action)))
	}
}
