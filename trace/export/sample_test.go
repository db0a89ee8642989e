package export

import (
	"net/netip"
	"time"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// sample is a trace made by hand that has one of everything a view must show:
// a translated packet, its reply, a packet dropped by policy, one that was not
// seen again, an ambiguous sighting, an inferred cause, housekeeping and gaps.
func sample() *trace.Trace {
	start := time.Date(2024, 5, 17, 9, 30, 0, 123456789, time.UTC)
	at := func(us int) time.Time { return start.Add(time.Duration(us) * time.Microsecond) }
	addr := netip.MustParseAddrPort
	client, service, inside := addr("192.168.52.202:46938"), addr("192.168.52.203:80"), addr("172.17.0.2:5000")
	packet := func(src, dst netip.AddrPort, ttl uint8) trace.Headers {
		return trace.Headers{
			SrcMAC: trace.MAC{2, 0, 0, 0, 0, 1}, DstMAC: trace.MAC{2, 0, 0, 0, 0, 2}, HasMAC: true,
			EtherType: layers.EthernetTypeIPv4, Protocol: layers.IPProtocolTCP, Src: src, Dst: dst, TTL: ttl,
		}
	}
	const dnat = "! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:5000"
	dnatRule := trace.RuleRef{Table: "nat", Chain: "DOCKER", Handle: 11, Text: dnat}
	step := func(hook trace.Hook, table, chain string, rule uint64, text string, verdict trace.VerdictKind, terminal bool) trace.Step {
		return trace.Step{Hook: hook, RuleRef: trace.RuleRef{Table: table, Chain: chain, Handle: rule, Text: text}, Verdict: trace.Verdict{Kind: verdict}, Terminal: terminal}
	}
	jump := func(s trace.Step, to string) trace.Step {
		s.Verdict = trace.Verdict{Kind: trace.VerdictJump, Chain: to}
		return s
	}
	routed := func(prefix, iface string) trace.Cause {
		return trace.Cause{Kind: trace.CauseRouting, Route: trace.Route{Destination: netip.MustParsePrefix(prefix), Interface: iface}}
	}
	syn := trace.Journey{
		ID: 1, Flow: 1, Direction: trace.Original, Summary: "TCP SYN",
		Hops: []trace.Hop{
			{Node: "client", Interface: "eth0", Direction: trace.Out, Time: at(0), Frame: 1, Packet: packet(client, service, 64), Evidence: trace.EvidenceFrames},
			{Node: "host", Interface: "ens160", Direction: trace.In, Time: at(11), Frame: 2, Packet: packet(client, service, 64), Evidence: trace.EvidenceFrames},
			{
				Node: "host", Interface: "docker0", Direction: trace.Out, Time: at(377), Frame: 3, Packet: packet(client, inside, 63), Evidence: trace.EvidenceTrace,
				Steps: []trace.Step{
					jump(step(trace.Prerouting, "nat", "PREROUTING", 6, "-m addrtype --dst-type LOCAL -j DOCKER", 0, false), "DOCKER"),
					step(trace.Prerouting, "nat", "DOCKER", 11, dnat, trace.VerdictAccept, true),
					jump(step(trace.Forward, "filter", "FORWARD", 8, "-j DOCKER-USER", 0, false), "DOCKER-USER"),
					step(trace.Forward, "filter", "DOCKER-USER", 19, "-j RETURN", trace.VerdictReturn, false),
					step(trace.Forward, "filter", "FORWARD", 12, "-o docker0 -j ACCEPT", trace.VerdictAccept, true),
					step(trace.Postrouting, "nat", "POSTROUTING", 0, "", trace.VerdictAccept, true),
				},
				Changes: []trace.Change{
					{Field: trace.FieldDestination, From: trace.Endpoint(service), To: trace.Endpoint(inside), Hook: trace.Prerouting, Cause: trace.Cause{
						Kind: trace.CauseRule, Rule: dnatRule, Entry: 77, Translation: trace.DNAT,
					}},
					{Field: trace.FieldTTL, From: trace.TTL(64), To: trace.TTL(63), Cause: routed("172.17.0.0/16", "docker0")},
					{Field: trace.FieldSourceMAC, From: trace.MAC{2, 0, 0, 0, 0, 1}, To: trace.MAC{2, 0x42, 0, 0, 0, 3}, Cause: trace.Cause{Kind: trace.CauseNeighbour, Interface: "docker0", Neighbour: inside.Addr()}},
					{Field: trace.FieldDestinationMAC, From: trace.MAC{2, 0, 0, 0, 0, 2}, To: trace.MAC{2, 0x42, 172, 17, 0, 2}, Cause: trace.Cause{Kind: trace.CauseInferred}},
				},
				Conntrack: &trace.Association{Entry: 77, Direction: trace.Original, State: trace.StateNew, Observed: true},
			},
		},
		Outcome: trace.Outcome{Kind: trace.OutcomeDelivered, Node: "flask"},
	}
	reply := trace.Journey{
		ID: 2, Flow: 1, Direction: trace.Reply, Summary: "TCP SYN-ACK",
		Hops: []trace.Hop{
			{Node: "host", Interface: "docker0", Direction: trace.In, Time: at(400), Frame: 4, Packet: packet(inside, client, 64), Evidence: trace.EvidenceFrames},
			{
				Node: "host", Interface: "ens160", Direction: trace.Out, Time: at(20_400), Frame: 5, Packet: packet(service, client, 63), Evidence: trace.EvidenceTrace,
				Steps: []trace.Step{step(trace.Forward, "filter", "FORWARD", 13, "-i docker0 ! -o docker0 -j ACCEPT", trace.VerdictAccept, true)},
				Changes: []trace.Change{
					{Field: trace.FieldSource, From: trace.Endpoint(inside), To: trace.Endpoint(service), Hook: trace.Postrouting, Cause: trace.Cause{
						Kind: trace.CauseConntrack, Entry: 77, Translation: trace.DNAT, Reverse: true, Origin: trace.Origin{Journey: 1, Rule: dnatRule},
					}},
					{Field: trace.FieldTTL, From: trace.TTL(64), To: trace.TTL(63), Cause: routed("192.168.52.0/24", "ens160")},
				},
				Ambiguous: []int{5},
			},
		},
		Outcome: trace.Outcome{Kind: trace.OutcomeDelivered, Node: "client"},
	}
	dropped := trace.Journey{
		ID: 3, Flow: 2, Direction: trace.Original, Summary: "TCP SYN",
		Hops: []trace.Hop{{Node: "host", Interface: "ens160", Direction: trace.In, Time: at(500), Frame: 6, Packet: packet(client, addr("172.17.0.2:81"), 64), Evidence: trace.EvidenceFrames}},
		Outcome: trace.Outcome{
			Kind: trace.OutcomeDropped, Node: "host", Hook: trace.Forward, Reason: trace.ReasonPolicy, Rule: trace.RuleRef{Table: "filter", Chain: "FORWARD"},
			Steps:   []trace.Step{step(trace.Forward, "filter", "FORWARD", 0, "", trace.VerdictDrop, true)},
			Changes: []trace.Change{{Field: trace.FieldTTL, From: trace.TTL(64), To: trace.TTL(63), Cause: routed("172.17.0.0/16", "docker0")}},
		},
	}
	unseen := trace.Journey{
		ID: 4, Flow: 3, Direction: trace.Original, Summary: "TCP SYN",
		Hops:    []trace.Hop{{Node: "client", Interface: "eth0", Direction: trace.Out, Time: at(600), Frame: 7, Packet: packet(client, service, 64), Evidence: trace.EvidenceFrames}},
		Outcome: trace.Outcome{Kind: trace.OutcomeUnseen, Node: "client", Reason: trace.ReasonCaptureEnded},
	}
	housekeeping := trace.Journey{ID: -1, Flow: 4, Direction: trace.Original, Summary: "ICMPv6 multicast listener report", Outcome: trace.Outcome{Kind: trace.OutcomeUnseen}}
	t := &trace.Trace{
		Scenario: "sample", Title: "One of everything", Headline: "what is sent",
		State: trace.State{Kernel: "6.18.0", Nodes: []trace.Node{
			{Name: "client", Role: trace.RoleClient, Interfaces: []trace.Interface{{Name: "eth0", Index: 2, MTU: 1500, Kind: "veth", Peer: "host/ens160"}, {Name: "lo", Index: 1, Kind: "loopback"}}},
			{
				Name: "host", Role: trace.RoleHost,
				Interfaces: []trace.Interface{{Name: "ens160", Index: 2, MTU: 1500, Kind: "veth", Peer: "client/eth0", Addresses: []netip.Prefix{netip.MustParsePrefix("192.168.52.203/24")}}, {Name: "docker0", Index: 3, MTU: 1500, Kind: "bridge"}},
				Routes:     []trace.Route{{Destination: netip.MustParsePrefix("172.17.0.0/16"), Interface: "docker0", Kernel: true, Scope: trace.ScopeLink}},
				Neighbours: []trace.Neighbour{{Address: netip.MustParseAddr("172.17.0.2"), MAC: trace.MAC{2, 0x42, 172, 17, 0, 2}, Interface: "docker0"}},
				Rules: []trace.Table{{Name: "nat", Chains: []trace.Chain{
					{Name: "POSTROUTING", Policy: "ACCEPT", Rules: []trace.Rule{{Handle: 7, Text: "! -o docker0 -j MASQUERADE"}}},
				}}},
			},
			{Name: "flask", Role: trace.RoleContainer, Interfaces: []trace.Interface{{Name: "eth0", Index: 4, MTU: 1500, Kind: "veth"}}},
		}},
		Flows: []trace.Flow{{ID: 1, Protocol: "TCP", Original: trace.Ends{Source: client, Destination: service}, Reply: trace.Ends{Source: inside, Destination: client}, NAT: []trace.Translation{trace.DNAT}, Entry: trace.Entry{ID: 77, State: trace.Established, Assured: true,
			Text: "tcp ESTABLISHED src=192.168.52.202 dst=192.168.52.203 sport=46938 dport=80 src=172.17.0.2 dst=192.168.52.202 sport=5000 dport=46938 [ASSURED]"}}},
		Journeys: []trace.Journey{syn, reply, dropped, unseen, housekeeping},
		Answers:  []trace.Answer{{From: "client", URL: "http://192.168.52.203/", Text: "200 Hello"}},
		Gaps:     trace.Gaps{Lost: 2, Steps: 1, Events: 3, Stray: 4, Ambiguous: 1},
	}
	for i := range 7 {
		node, iface := "host", "ens160"
		if i == 0 || i == 6 {
			node, iface = "client", "eth0"
		}
		t.Frames = append(t.Frames, trace.Frame{Number: i + 1, Node: node, Interface: iface,
			Direction: trace.In, Time: at(7 - i), Length: 60, Data: make([]byte, 60)})
	}
	return t
}

// full is the sample with what it lacks for every key of trace.json.
func full() *trace.Trace {
	t := sample()
	end := func(id int, o trace.Outcome) {
		o.Kind, o.Node = trace.OutcomeDropped, "host"
		j := t.Journeys[2]
		j.ID, j.Outcome = id, o
		t.Journeys = append(t.Journeys, j)
	}
	docker := trace.RuleRef{Table: "filter", Chain: "DOCKER", Handle: 3, Text: "-j DROP"}
	end(5, trace.Outcome{Reason: trace.ReasonTooBig, Interface: "docker0", Length: 1500, MTU: 1400, ReportedBy: 2})
	end(6, trace.Outcome{Reason: trace.ReasonMartian, Interface: "ens160", Destination: netip.MustParseAddr("127.0.0.1")})
	end(7, trace.Outcome{Reason: trace.ReasonNoRoute, Destination: netip.MustParseAddr("10.9.8.7")})
	end(8, trace.Outcome{Reason: trace.ReasonNotForwarding, Interface: "ens160"})
	end(9, trace.Outcome{Reason: trace.ReasonRule, Hook: trace.Forward, Rule: docker})
	end(10, trace.Outcome{Reason: trace.ReasonOthersWentOn, Others: trace.Point{Node: "host", Interface: "docker0"}})
	t.Journeys[len(t.Journeys)-1].Outcome.Kind = trace.OutcomeUnseen
	end(11, trace.Outcome{Reason: trace.ReasonReject, Hook: trace.Forward, Rule: docker, Answer: trace.Reject{Reset: true}})
	end(12, trace.Outcome{
		Reason: trace.ReasonReject, Hook: trace.Input, Rule: docker, Answer: trace.Reject{Type: 3, Code: 3},
		Conntrack: &trace.Association{Entry: 79, Direction: trace.Original, State: trace.StateNew, Observed: true, Created: true, Unconfirmed: true},
	})
	for i, reason := range []trace.Reason{
		trace.ReasonTTL, trace.ReasonReversePath, trace.ReasonMartianSource, trace.ReasonIngress, trace.ReasonBlackhole,
		trace.ReasonNoNeighbour, trace.ReasonNotJoined, trace.ReasonReassembly, trace.ReasonNoListener, trace.ReasonNotTraced,
	} {
		end(13+i, trace.Outcome{Reason: reason, Interface: "ens160", Destination: netip.MustParseAddr("10.9.8.7")})
	}
	prohibited := &t.Journeys[len(t.Journeys)-6].Outcome
	prohibited.RouteType = trace.RouteProhibit
	prohibited.Route = trace.Route{Type: trace.RouteProhibit, Destination: netip.MustParsePrefix("10.9.0.0/16")}
	t.Journeys[len(t.Journeys)-2].Outcome.Kind = trace.OutcomeDelivered
	t.Journeys[len(t.Journeys)-1].Outcome.Kind = trace.OutcomeUnseen
	end(23, trace.Outcome{
		Reason: trace.ReasonBlackhole, Destination: netip.MustParseAddr("10.9.8.7"), RouteType: trace.RouteUnreachable,
		RoutingRule: trace.RoutingRule{Priority: 100, To: netip.MustParsePrefix("10.9.0.0/16"), In: "ens160", Action: trace.PolicyUnreachable},
	})
	t.State.Nodes[0].FDB = []trace.FDBEntry{}
	t.State.Nodes[1].FDB = []trace.FDBEntry{
		{MAC: trace.MAC{2, 0x42, 172, 17, 0, 2}, Interface: "vethb6b29d3", Bridge: "docker0", VLAN: 1, State: trace.FDBLearned},
		{MAC: trace.MAC{1, 0, 0x5e, 0, 0, 1}, Interface: "docker0", State: trace.FDBPermanent, Flags: []string{"self"}},
	}
	t.State.Nodes[1].Unexplained = []trace.Counted{{Counter: trace.UDPInErrors, Packets: 3}}
	out := &t.Journeys[0].Hops[2]
	out.Identity, t.Frames[2].Mark, t.Gaps.Untraced = trace.IdentityMark, 7, 2
	out.Changes = append(out.Changes, trace.Change{Field: trace.FieldSource, From: out.Changes[0].From, To: out.Changes[0].To, Cause: trace.Cause{
		Kind: trace.CauseConntrack, Entry: 77, Translation: trace.SNAT, Origin: trace.Origin{Earlier: true},
	}})
	clamp := trace.Cause{Kind: trace.CauseRule, Rule: trace.RuleRef{Table: "mangle", Chain: "FORWARD", Handle: 4, Text: "-j TCPMSS --set-mss 500"}}
	for _, c := range []trace.Change{
		{Field: trace.FieldMSS, From: trace.Number(1460), To: trace.Number(500), Hook: trace.Forward, Cause: clamp},
		{Field: trace.FieldTOS, From: trace.Bits(0), To: trace.Bits(0xb8)},
		{Field: trace.FieldID, From: trace.Number(0), To: trace.Number(9)},
		{Field: trace.FieldDF, From: trace.Number(1), To: trace.Number(0)},
		{Field: trace.FieldWindow, From: trace.Number(64240), To: trace.Number(500)},
		{Field: trace.FieldMark, From: trace.Bits(0), To: trace.Bits(1)},
	} {
		if c.Cause.Kind == 0 {
			c.Cause.Kind = trace.CauseInferred
		}
		out.Changes = append(out.Changes, c)
	}
	t.Flows = append(t.Flows, trace.Flow{ID: 2, Protocol: "TCP", Entry: trace.Entry{ID: 78, Text: "tcp SYN_SENT", State: trace.SynSent, Unreplied: true, Destroyed: true}})
	t.Lesson = &trace.Lesson{
		Story: "A scene.\n\nIn two paragraphs.", Question: "What happens?", Answer: "This.", Refutes: "That.",
		Course: 18, Minutes: 15, After: []string{"dnat-plain"}, Next: "vm-browser", Fault: "none", FaultTitle: "No fault",
		Focus: []trace.Focus{{Journey: 1, Hop: 2, Kind: trace.FocusChange, Index: 1}, {Journey: 1, Hop: 5, Kind: trace.FocusSeen}},
	}
	began := t.Journeys[0].Hops[0].Time
	t.Answers = append(t.Answers, trace.Answer{From: "host", URL: "iptables -t nat -F", Text: "done", Command: true, Before: t.State.Nodes[0].Rules, Began: began, Ended: began.Add(time.Second)})
	t.Answers = append(t.Answers, trace.Answer{From: "client", URL: "ping 10.0.0.1", Text: "1 of 1 answered", Replies: []trace.EchoReply{
		{From: netip.MustParseAddr("10.0.0.1"), Sequence: 1, Bytes: 64, TTL: 62, RoundTrip: 51 * time.Microsecond},
	}})
	t.Journeys[0].Request, t.Journeys[4].Traced = 1, began
	t.Survey = &trace.Survey{Limits: []trace.Limit{{Kind: trace.LimitSightings, Most: 1024, Beyond: 3}}}
	return t
}
