package stitch

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tracer/trace"
)

// bridgeNAT reads testdata/bridge-nat:
//
//	c2-eth0 ── host-veth2 ─┐
//	                       ├─ bridge, whose own interface is host-docker0
//	c1-eth0 ── host-veth1 ─┘
//
// Rules translate packets at the bridge's ports. tcpdump makes docker0 promiscuous, so the
// host gets copies, and routes them.
func bridgeNAT(t *testing.T) *Result {
	t.Helper()
	var sources []Source
	for _, name := range []string{"c1-eth0", "c2-eth0", "host-docker0", "host-veth1", "host-veth2"} {
		sources = append(sources, file(t, filepath.Join("testdata", "bridge-nat", name+".pcap")))
	}
	r, err := Files(t.Context(), sources, Options{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestBridgeNAT: a packet translated at a bridge's port is one packet, and the copies of a
// promiscuous bridge are not part of its path.
func TestBridgeNAT(t *testing.T) {
	r := bridgeNAT(t)
	if n := len(slices.DeleteFunc(slices.Clone(r.Flows), func(f trace.Flow) bool { return f.Protocol != "TCP" })); n != 3 {
		t.Errorf("%d connections, want 3", n)
	}
	var paths []string
	for i := range r.Journeys {
		j := &r.Journeys[i]
		if strings.HasPrefix(j.Summary, "TCP") {
			if path := pathOf(j); j.Summary == "TCP SYN" {
				paths = append(paths, path)
			}
			onePacket(t, j)
		}
	}
	want := []string{
		"c2-eth0 host-veth2 host-docker0 host-veth1 c1-eth0", // the host had to resolve c1's MAC address first
		"c1-eth0 host-veth1 host-veth1 c1-eth0",
		"host-docker0 host-veth1 c1-eth0",
	}
	if !slices.Equal(paths, want) {
		t.Errorf("%q, want %q", paths, want)
	}
	if len(r.Survey.Losses) > 0 {
		t.Errorf("%+v", r.Survey.Losses)
	}
}

func pathOf(j *trace.Journey) string {
	var names []string
	for _, h := range j.Path() {
		names = append(names, h.Node)
	}
	return strings.Join(names, " ")
}

// onePacket checks the properties of every packet there.
func onePacket(t *testing.T, j *trace.Journey) {
	t.Helper()
	path := j.Path()
	translated := map[trace.Field]int{}
	for k := range j.Hops {
		h := &j.Hops[k]
		if k > 0 && h.Identity != trace.IdentityHeaders {
			t.Errorf("#%d: hop %d has identity %v", j.ID, k+1, h.Identity)
		}
		if j.Summary != "TCP SYN-ACK" && len(h.Ambiguous) > 0 { // both copies of a SYN are answered
			t.Errorf("#%d %s: hop %d is ambiguous", j.ID, j.Summary, k+1)
		}
		if k == 0 || k >= len(path) {
			continue
		}
		if h.Time.Before(path[k-1].Time) || h.Packet.TTL != path[0].Packet.TTL {
			t.Errorf("#%d %s: hop %d goes back in time, or was routed", j.ID, j.Summary, k+1)
		}
		for _, c := range h.Changes {
			if translated[c.Field]++; c.Field.Translated() && translated[c.Field] > 1 {
				t.Errorf("#%d: %v is translated twice", j.ID, c.Field)
			}
		}
	}
	if j.Outcome.Lost() {
		t.Errorf("#%d: %+v", j.ID, j.Outcome)
	}
}
