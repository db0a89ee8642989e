package survey

import (
	"net/netip"
	"testing"

	"tracer/trace"
)

// TestMappingOrder: the order of mappings does not depend on that of a map, even if only their
// protocols differ.
func TestMappingOrder(t *testing.T) {
	from, to := netip.MustParseAddrPort("192.0.2.1:0"), netip.MustParseAddrPort("10.0.0.1:0")
	for range 50 {
		tally := New()
		for _, protocol := range []string{"TCP", "UDP", "ICMPv4"} {
			for _, kind := range []trace.Translation{trace.SNAT, 0} {
				k := mappingKey{kind, protocol, from, to, 0, 1}
				tally.mappings[k] = &trace.Mapping{Kind: kind, Protocol: protocol, From: from, To: to, Before: 1, Connections: 1}
			}
		}
		got := tally.Survey(nil).Mappings
		for i, want := range []string{"ICMPv4", "TCP", "UDP", "ICMPv4", "TCP", "UDP"} {
			if got[i].Protocol != want || (got[i].Kind == 0) != (i < 3) {
				t.Fatalf("mapping %d is %+v", i, got[i])
			}
		}
	}
}
