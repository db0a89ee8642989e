package iptables

import (
	"reflect"
	"testing"
)

// expressions returns NFTA_RULE_EXPRESSIONS as it is written.
func expressions(t testing.TB, r Rule) []byte {
	t.Helper()
	c := encode(IPv4, r)
	b, err := c.marshal()
	if err != nil {
		t.Fatalf("%s: %v", r, err)
	}
	return b
}

func TestEncodeDecode(t *testing.T) {
	var rules []Rule
	for _, c := range cases() {
		rules = append(rules, c.rule)
	}
	for _, table := range docker().Tables {
		for _, c := range table.Chains {
			rules = append(rules, c.Rules...)
		}
	}
	// iptables gets these two wrong: it writes the first as "not both", and lists only
	// the last port of the second.
	rules = append(rules,
		Rule{Protocol: Protocol{Number: UDP}, Matches: []Match{
			Ports{Protocol: UDP, Source: Port(9), NotSource: true, Destination: Port(10), NotDestination: true}}},
		Rule{Protocol: Protocol{Number: TCP}, Matches: []Match{
			Ports{Protocol: TCP, Destination: Port(1)}, Ports{Protocol: TCP, Destination: Port(2)}}})
	for _, want := range rules {
		got, err := decodeExpressions(IPv4, expressions(t, want))
		if err != nil {
			t.Fatalf("%s: %v", want, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestEncodeRefusesOpaque(t *testing.T) {
	for _, r := range []Rule{
		{Matches: []Match{Opaque{XtMatch, "icmp", 0}}}, {Target: Opaque{XtTarget, "LOG", 0}},
	} {
		if _, err := ruleFields(IPv4, r); err == nil {
			t.Errorf("%v: no error", r)
		}
	}
}

// FuzzRoundTrip checks that whatever is understood can be written and reads back the
// same.
func FuzzRoundTrip(f *testing.F) {
	for _, c := range cases() {
		f.Add(expressions(f, c.rule))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		want, err := decodeExpressions(IPv4, b)
		if err != nil || !understood(want) {
			return
		}
		want.Packets, want.Bytes = 0, 0
		got, err := decodeExpressions(IPv4, expressions(t, want))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %s, %v; want %s", got, err, want)
		}
	})
}
