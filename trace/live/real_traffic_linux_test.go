package live

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim"
	"tracer/sim/traffic"
	"tracer/trace"
)

// record sends the scenario's traffic, and returns what was recorded.
func (n *realNetwork) record(t *testing.T) *trace.Trace {
	t.Helper()
	r := NewRecorder(Options{})
	defer r.Close()
	if err := r.Start(n); err != nil {
		t.Fatal(err)
	}
	var answers []trace.Answer
	for _, request := range n.scenario.Traffic {
		ctx, cancel := context.WithTimeout(t.Context(), requestLimit)
		began := r.now()
		got := n.send(ctx, request)
		cancel()
		answers = append(answers, trace.Answer{From: request.From, URL: request.String(), Text: got.String(), Began: began, Ended: r.now()})
	}
	if err := settle(t.Context(), n.idle); err != nil {
		t.Fatal(err)
	}
	tr, err := r.Stop()
	if err != nil {
		t.Fatal(err)
	}
	tr.Answers = answers
	tr.AssignRequests()
	return tr
}

// send sends a request as a lab does.
func (n *realNetwork) send(ctx context.Context, r sim.Request) sim.Response {
	got := n.exchange(ctx, r)
	if errors.Is(got.Err, os.ErrDeadlineExceeded) || errors.Is(got.Err, context.DeadlineExceeded) {
		got.Err = sim.ErrNoAnswer
	}
	return got
}

func (n *realNetwork) exchange(ctx context.Context, r sim.Request) (got sim.Response) {
	if r.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.Timeout)
		defer cancel()
	}
	ns, from := n.spaces[r.From], traffic.Socket{SourcePort: r.SourcePort}
	switch {
	case r.Ping.IsValid():
		pinger, err := traffic.NewPinger(ctx, ns, from, r.Ping)
		if err != nil {
			return sim.Response{Err: err}
		}
		defer pinger.Close()
		got.Sent, got.Replies, got.Err = pinger.Ping(ctx, traffic.EchoRequest{To: r.Ping, ID: r.ID})
		got.Echoed = len(got.Replies)
	case r.Datagram.IsValid():
		var answers []string
		answers, _, got.Err = traffic.Exchange(ctx, ns, traffic.DatagramRequest{Socket: from, To: r.Datagram, Payload: r.Text})
		got.Body = strings.Join(answers, "")
	default:
		var page traffic.Page
		page, got.Err = traffic.Get(ctx, ns, traffic.PageRequest{Socket: from, URL: r.URL})
		got.Status, got.Body = page.Status, page.Body
	}
	return got
}

// idle reports whether there is no open TCP connection: see [sim.Lab.Idle].
func (n *realNetwork) idle() (bool, error) {
	idle := true
	for node := range n.spaces {
		err := n.Do(node, func() error {
			for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
				list, err := netlink.SocketDiagTCP(family)
				if err != nil {
					return err
				}
				for _, s := range list {
					idle = idle && (s.State == netlink.TCP_LISTEN || s.State == netlink.TCP_TIME_WAIT)
				}
			}
			return nil
		})
		if err != nil {
			return false, err
		}
	}
	return idle, nil
}
