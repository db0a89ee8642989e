package stitch

import (
	"net/netip"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tracer/sim/labtest"
	"tracer/trace"
)

// dockerFiles are the captures of testdata/docker-20.10, in the order in which the
// request passed them, with how many packets each has:
//
//	client               host, a Docker Engine                 container
//	client-eth0 ──────── ens160 ─ docker0 ─ veth1d89ec9 ────── container-any-sll2
//
// That of the container was taken at all of its interfaces at once.
var dockerFiles = []struct {
	name    string
	packets int
}{{"client-eth0", 15}, {"ens160", 15}, {"docker0", 16}, {"veth1d89ec9", 16}, {"container-any-sll2", 16}}

func docker(t *testing.T) (*Result, []Source) {
	t.Helper()
	var sources []Source
	for _, f := range dockerFiles {
		sources = append(sources, file(t, filepath.Join("testdata", "docker-20.10", f.name+".pcap")))
	}
	r, err := Files(t.Context(), sources, Options{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return r, sources
}

// A real Docker Engine's packets are found at every point where they were captured.
func TestDocker(t *testing.T) {
	r, _ := docker(t)
	at := places(r)
	for _, f := range dockerFiles {
		if got := r.Survey.Points[at[f.name]]; got.Packets != f.packets || got.Undecoded != 0 || got.Clock != 0 {
			t.Errorf("%s: %+v, want %d packets", f.name, got, f.packets)
		}
	}
	request, reply := 0, 0
	for i := range r.Journeys {
		j := &r.Journeys[i]
		if !strings.HasPrefix(j.Summary, "TCP") {
			continue
		}
		var way []string
		for k := range j.Hops {
			way = append(way, j.Hops[k].Node)
		}
		want := []string{"client-eth0", "ens160", "docker0", "veth1d89ec9", "container-any-sll2"}
		changed, before, after := 2, "192.168.52.203:80", "172.17.0.2:5000"
		field, kind := trace.FieldDestination, trace.Cause{Kind: trace.CauseInferred, Translation: trace.DNAT}
		kind.Origin.Journey = 3
		if request++; j.Direction == trace.Reply {
			slices.Reverse(want)
			request, reply = request-1, reply+1
			changed, before, after = 3, after, before
			field, kind.Reverse = trace.FieldSource, true
		}
		if !slices.Equal(way, want) {
			t.Errorf("#%d %s was seen at %v", j.ID, j.Summary, way)
		}
		change := slices.IndexFunc(j.Hops[changed].Changes, func(c trace.Change) bool { return c.Field == field })
		if change < 0 {
			t.Errorf("#%d: no address changed at %s", j.ID, j.Hops[changed].Node)
			continue
		}
		if c := j.Hops[changed].Changes[change]; c.From.String() != before || c.To.String() != after || !reflect.DeepEqual(c.Cause, kind) {
			t.Errorf("#%d: %+v", j.ID, c)
		}
		if j.Outcome.Lost() {
			t.Errorf("#%d: %+v", j.ID, j.Outcome)
		}
	}
	if request != 7 || reply != 6 {
		t.Errorf("%d packets of the request, %d of the reply", request, reply)
	}
	want := trace.Mapping{
		Kind: trace.DNAT, Protocol: "TCP", Connections: 1, After: at["ens160"], Before: at["docker0"],
		From: netip.MustParseAddrPort("192.168.52.203:80"), To: netip.MustParseAddrPort("172.17.0.2:5000"),
	}
	if !slices.Equal(r.Survey.Mappings, []trace.Mapping{want}) {
		t.Errorf("mappings %+v", r.Survey.Mappings)
	}
	if s := r.Survey; len(s.Losses) != 0 || s.Retransmissions.Packets != 0 || s.Resets.Packets != 0 || s.Ambiguous.Packets != 0 {
		t.Errorf("%+v", s)
	}
}

// TestDockerPeer holds the joins against what tshark reads: packets are the same if
// they have the same sequence number, identification, time stamp option and length.
func TestDockerPeer(t *testing.T) {
	r, sources := docker(t)
	signature := map[string]string{} // by place and number of the frame
	for i, s := range sources {
		fields := labtest.Output(t, "tshark", "-n", "-r", s.Label, "-T", "fields", "-e", "frame.number", "-e", "tcp.seq_raw", "-e", "tcp.ack_raw",
			"-e", "ip.id", "-e", "tcp.options.timestamp.tsval", "-e", "tcp.len", "-e", "arp.opcode", "-e", "arp.dst.proto_ipv4", "-e", "icmpv6.type")
		for line := range strings.Lines(fields) {
			number, rest, _ := strings.Cut(strings.TrimRight(line, "\n"), "\t")
			signature[dockerFiles[i].name+" "+number] = rest
		}
	}
	owner := map[string]int{}
	for i := range r.Journeys {
		j := &r.Journeys[i]
		var first string
		for k := range j.Hops {
			h := &j.Hops[k]
			key := h.Node + " " + strconv.Itoa(h.Frame)
			is, known := signature[key]
			if k == 0 {
				first = is
			}
			if !known || is != first {
				t.Errorf("#%d has frame %s, which is %q and not %q", j.ID, key, is, first)
			}
			delete(signature, key)
		}
		if other, twice := owner[first]; twice {
			t.Errorf("#%d and #%d are one packet: %s", other, j.ID, first)
		}
		owner[first] = j.ID
	}
	if len(signature) > 0 {
		t.Errorf("in no journey: %v", signature)
	}
}

// peer runs a tool that judges what we find.
