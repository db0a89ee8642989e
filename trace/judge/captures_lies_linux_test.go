package judge

import (
	"slices"
	"testing"
	"time"

	"tracer/sim/labtest"
	"tracer/trace"
)

// TestJudgeCaptures: the judge accepts a true trace made from captures, and detects each kind
// of false statement.
func TestJudgeCaptures(t *testing.T) {
	for _, name := range []string{"ip", "iptables", "iptables-save", "nft"} {
		labtest.Peer(t, name)
	}
	n, err := Parse(known)
	if err != nil {
		t.Fatal(err)
	}
	files, e, err := captured(t, n)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := stitched(t, files).Trace(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v := JudgeCaptures(tr, e)
	for _, f := range v.False {
		t.Errorf("%s: %s", f.Class, f.Text)
	}
	for _, what := range []string{"journeys", "hops", "changes", "kinds of NAT", "mappings"} {
		if v.Stated[what] == 0 {
			t.Errorf("nothing was judged: %s", what)
		}
	}
	for _, lie := range captureLies {
		t.Run(lie.name, func(t *testing.T) {
			falsified := copied(tr)
			survey := *tr.Survey
			survey.Points, survey.Mappings = slices.Clone(survey.Points), slices.Clone(survey.Mappings)
			falsified.Survey = &survey
			lie.tell(falsified)
			found := JudgeCaptures(falsified, e).Classes()
			for _, class := range lie.found {
				if len(found[class]) == 0 {
					t.Errorf("the judge finds %[2]v, not class %[1]s", class, found)
				}
			}
		})
	}
}

// point returns the number of a point.
func point(t *trace.Trace, place string) int {
	return slices.IndexFunc(t.Survey.Points, func(p trace.PointSurvey) bool { return p.String() == place })
}

// captureLies are falsifications of such a trace, with the classes that the judge must report.
var captureLies = []struct {
	name  string
	tell  func(*trace.Trace)
	found []Class
}{
	{"a packet is split", func(t *trace.Trace) {
		j := packetOf(t, "TCP SYN")
		rest := *j
		rest.ID, rest.Hops, j.Hops = 1000, j.Hops[2:], j.Hops[:2]
		t.Journeys = append(t.Journeys, rest)
	}, []Class{SplitPacket}},
	{"packets are mixed", func(t *trace.Trace) {
		a, b := packetOf(t, "TCP SYN"), packetOf(t, "TCP SYN-ACK")
		a.Hops[1], b.Hops[2] = b.Hops[2], a.Hops[1]
	}, []Class{MixedPackets}},
	{"a frame is left out", func(t *trace.Trace) { j := packetOf(t, "TCP SYN"); j.Hops = j.Hops[:3] }, []Class{WrongCapture}},
	{"an ambiguity is invented", func(t *trace.Trace) { packetOf(t, "TCP SYN").Hops[0].Ambiguous = []int{2} }, []Class{WrongAmbiguity}},
	{"a division is invented", func(t *trace.Trace) {
		packetOf(t, "TCP SYN").Outcome = trace.Outcome{Kind: trace.OutcomeSegmented, Segments: []int{packetOf(t, "TCP SYN-ACK").ID}}
	}, []Class{WrongSegments}},
	{"another direction", func(t *trace.Trace) { packetOf(t, "TCP SYN-ACK").Direction = trace.Original }, []Class{WrongFlow}},
	{"another direction of datagrams", func(t *trace.Trace) { packetOf(t, "UDP (64 bytes)").Direction = trace.Reply }, []Class{WrongFlow}},
	{"the path goes back in time", func(t *trace.Trace) {
		j := packetOf(t, "TCP SYN")
		j.Hops[0], j.Hops[1] = j.Hops[1], j.Hops[0]
	}, []Class{WrongOrder}},
	{"a copy changes what its path did not", func(t *trace.Trace) {
		j := packetOf(t, "TCP SYN")
		j.Hops[3].Copy, j.Hops[3].Changes = true, []trace.Change{{Field: trace.FieldTTL, From: trace.TTL(9), To: trace.TTL(8), Cause: trace.Cause{Kind: trace.CauseInferred}}}
	}, []Class{WrongChange}},
	{"another clock", func(t *trace.Trace) { t.Survey.Points[0].Clock = time.Millisecond }, []Class{WrongTime}},
	{"another time", func(t *trace.Trace) { h := &packetOf(t, "TCP SYN").Hops[1]; h.Time = h.Time.Add(time.Second) }, []Class{WrongTime}},
	{"a change is left out", func(t *trace.Trace) { packetOf(t, "TCP SYN").Hops[2].Changes = nil }, []Class{WrongChange}},
	{"another kind of NAT", func(t *trace.Trace) {
		changeOf(packetOf(t, "TCP SYN"), trace.FieldSource).Cause.Translation = trace.DNAT
	}, []Class{WrongCause}},
	{"NAT of replies in a request", func(t *trace.Trace) {
		c := &changeOf(packetOf(t, "TCP SYN"), trace.FieldSource).Cause
		c.Translation, c.Reverse = trace.DNAT, true
	}, []Class{WrongCause}},
	{"another opener", func(t *trace.Trace) {
		changeOf(packetOf(t, "TCP SYN"), trace.FieldSource).Cause.Origin.Journey = packetOf(t, "TCP SYN-ACK").ID
	}, []Class{WrongCause}},
	{"a rule is known", func(t *trace.Trace) {
		changeOf(packetOf(t, "TCP SYN"), trace.FieldSource).Cause.Kind = trace.CauseRule
	}, []Class{WrongCause}},
	{"another mapping", func(t *trace.Trace) {
		i := slices.IndexFunc(t.Survey.Mappings, func(m trace.Mapping) bool { return m.Kind != 0 })
		m := &t.Survey.Mappings[i]
		m.From, m.To = m.To, m.From
	}, []Class{WrongSurvey}},
	{"an arrived packet is lost", func(t *trace.Trace) {
		packetOf(t, "UDP (64 bytes)").Outcome = trace.Outcome{Kind: trace.OutcomeUnseen, Reason: trace.ReasonOthersWentOn}
	}, []Class{WrongFate, WrongSurvey}},
	{"a packet is missing where it was", func(t *trace.Trace) {
		packetOf(t, "TCP SYN").Outcome = trace.Outcome{Kind: trace.OutcomeUnseen, Reason: trace.ReasonOthersWentOn, Others: trace.Point{Node: "server", Interface: "eth0"}}
	}, []Class{WrongFate}},
	{"a packet is delivered", func(t *trace.Trace) { packetOf(t, "TCP SYN").Outcome.Kind = trace.OutcomeDelivered }, []Class{WrongFate}},
	{"a capture missed packets", func(t *trace.Trace) {
		at := point(t, "server/eth0")
		t.Survey.Losses = []trace.Loss{{After: at, Never: at, Passed: true, Finding: trace.Finding{Packets: 1, Examples: []trace.Example{{Journey: 1}}}}}
	}, []Class{WrongSurvey}},
	{"the first packet is a retransmission", func(t *trace.Trace) {
		t.Survey.Retransmissions = trace.Finding{Packets: 1, Examples: []trace.Example{{Journey: packetOf(t, "TCP SYN").ID}}}
	}, []Class{WrongSurvey}},
}
