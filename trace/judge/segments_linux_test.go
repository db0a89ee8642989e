package judge

import (
	"errors"
	"net/netip"
	"os"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"tracer/trace"
	"tracer/trace/live"
)

// TestSegments: the judge detects false statements about a packet's segments.
func TestSegments(t *testing.T) {
	text, err := os.ReadFile("testdata/kept/segments.net")
	if err != nil {
		t.Fatal(err)
	}
	n, err := Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	tr, e, done := record(t, n)
	defer done()
	if v := Judge(tr, e); v.Stated["segments"] == 0 {
		t.Fatal("nothing was divided")
	}
	seen, unseen := false, false
	for _, j := range tr.Journeys {
		if j.Outcome.Kind == trace.OutcomeSegmented {
			seen, unseen = seen || len(j.Hops) > 0, unseen || len(j.Hops) == 0
		}
	}
	if !seen || !unseen {
		t.Errorf("packets divided after an interface showed them: %v; before: %v", seen, unseen)
	}
	for name, lie := range map[string]func(*trace.Journey){
		"one is left out":   func(j *trace.Journey) { j.Outcome.Segments = slices.Delete(slices.Clone(j.Outcome.Segments), 1, 2) },
		"another's segment": func(j *trace.Journey) { j.Outcome.Segments = append(slices.Clone(j.Outcome.Segments), 1) },
		"it is delivered":   func(j *trace.Journey) { j.Outcome = trace.Outcome{Kind: trace.OutcomeDelivered, Node: j.Outcome.Node} },
		"it was dropped here": func(j *trace.Journey) {
			j.Outcome = trace.Outcome{Kind: trace.OutcomeDropped, Node: j.Outcome.Node, Reason: trace.ReasonTTL}
		},
	} {
		falsified := copied(tr)
		i := slices.IndexFunc(falsified.Journeys, func(j trace.Journey) bool { return len(j.Outcome.Segments) > 2 && len(j.Hops) > 0 })
		lie(&falsified.Journeys[i])
		if len(Judge(falsified, e).Classes()[WrongSegments]) == 0 {
			t.Errorf("%s: not detected", name)
		}
	}
}

// large is a network in which a router divides large datagrams.
const large = `
node client client
node gateway router
node server server
wire client/eth0 gateway/lan offload
wire gateway/wan server/eth0 offload
client: ip address add 10.1.0.2/24 dev eth0
client: ip route add default via 10.1.0.1
gateway: ip address add 10.1.0.1/24 dev lan
gateway: ip address add 10.2.0.1/24 dev wan
gateway: sysctl net.ipv4.ip_forward=1
gateway: iptables -t nat -A POSTROUTING -o wan -j MASQUERADE
gateway: ip link set wan gso_max_segs 1
server: ip address add 10.2.0.2/24 dev eth0
server: ip route add default via 10.2.0.1
server: serve udp 53
`

// TestDatagramSegments: the data that a program sends with UDP_SEGMENT is one packet until a
// node divides it into datagrams.
func TestDatagramSegments(t *testing.T) {
	n, err := Parse(large)
	if err != nil {
		t.Fatal(err)
	}
	w, err := Build(n)
	defer w.Close()
	if err != nil {
		t.Fatal(err)
	}
	o, err := w.Observe()
	if err != nil {
		t.Fatal(err)
	}
	defer o.close()
	r := live.NewRecorder(live.Options{})
	defer r.Close()
	if err := r.Start(recorded{w}); err != nil {
		t.Fatal(err)
	}
	err = w.Do("client", func() error { return sendSegments(netip.MustParseAddrPort("10.2.0.2:53"), 5000, 1400) })
	if err = errors.Join(err, o.Settle()); err != nil {
		t.Fatal(err)
	}
	tr, err := r.Stop()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(tr.Journeys, func(j trace.Journey) bool { return j.Summary == "UDP (5000 bytes)" })
	if i < 0 || len(tr.Journeys[i].Outcome.Segments) != 4 {
		t.Fatalf("%+v", tr.Journeys)
	}
	for k, id := range tr.Journeys[i].Outcome.Segments {
		j := tr.Journey(id)
		want := "UDP (1400 bytes)"
		if k == 3 {
			want = "UDP (800 bytes)"
		}
		if j.Summary != want || j.Outcome.Kind != trace.OutcomeDelivered || j.Flow != tr.Journeys[i].Flow || j.Direction != trace.Original {
			t.Errorf("segment %d: #%d %s:%s", k+1, id, j.Summary, path(j))
		}
	}
}

// sendSegments sends datagrams of the given size with one system call.
func sendSegments(to netip.AddrPort, all, size int) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_UDP, unix.UDP_SEGMENT, size); err != nil {
		return err
	}
	data := make([]byte, all)
	for i := range data {
		data[i] = byte(i / size)
	}
	return unix.Sendto(fd, data, 0, &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()})
}
