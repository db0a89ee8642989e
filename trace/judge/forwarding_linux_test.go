package judge

import (
	"net/netip"
	"strings"
	"testing"

	"tracer/sim/labtest"
)

// TestForwarding: routers forward IPv6 packets. In networks without rules, every packet whose
// destination exists arrives there.
func TestForwarding(t *testing.T) {
	labtest.Peer(t, "ip")
	seed := labtest.Seed(t)
	for name, features := range map[string]Weights{"routers": {}, "bridge": {Bridged: 100}} {
		sent, arrived := 0, 0
		for n := range networks6(seed, features, 3) {
			s, a := forwarded(t, n)
			sent, arrived = sent+s, arrived+a
		}
		if sent < 10 || arrived != sent {
			t.Errorf("%s: %d of %d packets have arrived behind a router", name, arrived, sent)
		}
	}
}

// networks6 yields networks of IPv6 only.
func networks6(seed uint64, features Weights, count int) func(yield func(*Network) bool) {
	return func(yield func(*Network) bool) {
		for ; count > 0; seed++ {
			if familiesOf(seed) != IPv6 {
				continue
			}
			if count--; !yield(Generate(seed, features)) {
				return
			}
		}
	}
}

// forwarded runs a network. Of the datagrams and echoes to addresses that exist behind a router, it
// returns how many came to the router, and how many to their destination.
func forwarded(t *testing.T, n *Network) (sent, arrived int) {
	t.Helper()
	w, err := Build(n)
	defer w.Close()
	if err != nil {
		t.Fatalf("%v\n%s", err, n)
	}
	o, err := w.Observe()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Send(); err != nil {
		t.Error(err)
	}
	if err := o.Settle(); err != nil {
		t.Error(err)
	}
	e, err := o.Evidence()
	if err != nil {
		t.Fatal(err)
	}
	owners, came, passed := n.owners(), map[Key]bool{}, map[Key]bool{}
	for i := range e.Sightings {
		s := &e.Sightings[i]
		switch owner, exists := owners[s.Dst.Addr()]; {
		case !s.Tagged || s.Quote != nil || s.Out || !exists:
		case s.At.Node == owner:
			passed[s.key(s.replies())] = true
		default:
			came[s.key(s.replies())] = true
		}
	}
	for key := range came {
		if sent++; passed[key] {
			arrived++
		}
	}
	if arrived != sent {
		t.Logf("%d of %d have arrived in\n%s", arrived, sent, n)
	}
	return sent, arrived
}

// owners returns the nodes that have the addresses.
func (n *Network) owners() map[netip.Addr]string {
	owners := map[netip.Addr]string{}
	for _, l := range n.Lines {
		if _, text, ok := strings.Cut(l.Text, " address add "); ok {
			address, _, _ := strings.Cut(text, "/")
			owners[netip.MustParseAddr(address)] = l.Node
		}
	}
	return owners
}
