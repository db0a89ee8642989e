package netstate

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"tracer/sim/labtest"
	"tracer/trace"
)

// TestArrive: with random routing policies and interface parameters, incoming packets are
// routed as the kernel decides ("ip route get … iif"). The kernel returns the same error for
// all invalid addresses and for blackholes.
func TestArrive(t *testing.T) {
	ip := labtest.Peer(t, "ip")
	seed := labtest.Seed(t)
	compared, reasons := map[string]int{}, map[trace.Reason]int{}
	for round := range uint64(rounds) {
		g := &policyGenerator{Rand: labtest.RandomOf(seed + round)}
		ns := g.network(t, ip)
		for i := range 4 {
			for _, p := range []string{"rp_filter", "accept_local", "src_valid_mark", "route_localnet"} {
				write(t, ns, fmt.Sprintf("net/ipv4/conf/eth%d/%s", i, p), pick(g, "0", "0", "1"))
			}
			write(t, ns, fmt.Sprintf("net/ipv4/conf/eth%d/forwarding", i), pick(g, "0", "1", "1", "1"))
			if g.IntN(3) == 0 {
				write(t, ns, fmt.Sprintf("net/ipv4/conf/eth%d/rp_filter", i), "2")
			}
		}
		n := read(t, ns).Node
		for range asked {
			f := g.arriving()
			a := n.Arrive(f)
			if a.Uncertain {
				compared["uncertain"]++
				continue
			}
			reasons[a.Reason]++
			got, want := decision(&a), ask(t, ns, ip, f, false)
			if got != want {
				t.Errorf("seed %d: %+v: reason %v\ntracer: %s\nip:     %s\nrules:  %v", seed+round, f, a.Reason, got, want, n.Policy)
			}
			compared[want]++
		}
	}
	t.Logf("%v %v", compared, reasons)
	for _, what := range []string{"local", "broadcast", "multicast", "forwarded", "No route to host", "Network is unreachable", "Permission denied", "Invalid argument"} {
		if compared[what] == 0 {
			t.Errorf("nothing of the kind: %s", what)
		}
	}
	if compared["uncertain"] > rounds*asked/20 {
		t.Errorf("%d of %d are uncertain", compared["uncertain"], rounds*asked)
	}
}

// decision returns what ip would say.
func decision(a *trace.Arrival) string {
	switch a.Reason {
	case 0:
		if a.Type == trace.RouteUnicast {
			return "forwarded"
		}
		return a.Type.String()
	case trace.ReasonNotForwarding:
		return "No route to host"
	case trace.ReasonNoRoute:
		return "Network is unreachable"
	case trace.ReasonBlackhole:
		return describe(&a.Routed, true)
	}
	return "Invalid argument"
}

// arriving returns an incoming packet, often with an odd address.
func (g *policyGenerator) arriving() trace.Flowi {
	f := g.flow()
	f.In, f.Out = fmt.Sprintf("eth%d", g.IntN(4)), ""
	f.Source = netip.MustParseAddr(pick(g, "20.1.2.3", "20.2.2.2", "30.1.1.1", "10.0.0.7", "10.0.1.7", "10.0.2.7", "10.0.3.7", "10.7.7.9", "10.7.7.7", "10.8.1.1", "10.9.9.8"))
	if g.IntN(4) == 0 {
		f.Source = netip.MustParseAddr(pick(g, "10.0.1.1", "10.0.0.1", "10.0.0.255", "127.0.0.1", "224.0.0.5", "255.255.255.255", "0.0.0.7", "0.0.0.0"))
	}
	if g.IntN(6) == 0 {
		f.Destination = netip.MustParseAddr(pick(g, "255.255.255.255", "224.0.0.1", "224.0.0.9", "239.1.1.1", "127.0.0.1", "127.5.5.5", "10.0.0.255", "0.0.0.9", "0.0.0.0"))
	}
	return f
}

// kind returns the kind of a route that ip prints: "local 10.0.0.1 from …".
func kind(text string) string {
	word, _, _ := strings.Cut(text, " ")
	if _, err := netip.ParseAddr(word); err == nil {
		return "forwarded"
	}
	return word
}
