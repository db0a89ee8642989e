package judge

import (
	"net/netip"
	"slices"
	"testing"

	"tracer/trace"
)

// known is a network in which each class of statement occurs.
//
//	client ── router1 ── server
const known = `
node client client
node gateway router
node server server
wire client/eth0 gateway/lan
wire gateway/wan server/eth0
client: ip address add 10.1.0.2/24 dev eth0
client: ip route add default via 10.1.0.1
gateway: ip address add 10.1.0.1/24 dev lan
gateway: ip address add 10.2.0.1/24 dev wan
gateway: sysctl net.ipv4.ip_forward=1
gateway: iptables -t nat -A PREROUTING -d 10.1.0.1/32 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.2.0.2:80
gateway: iptables -t nat -A POSTROUTING -o wan -j MASQUERADE
gateway: iptables -A FORWARD -p udp -m udp --dport 54 -j DROP
gateway: iptables -A FORWARD -p udp -m udp --dport 56 -j REJECT --reject-with icmp-host-prohibited
gateway: iptables -A FORWARD -p udp -m udp --dport 53 -j ACCEPT
gateway: nft add table ip doors
gateway: nft add chain ip doors forward { type filter hook forward priority 10; }
gateway: nft add rule ip doors forward oifname vmap { "wan" : continue, "lan" : accept }
server: ip address add 10.2.0.2/24 dev eth0
server: ip route add default via 10.2.0.1
server: serve tcp 80
server: serve udp 53
client: send tcp 10.1.0.1:8080 size=100 reply=3000
client: send udp 10.2.0.2:53 count=3
client: send udp 10.2.0.2:54 count=3
client: send udp 10.2.0.2:55 count=2
client: send udp 10.2.0.2:56
client: send ping 10.2.0.2 count=2
`

// TestJudge: the judge finds nothing wrong with a true trace, and it finds each kind of lie.
func TestJudge(t *testing.T) {
	n, err := Parse(known)
	if err != nil {
		t.Fatal(err)
	}
	tr, e, done := record(t, n)
	defer done()
	v := Judge(tr, e)
	for _, f := range v.False {
		t.Errorf("%s: %s", f.Class, f.Text)
	}
	for _, what := range []string{"journeys", "hops", "steps", "fates", "changes", "causes: rules", "causes: connections", "routes", "neighbours", "reports", "unmatched rules", "elements"} {
		if v.Stated[what] == 0 {
			t.Errorf("nothing was judged: %s", what)
		}
	}
	for _, lie := range lies {
		t.Run(lie.name, func(t *testing.T) {
			falsified := copied(tr)
			lie.tell(falsified)
			found := Judge(falsified, e).Classes()
			for _, class := range lie.found {
				if len(found[class]) == 0 {
					t.Errorf("the judge does not find class %s, but %v", class, found)
				}
			}
		})
	}
}

// copied returns a trace whose journeys and frames can be changed.
func copied(t *trace.Trace) *trace.Trace {
	c := *t
	c.Frames = slices.Clone(t.Frames)
	c.Journeys = slices.Clone(t.Journeys)
	for i := range c.Journeys {
		j := &c.Journeys[i]
		j.Hops = slices.Clone(j.Hops)
		for k := range j.Hops {
			j.Hops[k].Changes = slices.Clone(j.Hops[k].Changes)
			j.Hops[k].Steps = slices.Clone(j.Hops[k].Steps)
		}
		j.Outcome.Changes = slices.Clone(j.Outcome.Changes)
	}
	return &c
}

// packetOf returns the first journey with a summary.
func packetOf(t *trace.Trace, summary string) *trace.Journey {
	i := slices.IndexFunc(t.Journeys, func(j trace.Journey) bool { return j.Summary == summary })
	return &t.Journeys[i]
}

// changeOf returns a journey's first change of a field.
func changeOf(j *trace.Journey, f trace.Field) *trace.Change {
	for i := range j.Hops {
		if c := changeIn(j.Hops[i].Changes, f); c != nil {
			return c
		}
	}
	return nil
}

func changeIn(list []trace.Change, f trace.Field) *trace.Change {
	for i := range list {
		if list[i].Field == f {
			return &list[i]
		}
	}
	return nil
}

// dropped returns the first journey that a rule ended.
func droppedIn(t *trace.Trace) *trace.Journey {
	i := slices.IndexFunc(t.Journeys, func(j trace.Journey) bool { return j.Outcome.Kind == trace.OutcomeDropped })
	return &t.Journeys[i]
}

// lies are changes to a true trace, with the classes that the judge must find.
var lies = []struct {
	name  string
	tell  func(*trace.Trace)
	found []Class
}{
	{"a packet is split", func(t *trace.Trace) {
		j := packetOf(t, "TCP SYN")
		rest := *j
		rest.ID, rest.Hops, j.Hops = 1000, j.Hops[2:], j.Hops[:2]
		j.Outcome = trace.Outcome{Kind: trace.OutcomeUnseen, Node: "gateway"}
		t.Journeys = append(t.Journeys, rest)
	}, []Class{SplitPacket, WrongFate}},
	{"packets are mixed", func(t *trace.Trace) {
		a, b := packetOf(t, "TCP SYN"), packetOf(t, "TCP SYN-ACK")
		a.Hops[1], b.Hops[2] = b.Hops[2], a.Hops[1]
	}, []Class{MixedPackets}},
	{"a frame is left out", func(t *trace.Trace) { j := packetOf(t, "TCP SYN"); j.Hops = j.Hops[:3] }, []Class{WrongCapture}},
	{"a byte is wrong", func(t *trace.Trace) {
		f := &t.Frames[packetOf(t, "TCP SYN").Hops[0].Frame-1]
		f.Data = slices.Clone(f.Data)
		f.Data[0]++
	}, []Class{WrongCapture}},
	{"an ambiguity is invented", func(t *trace.Trace) { packetOf(t, "TCP SYN").Hops[0].Ambiguous = []int{2} }, []Class{WrongAmbiguity}},
	{"an echo is called a reply", func(t *trace.Trace) { packetOf(t, "ICMP echo request").Summary = "ICMP echo reply" }, []Class{WrongSummary}},
	{"another flow", func(t *trace.Trace) { packetOf(t, "TCP SYN-ACK").Flow = packetOf(t, "UDP (64 bytes)").Flow }, []Class{WrongFlow}},
	{"another direction", func(t *trace.Trace) { packetOf(t, "TCP SYN-ACK").Direction = trace.Original }, []Class{WrongFlow}},
	{"a step is left out", func(t *trace.Trace) { packetOf(t, "TCP SYN").Hops[2].Steps = nil }, []Class{WrongCount}},
	{"another rule undoes a translation", func(t *trace.Trace) {
		j := packetOf(t, "TCP SYN-ACK")
		changeOf(j, trace.FieldSource).Cause.Origin.Rule = changeOf(j, trace.FieldDestination).Cause.Origin.Rule
	}, []Class{WrongCause}},
	{"another translation is undone", func(t *trace.Trace) {
		changeOf(packetOf(t, "TCP SYN-ACK"), trace.FieldSource).Cause.Translation = trace.Masquerade
	}, []Class{WrongCause}},
	{"another rule translates", func(t *trace.Trace) {
		j := packetOf(t, "TCP SYN")
		changeOf(j, trace.FieldSource).Cause.Rule = changeOf(j, trace.FieldDestination).Cause.Rule
	}, []Class{WrongCause}},
	{"another entry", func(t *trace.Trace) { changeOf(packetOf(t, "TCP SYN-ACK"), trace.FieldSource).Cause.Entry++ }, []Class{WrongEntry}},
	{"a dropped packet is delivered", func(t *trace.Trace) {
		droppedIn(t).Outcome = trace.Outcome{Kind: trace.OutcomeDelivered, Node: "gateway"}
	}, []Class{WrongFate, WrongSum}},
	{"another rule drops", func(t *trace.Trace) {
		droppedIn(t).Outcome.Rule = changeOf(packetOf(t, "TCP SYN"), trace.FieldSource).Cause.Rule
	}, []Class{WrongFate, WrongSum}},
	{"a delivered packet is dropped", func(t *trace.Trace) {
		packetOf(t, "UDP (64 bytes)").Outcome = droppedIn(t).Outcome
	}, []Class{WrongFate, WrongSum}},
	{"no route", func(t *trace.Trace) { droppedIn(t).Outcome.Reason = trace.ReasonNoRoute }, []Class{WrongFate, WrongSum}},
	{"another gateway", func(t *trace.Trace) {
		changeOf(packetOf(t, "TCP SYN"), trace.FieldTTL).Cause.Route.Gateway = netip.MustParseAddr("10.2.0.9")
	}, []Class{WrongRoute}},
	{"another next hop", func(t *trace.Trace) {
		changeOf(packetOf(t, "TCP SYN"), trace.FieldDestinationMAC).Cause.Neighbour = netip.MustParseAddr("10.2.0.9")
	}, []Class{WrongNeighbour}},
	{"a change is left out", func(t *trace.Trace) { packetOf(t, "TCP SYN").Hops[2].Changes = nil }, []Class{WrongChange}},
	{"a change is invented", func(t *trace.Trace) { changeOf(packetOf(t, "TCP SYN"), trace.FieldTTL).From = trace.TTL(65) }, []Class{WrongChange}},
	{"another packet is reported", func(t *trace.Trace) {
		droppedIn(t).Outcome.ReportedBy = packetOf(t, "ICMP port unreachable").ID
	}, []Class{WrongReport}},
	{"another answer to a rejected packet", func(t *trace.Trace) {
		i := slices.IndexFunc(t.Journeys, func(j trace.Journey) bool { return j.Outcome.Reason == trace.ReasonReject })
		t.Journeys[i].Outcome.Answer = trace.Reject{Type: 1, Code: 4}
	}, []Class{WrongReport}},
	{"a rule after the one that matched", func(t *trace.Trace) {
		s := &droppedIn(t).Outcome.Steps[0]
		s.Unmatched = append(slices.Clone(s.Unmatched), trace.Unmatched{Handle: s.Handle, Text: s.Text})
	}, []Class{WrongUnmatched}},
	{"another element", func(t *trace.Trace) {
		steps := packetOf(t, "TCP SYN").Hops[2].Steps
		i := slices.IndexFunc(steps, func(s trace.Step) bool { return s.Element != nil })
		steps[i].Element = &trace.Element{Key: `"lan"`, Verdict: steps[i].Verdict}
	}, []Class{WrongElement}},
}
