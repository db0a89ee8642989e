package export

import (
	"bytes"
	"errors"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/listing"
)

// again writes a trace and reads it.
func again(t *testing.T, tr *trace.Trace) *trace.Trace {
	t.Helper()
	var b bytes.Buffer
	if err := JSON(&b, tr, explain.English()); err != nil {
		t.Fatal(err)
	}
	back, err := Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// TestListedAgain: all that listings need is in the file.
func TestListedAgain(t *testing.T) {
	namespace := 3
	node := trace.Node{
		Name: "host", Role: trace.RoleHost,
		Interfaces: []trace.Interface{{Name: "eth0", Index: 2, MTU: 1500, Kind: "veth", Addresses: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/24")}, Link: &trace.Link{
			Type: "ether", Flags: []string{"BROADCAST", "UP"}, State: "UP", Qdisc: "noqueue", QueueLen: 1000, Group: 7, Dormant: true, Broadcast: trace.MAC{255},
			Other: &trace.FarEnd{Index: 9, Namespace: &namespace}, Received: trace.Traffic{Bytes: 1, Packets: 2, Errors: 3, Dropped: 4, Missed: 5, Multicast: 6},
			Sent: trace.Traffic{Bytes: 1, Packets: 2, Errors: 3, Dropped: 4, Carrier: 5, Collisions: 6},
			Addresses: []trace.AddressDetails{{
				Address: netip.MustParsePrefix("10.0.0.1/24"), Peer: netip.MustParsePrefix("10.0.0.2/32"), Broadcast: netip.MustParseAddr("10.0.0.255"), Scope: 77,
				Flags: []string{"secondary"}, Label: "eth0:0", Valid: trace.Forever, Preferred: 5,
			}},
		}}},
		Routes: []trace.Route{{Destination: netip.MustParsePrefix("0.0.0.0/0"), Interface: "eth0", Protocol: "dhcp", Metric: 100}},
		Rules: []trace.Table{{Name: "nat", Chains: []trace.Chain{{Name: "OUTPUT", Policy: "ACCEPT", Counted: &trace.Count{Packets: 2, Bytes: 120}, Rules: []trace.Rule{
			{Handle: 4, Text: "-g X", Columns: trace.Columns{Target: "X", Goto: true, Protocol: "all", Options: "--", In: "*", Out: "*", Source: "0.0.0.0/0", Destination: "0.0.0.0/0"}},
			{Handle: 5, Text: "[lookup]"},
			{Handle: 6, Text: "…", Columns: trace.Columns{Target: "DNAT", Protocol: "!tcp", Options: "-f", In: "!docker0", Out: "eth+", Source: "!10.0.0.1", Destination: "10.0.0.0/8", Details: "to:10.0.0.2"}},
		}}}}},
		Engine: &trace.Engine{
			Version:  "20.10",
			Networks: []trace.EngineNetwork{{Name: "bridge", Driver: "bridge", Subnet: netip.MustParsePrefix("172.17.0.0/16"), Gateway: netip.MustParseAddr("172.17.0.1"), Internal: true, Options: map[string]string{"a": "b"}}},
			Containers: []trace.EngineContainer{{
				Name: "web", Node: "web", Image: "nginx",
				Endpoints: []trace.EngineEndpoint{{Network: "bridge", Address: netip.MustParsePrefix("172.17.0.2/16"), Gateway: netip.MustParseAddr("172.17.0.1"), MAC: trace.MAC{2}, DNSNames: []string{"web", "www"}}},
				Ports:     []trace.EnginePort{{Port: 80, Protocol: "tcp", Host: netip.MustParseAddrPort("0.0.0.0:8080")}, {Port: 443, Protocol: "tcp"}},
			}},
		},
	}
	back := again(t, &trace.Trace{State: trace.State{Nodes: []trace.Node{node}}})
	if got := back.State.Nodes[0]; !reflect.DeepEqual(got, node) {
		t.Errorf("read again:\n%+v\nnot\n%+v", got, node)
	}
}

// TestListRecordings: every node of a built-in recording can be listed, and the file that
// "tracer export" writes of it gives the same listings.
func TestListRecordings(t *testing.T) {
	commands := []string{"iptables -t nat -nvL", "iptables -nvxL --line-numbers", "iptables -S", "ip -s addr", "ip link", "ip route", "ip route show table local"}
	for _, name := range scenarios.Names() {
		r, err := scenarios.Recording(name, "")
		if err != nil {
			t.Error(err)
			continue
		}
		tr, err := ReadFile(r)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		back := again(t, tr)
		for i := range tr.State.Nodes {
			for _, c := range commands {
				one, err := listing.Lines(&tr.State.Nodes[i], strings.Fields(c))
				two, _ := listing.Lines(&back.State.Nodes[i], strings.Fields(c))
				if err != nil || !reflect.DeepEqual(one, two) {
					t.Errorf("%s: %s %s: %v\n%q\n%q", name, tr.State.Nodes[i].Name, c, err, one, two)
				}
			}
		}
	}
}

// TestListOld: of traces from the first version, what they lack is named; everything else is
// listed.
func TestListOld(t *testing.T) {
	n := old(t, "direct-access").State.Node("host")
	for command, want := range map[string]listing.Missing{
		"iptables -S": 0, "iptables -t nat -S": 0, "ip route": 0, "iptables -nL": listing.MissingColumns, "iptables -nvL DOCKER": listing.MissingColumns,
		"ip addr": listing.MissingLinks, "ip -s link": listing.MissingLinks, "docker ps": listing.MissingEngine,
		"bridge fdb": listing.MissingFDB,
	} {
		lines, err := listing.Lines(n, strings.Fields(command))
		var missing *listing.MissingError
		if errors.As(err, &missing); want == 0 && (err != nil || len(lines) == 0) || want != 0 && (missing == nil || missing.What != want) {
			t.Errorf("%s: %q, %v", command, lines, err)
		}
	}
	captured := &trace.Node{Name: "a", Interfaces: []trace.Interface{{Name: "eth0", Index: 1, Kind: "capture"}}}
	for _, command := range []string{"iptables -S", "ip route", "docker ps"} {
		var missing *listing.MissingError
		if _, err := listing.Lines(captured, strings.Fields(command)); !errors.As(err, &missing) || missing.What != listing.MissingState {
			t.Errorf("%s of captures: %v", command, err)
		}
	}
}
