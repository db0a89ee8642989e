package nftrace_test

import (
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"tracer/sim/labtest"
	"tracer/trace/conntrack"
	"tracer/trace/nftrace"
)

func TestMain(m *testing.M) {
	labtest.Main(m, map[string]func(){holdProbe: hold})
}

// inNamespace runs f in a new network namespace with only the loopback, which is up.
func inNamespace(t *testing.T, f func()) {
	t.Helper()
	labtest.Do(t, labtest.Loopback(t), func() error { f(); return nil })
}

// traffic sends n datagrams over the loopback and waits until they have arrived.
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

// record sends datagrams in a namespace with a probe, and returns the messages.
func record(t *testing.T, c nftrace.Config, datagrams int) (messages []nftrace.Message, events []conntrack.Event) {
	t.Helper()
	inNamespace(t, func() {
		addNAT(t)
		probe, err := nftrace.Install(c)
		if err != nil {
			t.Error(err)
			return
		}
		defer probe.Close()
		r, err := nftrace.Listen()
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
		if err := probe.TraceFirst(nftrace.FamilyIPv4); err != nil {
			t.Error(err)
		}
		traffic(t, datagrams)
		// Everything is queued by now, so Run can come after Stop.
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

// TestCheckpoints: every chain of the probe reports a datagram sent over the loopback,
// with its headers, in the order of the hooks.
func TestCheckpoints(t *testing.T) {
	messages, _ := record(t, nftrace.Default(), 1)
	var chains []string
	for _, m := range messages {
		if m.Table != nftrace.Table {
			continue
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

// TestUntraced: every packet is either traced from the start or counted.
func TestUntraced(t *testing.T) {
	inNamespace(t, func() {
		c := nftrace.Default()
		c.All = nftrace.Limit{PerSecond: 1, Burst: 5}
		probe, err := nftrace.Install(c)
		if err != nil {
			t.Error(err)
			return
		}
		defer probe.Close()
		r, err := nftrace.Listen()
		if err != nil {
			t.Error(err)
			return
		}
		defer r.Close()
		if n, err := probe.Untraced(); n != 0 || err != nil {
			t.Errorf("before all packets: %d, %v", n, err)
		}
		const datagrams = 200
		traffic(t, datagrams)
		r.Stop()
		traced := 0
		if err := r.Run(func(m nftrace.Message) {
			if m.Table == nftrace.Table && m.Chain == "start-output" && len(m.Network) > 0 {
				traced++
			}
		}); err != nil {
			t.Error(err)
		}
		// Each passes two chains that start the trace. One that was traced at the first
		// is counted if it exceeds the limit of the second.
		n, err := probe.Untraced()
		if err != nil || traced == 0 || n < 2*uint64(datagrams-traced)-uint64(traced) || n > 2*uint64(datagrams)-uint64(traced) {
			t.Errorf("%d of %d datagrams were traced, and %d counted: %v", traced, datagrams, n, err)
		}
	})
}

// TestLimits: beyond the limit for all packets, the first packet of a connection is still
// traced, from where connection tracking knows that it is the first.
func TestLimits(t *testing.T) {
	tight := nftrace.Config{All: nftrace.Limit{PerSecond: 1, Burst: 1}, First: nftrace.Limit{PerSecond: 1000, Burst: 100}}
	messages, _ := record(t, tight, 20)
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

// TestStop: Stop ends a Run that waits, from another goroutine, twice.
func TestStop(t *testing.T) {
	inNamespace(t, func() {
		r, err := nftrace.Listen()
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

// TestLastAtInput: no other table can drop a packet after the checkpoint at input.
func TestLastAtInput(t *testing.T) {
	for _, priority := range []string{"0", "100", "101", "300", "2147483645"} {
		t.Run(priority, func(t *testing.T) {
			ns := labtest.Loopback(t)
			if out, err := nft(t, ns, "add table inet other; add chain inet other late { type filter hook input priority "+priority+"; policy drop; }"); err != nil {
				t.Fatalf("nft: %v: %s", err, out)
			}
			install(t, ns, owner)
			var r *nftrace.Reader
			labtest.Do(t, ns, func() (err error) {
				r, err = nftrace.Listen()
				return err
			})
			defer r.Close()
			labtest.Do(t, ns, func() error {
				c, err := net.Dial("udp4", "127.0.0.1:9")
				if err != nil {
					return err
				}
				defer c.Close()
				_, err = c.Write([]byte("hello"))
				return err
			})
			r.Stop()
			seen := map[string]int{}
			if err := r.Run(func(m nftrace.Message) {
				seen[m.TableName()+" "+m.Chain]++
			}); err != nil {
				t.Error(err)
			}
			if seen["inet other late"] == 0 || seen["tracer seen-prerouting"] == 0 || seen["tracer seen-input"] != 0 {
				t.Errorf("%v", seen)
			}
		})
	}
}
