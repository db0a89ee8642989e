package correlate

import (
	"net/netip"
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/conntrack"
)

// TestEarlier: if no event reported a connection's beginning, its translation was decided
// before the recording began. For any other connection, the author of the translation is
// unknown unless a rule was seen.
func TestEarlier(t *testing.T) {
	end := netip.MustParseAddrPort
	e := conntrack.Entry{ID: 7}
	e.Original = conntrack.Tuple{Protocol: 6, Source: end("10.0.0.2:4000"), Destination: end("10.0.0.1:80")}
	e.Reply = conntrack.Tuple{Protocol: 6, Source: end("172.17.0.2:5000"), Destination: end("10.0.0.2:4000")}
	for kind, want := range map[conntrack.Kind]bool{conntrack.New: false, conntrack.Update: true} {
		c := newEntries()
		c.learn("host", conntrack.Event{Kind: kind, Entry: e}, time.Time{}, time.Now())
		l := link{entry: newest(c.byID[nodeEntry{"host", 7}]), direction: trace.Original}
		got := l.decision(trace.FieldDestination)
		if got.translation != trace.DNAT || got.origin != (trace.Origin{Earlier: want}) {
			t.Errorf("%v: %+v", kind, got)
		}
	}
}
