package export

import (
	"net/netip"
	"time"

	"github.com/google/gopacket/layers"

	"tracer/sim"
	"tracer/sim/iptables"
	"tracer/trace"
	"tracer/trace/capture"
	"tracer/trace/conntrack"
)

// sample is a trace made by hand that has one of everything a view must show:
// a translated packet, its reply, a packet dropped by policy, one that was not
// seen again, an ambiguous sighting, an inferred cause, housekeeping and gaps.
func sample() *trace.Trace {
	start := time.Date(2024, 5, 17, 9, 30, 0, 123456789, time.UTC)
	at := func(us int) time.Time { return start.Add(time.Duration(us) * time.Microsecond) }
	addr := netip.MustParseAddrPort
	client, service, inside := addr("192.168.52.202:46938"), addr("192.168.52.203:80"), addr("172.17.0.2:5000")
	packet := func(src, dst netip.AddrPort, ttl uint8) trace.Packet {
		return trace.Packet{
			SrcMAC: sim.MAC{2, 0, 0, 0, 0, 1}, DstMAC: sim.MAC{2, 0, 0, 0, 0, 2}, HasMAC: true,
			EtherType: layers.EthernetTypeIPv4, Protocol: layers.IPProtocolTCP, Src: src, Dst: dst, TTL: ttl,
		}
	}
	const dnat = "! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:5000"
	established := trace.Established{Journey: 1, Table: "nat", Chain: "DOCKER", Rule: 11, Text: dnat}
	step := func(hook, table, chain string, rule uint64, text, verdict string, terminal bool) trace.Step {
		return trace.Step{Hook: hook, Table: table, Chain: chain, Rule: rule, Text: text, Verdict: verdict, Terminal: terminal}
	}
	syn := trace.Journey{
		ID: 1, Flow: 1, Direction: trace.Original, Summary: "TCP SYN",
		Hops: []trace.Hop{
			{Node: "client", Interface: "eth0", Direction: capture.Out, Time: at(0), Frame: 1, Packet: packet(client, service, 64), Evidence: trace.EvidenceFrames},
			{Node: "host", Interface: "ens160", Direction: capture.In, Time: at(11), Frame: 2, Packet: packet(client, service, 64), Evidence: trace.EvidenceFrames},
			{
				Node: "host", Interface: "docker0", Direction: capture.Out, Time: at(377), Frame: 3, Packet: packet(client, inside, 63), Evidence: trace.EvidenceTrace,
				Steps: []trace.Step{
					step("prerouting", "nat", "PREROUTING", 6, "-m addrtype --dst-type LOCAL -j DOCKER", "jump DOCKER", false),
					step("prerouting", "nat", "DOCKER", 11, dnat, "accept", true),
					step("forward", "filter", "FORWARD", 8, "-j DOCKER-USER", "jump DOCKER-USER", false),
					step("forward", "filter", "DOCKER-USER", 19, "-j RETURN", "return", false),
					step("forward", "filter", "FORWARD", 12, "-o docker0 -j ACCEPT", "accept", true),
					step("postrouting", "nat", "POSTROUTING", 0, "", "accept", true),
				},
				Changes: []trace.Change{
					{Field: trace.FieldDestination, From: service.String(), To: inside.String(), Hook: "prerouting", Cause: trace.Cause{
						Kind: trace.CauseRule, Table: "nat", Chain: "DOCKER", Rule: 11, Text: dnat, Entry: 77,
					}},
					{Field: trace.FieldTTL, From: "64", To: "63", Cause: trace.Cause{Kind: trace.CauseRouting, Text: "172.17.0.0/16 dev docker0"}},
					{Field: trace.FieldSourceMAC, From: "02:00:00:00:00:01", To: "02:42:00:00:00:03", Cause: trace.Cause{Kind: trace.CauseNeighbour, Text: "docker0", Neighbour: "172.17.0.2"}},
					{Field: trace.FieldDestinationMAC, From: "02:00:00:00:00:02", To: "02:42:ac:11:00:02", Cause: trace.Cause{Kind: trace.CauseInferred}},
				},
				Conntrack: &trace.Association{Entry: 77, Direction: conntrack.Original, State: "new", Observed: true},
			},
		},
		Outcome: trace.Outcome{Kind: trace.OutcomeDelivered, Node: "flask"},
	}
	reply := trace.Journey{
		ID: 2, Flow: 1, Direction: trace.Reply, Summary: "TCP SYN-ACK",
		Hops: []trace.Hop{
			{Node: "host", Interface: "docker0", Direction: capture.In, Time: at(400), Frame: 4, Packet: packet(inside, client, 64), Evidence: trace.EvidenceFrames},
			{
				Node: "host", Interface: "ens160", Direction: capture.Out, Time: at(20_400), Frame: 5, Packet: packet(service, client, 63), Evidence: trace.EvidenceTrace,
				Steps: []trace.Step{step("forward", "filter", "FORWARD", 13, "-i docker0 ! -o docker0 -j ACCEPT", "accept", true)},
				Changes: []trace.Change{
					{Field: trace.FieldSource, From: inside.String(), To: service.String(), Hook: "postrouting", Cause: trace.Cause{
						Kind: trace.CauseConntrack, Entry: 77, Translation: "dnat", Reverse: true, Established: established,
					}},
					{Field: trace.FieldTTL, From: "64", To: "63", Cause: trace.Cause{Kind: trace.CauseRouting, Text: "192.168.52.0/24 dev ens160"}},
				},
				Ambiguous: []int{5},
			},
		},
		Outcome: trace.Outcome{Kind: trace.OutcomeDelivered, Node: "client"},
	}
	dropped := trace.Journey{
		ID: 3, Flow: 2, Direction: trace.Original, Summary: "TCP SYN",
		Hops: []trace.Hop{{Node: "host", Interface: "ens160", Direction: capture.In, Time: at(500), Frame: 6, Packet: packet(client, addr("172.17.0.2:81"), 64), Evidence: trace.EvidenceFrames}},
		Outcome: trace.Outcome{
			Kind: trace.OutcomeDropped, Node: "host", Hook: "forward", Reason: trace.ReasonPolicy, Text: "filter FORWARD",
			Steps:   []trace.Step{step("forward", "filter", "FORWARD", 0, "", "drop", true)},
			Changes: []trace.Change{{Field: trace.FieldTTL, From: "64", To: "63", Cause: trace.Cause{Kind: trace.CauseRouting, Text: "172.17.0.0/16 dev docker0"}}},
		},
	}
	unseen := trace.Journey{
		ID: 4, Flow: 3, Direction: trace.Original, Summary: "TCP SYN",
		Hops:    []trace.Hop{{Node: "client", Interface: "eth0", Direction: capture.Out, Time: at(600), Frame: 7, Packet: packet(client, service, 64), Evidence: trace.EvidenceFrames}},
		Outcome: trace.Outcome{Kind: trace.OutcomeUnseen, Node: "client", Reason: trace.ReasonCaptureEnded},
	}
	housekeeping := trace.Journey{ID: -1, Flow: 4, Direction: trace.Original, Summary: "ICMPv6 multicast listener report", Outcome: trace.Outcome{Kind: trace.OutcomeUnseen}}
	t := &trace.Trace{
		Scenario: "sample", Title: "One of everything", Headline: "what is sent",
		State: sim.State{Kernel: "6.18.0", Nodes: []sim.NodeState{
			{Name: "client", Role: sim.RoleClient, Interfaces: []sim.InterfaceState{{Name: "eth0", Index: 2, MTU: 1500, Kind: "veth", Peer: "host/ens160"}, {Name: "lo", Index: 1, Kind: "loopback"}}},
			{
				Name: "host", Role: sim.RoleHost,
				Interfaces: []sim.InterfaceState{{Name: "ens160", Index: 2, MTU: 1500, Kind: "veth", Peer: "client/eth0", Addresses: []netip.Prefix{netip.MustParsePrefix("192.168.52.203/24")}}, {Name: "docker0", Index: 3, MTU: 1500, Kind: "bridge"}},
				Routes:     []sim.RouteState{{Destination: netip.MustParsePrefix("172.17.0.0/16"), Interface: "docker0", Kernel: true}},
				Neighbours: []sim.Neighbour{{Address: netip.MustParseAddr("172.17.0.2"), MAC: sim.MAC{2, 0x42, 172, 17, 0, 2}, Interface: "docker0"}},
				Rules: iptables.Ruleset{Tables: []iptables.Table{{Name: "nat", Chains: []iptables.Chain{
					{Name: "POSTROUTING", Policy: iptables.Accept, Rules: []iptables.Rule{{Handle: 7, Out: iptables.Interface{Name: "docker0", Not: true}, Target: iptables.Masquerade{}}}},
				}}}},
			},
			{Name: "flask", Role: sim.RoleContainer, Interfaces: []sim.InterfaceState{{Name: "eth0", Index: 4, MTU: 1500, Kind: "veth"}}},
		}},
		Flows: []trace.Flow{{ID: 1, Protocol: "TCP", Original: trace.Ends{Source: client, Destination: service}, Reply: trace.Ends{Source: inside, Destination: client}, NAT: []string{"dnat"}, Entry: 77,
			Text: "tcp ESTABLISHED src=192.168.52.202 dst=192.168.52.203 sport=46938 dport=80 src=172.17.0.2 dst=192.168.52.202 sport=5000 dport=46938 [ASSURED]"}},
		Journeys: []trace.Journey{syn, reply, dropped, unseen, housekeeping},
		Answers:  []trace.Answer{{From: "client", URL: "http://192.168.52.203/", Text: "200 Hello"}},
		Gaps:     trace.Gaps{Missed: 2, Steps: 1, Events: 3, Stray: 4, Ambiguous: 1},
	}
	for i := range 7 {
		node, iface := "host", "ens160"
		if i == 0 || i == 6 {
			node, iface = "client", "eth0"
		}
		t.Frames = append(t.Frames, trace.Frame{Number: i + 1, Node: node, Interface: iface, Frame: capture.Frame{
			Interface: 2, Direction: capture.In, Time: at(7 - i), Length: 60, Data: make([]byte, 60),
		}})
	}
	return t
}
