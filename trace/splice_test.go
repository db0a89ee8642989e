package trace

import (
	"net/netip"
	"testing"
)

// ends makes the ends of a flow, or of a splice.
func ends(from, to string) [2]netip.AddrPort {
	return [2]netip.AddrPort{netip.MustParseAddrPort(from), netip.MustParseAddrPort(to)}
}

func flows(protocol string, all ...[2]netip.AddrPort) []Flow {
	list := make([]Flow, len(all))
	for i, e := range all {
		list[i] = Flow{ID: i + 1, Protocol: protocol, Original: Ends{e[0], e[1]}, Reply: Ends{e[1], e[0]}}
	}
	return list
}

// TestSplice: flows are linked if the proxy's report leaves no doubt which ones are meant.
func TestSplice(t *testing.T) {
	const asked, container = "127.0.0.1:53", "172.17.0.2:53"
	a, b := ends("127.0.0.1:40000", asked), ends("127.0.0.1:40001", asked)
	x, y := ends("172.17.0.1:50000", container), ends("172.17.0.1:50001", container)
	for _, c := range []struct {
		name     string
		protocol string
		flows    []Flow
		splices  []Splice
		want     []int // by flow: the one that it continues, or that continues it (negative)
	}{
		{"two clients with equal datagrams, served in the other order", "UDP", flows("UDP", a, b, y, x),
			[]Splice{{Client: b, Server: y}, {Client: a, Server: x}}, []int{-4, -3, 2, 1}},
		{"nobody reports a proxy", "UDP", flows("UDP", a, x), nil, []int{0, 0}},
		{"another protocol", "UDP", flows("TCP", a, x), []Splice{{Client: a, Server: x}}, []int{0, 0}},
		{"the container's side was not seen", "UDP", flows("UDP", a), []Splice{{Client: a, Server: x}}, []int{0}},
		{"a second socket after a refusal", "UDP", flows("UDP", a, x, y), []Splice{{Client: a, Server: x}, {Client: a, Server: y}}, []int{-2, 1, 1}},
		{"a port used again", "TCP", flows("TCP", a, x, a, y), []Splice{{Client: a, Server: x}, {Client: a, Server: y}}, []int{-2, 1, -4, 3}},
		{"a port used again, and the proxy accepted one of the two", "TCP", flows("TCP", a, a, y), []Splice{{Client: a, Server: y}}, []int{0, 0, 0}},
		{"a proxy behind a proxy", "TCP", flows("TCP", a, x, y), []Splice{{Client: a, Server: x}, {Client: x, Server: y}}, []int{-2, 1, 0}},
	} {
		for i := range c.splices {
			c.splices[i].Node, c.splices[i].Protocol = "host", c.protocol
		}
		tr := Trace{Flows: c.flows}
		tr.Splice(c.splices)
		for i, f := range tr.Flows {
			if got := f.Continues - f.ContinuedBy; got != c.want[i] || (got != 0) != (f.Proxy == "host") {
				t.Errorf("%s: flow %d: %+v, want %d", c.name, f.ID, f, c.want[i])
			}
		}
		if err := tr.checkFlows(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
