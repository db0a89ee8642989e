package live

import (
	"slices"
	"strings"
	"testing"

	"tracer/trace"
)

// TestEffects: a field set by a mangle rule is attributed to that rule, at its hook, even if
// the rule is the first that the packet meets in its chain.
func TestEffects(t *testing.T) {
	s := routedWith(t, bothNAT+`
      - "-t mangle -A PREROUTING -p tcp -j TTL --ttl-inc 2"
      - "-t mangle -A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 500"
      - "-t mangle -A POSTROUTING -p udp -j DSCP --set-dscp 0x0a"
      - "-t mangle -A POSTROUTING -p tcp -j DSCP --set-dscp 0x2e"`)
	tr, err := Run(t.Context(), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for i := range tr.Journeys {
		j := &tr.Journeys[i]
		for k := range j.Hops {
			for _, c := range j.Hops[k].Changes {
				if c.Cause.Kind == trace.CauseInferred && !j.Background() {
					t.Errorf("#%d %s: %s %s ⇒ %s is inferred", j.ID, j.Summary, c.Field, c.From, c.To)
				}
				if c.Cause.Kind == trace.CauseRule && !c.Field.Translated() {
					seen[c.Field.String()+" "+c.To.String()+" at "+c.Hook.String()+" by "+c.Cause.Rule.Text]++
				}
			}
		}
	}
	for _, want := range []string{
		"ttl 66 at prerouting by -p tcp -j TTL --ttl-inc 2",
		"mss 500 at forward by -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 500",
		"tos 0xb8 at postrouting by -p tcp -j DSCP --set-dscp 0x2e",
	} {
		if seen[want] < 2 { // in both directions
			t.Errorf("%s: %d times", want, seen[want])
		}
	}
	if len(seen) != 3 {
		t.Errorf("%v", seen)
	}
}

// TestMark: a change of a packet's mark, which is in no header, is attributed to the rule
// that sets it.
func TestMark(t *testing.T) {
	tr, err := Run(t.Context(), routedWith(t, bothNAT+`
      - "-t mangle -A PREROUTING -i eth1 -p tcp -j MARK --set-xmark 0x1/0xffffffff"
      - "-t mangle -A FORWARD -m mark --mark 0x1 -j MARK --set-xmark 0x8/0xffffffff"`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"0x0 ⇒ 0x1 at prerouting by mangle PREROUTING -i eth1 -p tcp -j MARK --set-xmark 0x1/0xffffffff",
		"0x1 ⇒ 0x8 at forward by mangle FORWARD -m mark --mark 0x1 -j MARK --set-xmark 0x8/0xffffffff",
	}
	for i := range tr.Journeys {
		j := &tr.Journeys[i]
		if j.Direction != trace.Original || !strings.HasPrefix(j.Summary, "TCP") {
			continue
		}
		var got []string
		for k := range j.Hops {
			for _, c := range j.Hops[k].Changes {
				if c.Field == trace.FieldMark {
					got = append(got, c.From.String()+" ⇒ "+c.To.String()+" at "+c.Hook.String()+" by "+c.Cause.Rule.String())
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("#%d %s: %q", j.ID, j.Summary, got)
		}
	}
}

// TestReportsOfRejected: the kernel reports only some of many rejected datagrams. Each
// report belongs to one datagram.
func TestReportsOfRejected(t *testing.T) {
	text := strings.Replace(routed, "RULES", `
      - "-A FORWARD -p udp -j REJECT --reject-with icmp-admin-prohibited"`, 1)
	at := strings.Index(text, "traffic:")
	text = text[:at] + "traffic:\n" + strings.Repeat("  - { from: client, udp: \"10.2.0.2:9\", timeout: 50ms }\n", 12)
	tr, err := Run(t.Context(), scenarioOf(t, text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	rejected, errors, by := 0, 0, map[int]int{}
	for i := range tr.Journeys {
		j := &tr.Journeys[i]
		switch o := &j.Outcome; {
		case j.Summary == "ICMP administratively prohibited":
			errors++
		case o.Reason == trace.ReasonReject:
			rejected++
			if want := (trace.Reject{Type: 3, Code: 13}); o.Answer != want || !strings.HasSuffix(o.Rule.Text, "icmp-admin-prohibited") {
				t.Errorf("#%d: %+v", j.ID, o)
			}
			if o.ReportedBy != 0 {
				by[o.ReportedBy]++
			}
		}
	}
	if rejected != 12 || errors == 0 || len(by) != errors {
		t.Errorf("%d rejected, %d errors, which report %v", rejected, errors, by)
	}
	for id, n := range by {
		if n != 1 {
			t.Errorf("#%d reports %d packets", id, n)
		}
	}
}
