package nftrace_test

import (
	"errors"
	"fmt"
	"net"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tracer/sim/labtest"
	"tracer/trace/conntrack"
	"tracer/trace/nftrace"
)

func TestMain(m *testing.M) { labtest.Main(m, nil) }

// inNamespace runs f in a network namespace of its own, in which only the loopback is
// up.
func inNamespace(t *testing.T, f func()) {
	t.Helper()
	labtest.Do(t, labtest.Loopback(t), func() error { f(); return nil })
}

// traffic sends n datagrams over the loopback, from one socket to another, and
// waits until they have arrived.
func traffic(t *testing.T, n int) {
	t.Helper()
	to, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Error(err)
		return
	}
	defer to.Close()
	from, err := net.Dial("udp4", to.LocalAddr().String())
	if err != nil {
		t.Error(err)
		return
	}
	defer from.Close()
	b := make([]byte, 16)
	for range n {
		if _, err := from.Write([]byte("hello")); err != nil {
			t.Error(err)
		}
		if _, _, err := to.ReadFrom(b); err != nil {
			t.Error(err)
		}
	}
}

// record sends datagrams under a probe and returns the messages.
func record(t *testing.T, p nftrace.Probe, c nftrace.Config, datagrams int) (messages []nftrace.Message, events []conntrack.Event) {
	t.Helper()
	inNamespace(t, func() {
		if err := nftrace.Install(p); err != nil {
			t.Error(err)
			return
		}
		r, err := nftrace.Listen(c)
		if err != nil {
			t.Error(err)
			return
		}
		defer r.Close()
		tracking, err := conntrack.Listen()
		if err != nil {
			t.Error(err)
			return
		}
		defer tracking.Close()
		traffic(t, datagrams)
		// All is queued by now: Stop before Run hands over everything.
		r.Stop()
		tracking.Stop()
		if err := errors.Join(
			r.Run(func(m nftrace.Message) { messages = append(messages, m) }),
			tracking.Run(func(e conntrack.Event) { events = append(events, e) }),
		); err != nil {
			t.Error(err)
		}
		if r.Lost()+tracking.Lost() != 0 {
			t.Errorf("lost %d messages, %d events", r.Lost(), tracking.Lost())
		}
	})
	return messages, events
}

// TestCheckpoints: every chain of the probe reports a datagram over the
// loopback, with its headers, in the order of the hooks.
func TestCheckpoints(t *testing.T) {
	messages, _ := record(t, nftrace.DefaultProbe, nftrace.Config{}, 1)
	var chains []string
	for _, m := range messages {
		if m.Table != nftrace.Table {
			t.Errorf("table %s", m.Table)
		}
		if len(chains) > 0 && chains[len(chains)-1] == m.Chain {
			if len(m.Network) != 0 {
				t.Errorf("%s: headers twice", m.Chain)
			}
			continue
		}
		chains = append(chains, m.Chain)
		if len(m.Network) < 20 || len(m.Transport) < 8 {
			t.Errorf("%s: %d and %d bytes of headers", m.Chain, len(m.Network), len(m.Transport))
		}
	}
	want := []string{
		"start-output", "new-output", "seen-output", "near-postrouting", "seen-postrouting",
		"start-prerouting", "new-prerouting", "seen-prerouting", "seen-input",
	}
	if !slices.Equal(chains, want) {
		t.Errorf("chains %v, want %v", chains, want)
	}
}

// namesEntries reports whether this kernel puts conntrack entries into the rule
// trace: Linux 6.16 and later.
func namesEntries(t *testing.T) bool {
	t.Helper()
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		t.Fatal(err)
	}
	parts := strings.SplitN(unix.ByteSliceToString(u.Release[:]), ".", 3)
	major, err1 := strconv.Atoi(parts[0])
	minor, err2 := strconv.Atoi(strings.FieldsFunc(parts[1], func(r rune) bool { return r < '0' || r > '9' })[0])
	if err1 != nil || err2 != nil {
		t.Fatalf("release %v", parts)
	}
	return major > 6 || major == 6 && minor >= 16
}

// TestConntrackInTrace: the trace names the entry that the event tells of, and
// the packet's direction and state in it.
func TestConntrackInTrace(t *testing.T) {
	messages, events := record(t, nftrace.DefaultProbe, nftrace.Config{}, 2)
	if len(events) == 0 || events[0].Kind != conntrack.New {
		t.Fatalf("events %+v", events)
	}
	id := events[0].ID
	var states []string
	for _, m := range messages {
		if m.Conntrack == nil {
			continue
		}
		if m.Conntrack.ID != id || m.Conntrack.Direction != conntrack.Original {
			t.Errorf("%s: %+v, the entry is %d", m.Chain, m.Conntrack, id)
		}
		if m.Chain == "seen-output" && len(m.Network) > 0 {
			states = append(states, m.Conntrack.State.String())
		}
	}
	switch {
	case !namesEntries(t):
		if states != nil {
			t.Errorf("states %v from a kernel before 6.16", states)
		}
	case !slices.Equal(states, []string{"new", "new"}): // nothing was answered
		t.Errorf("states %v", states)
	}
	without, _ := record(t, nftrace.DefaultProbe, nftrace.Config{IgnoreConntrack: true}, 1)
	for _, m := range without {
		if m.Conntrack != nil {
			t.Errorf("%s: %+v, although ignored", m.Chain, m.Conntrack)
		}
	}
}

// TestLimits: beyond the limit, the first packet of a connection is traced
// still, from where conntrack knows that it is the first.
func TestLimits(t *testing.T) {
	tight := nftrace.Probe{Rate: nftrace.Limit{PerSecond: 1, Burst: 1}, First: nftrace.Limit{PerSecond: 1000, Burst: 100}}
	messages, _ := record(t, tight, nftrace.Config{}, 20)
	count := map[string]int{}
	for _, m := range messages {
		if m.Kind == nftrace.Rule && m.Verdict.Terminal() {
			count[m.Chain]++
		}
	}
	if count["start-output"] > 3 {
		t.Errorf("%d packets were traced from the start, with a limit of one a second", count["start-output"])
	}
	if count["seen-input"] == 0 || count["seen-input"] > 23 {
		t.Errorf("%d packets were seen at input", count["seen-input"])
	}
}

// TestEntryAsListed judges the ids and the text by conntrack -L.
func TestEntryAsListed(t *testing.T) {
	path := labtest.Peer(t, "conntrack")
	inNamespace(t, func() {
		if err := nftrace.Install(nftrace.DefaultProbe); err != nil {
			t.Error(err)
			return
		}
		r, err := conntrack.Listen()
		if err != nil {
			t.Error(err)
			return
		}
		defer r.Close()
		traffic(t, 1)
		listed, err := exec.Command(path, "-L", "-o", "id").Output()
		if err != nil {
			t.Errorf("conntrack: %v", err)
		}
		r.Stop()
		if err := r.Run(func(e conntrack.Event) {
			if e.Kind != conntrack.New {
				return
			}
			for _, want := range []string{e.Original.String(), e.Reply.String(), fmt.Sprintf("id=%d\n", e.ID)} {
				if !strings.Contains(string(listed), want) {
					t.Errorf("%q is not in %q", want, listed)
				}
			}
			fields := strings.Fields(string(listed))
			// udp 17 29 src=… : protocol, its number and the timeout come first.
			text := fields[0] + " " + strings.Join(slices.DeleteFunc(fields[3:], func(f string) bool {
				return strings.HasPrefix(f, "mark=") || strings.HasPrefix(f, "use=") || strings.HasPrefix(f, "id=")
			}), " ")
			if e.String() != text {
				t.Errorf("%q, conntrack says %q", e.String(), text)
			}
		}); err != nil {
			t.Error(err)
		}
	})
}

// TestStop: Stop ends a Run that waits, from another goroutine, twice.
func TestStop(t *testing.T) {
	inNamespace(t, func() {
		r, err := nftrace.Listen(nftrace.Config{})
		if err != nil {
			t.Error(err)
			return
		}
		defer r.Close()
		ended := make(chan error, 1)
		go func() { ended <- r.Run(func(nftrace.Message) {}) }()
		r.Stop()
		r.Stop()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(5 * time.Second):
			t.Error("Stop did not end Run")
		}
	})
}
