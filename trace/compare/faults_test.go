package compare_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tracer/trace"
	"tracer/trace/compare"
)

// fact describes a fact in one line.
func fact(f *compare.Fact) string {
	switch {
	case f.Kind == 0:
		return "nothing"
	case f.Kind == compare.KindRule:
		return fmt.Sprintf("%v %s %v: %v: %v", f.Kind, f.Node, f.Step.Hook, f.Step.RuleRef, f.Step.Verdict)
	case f.Kind == compare.KindChange:
		return fmt.Sprintf("%v %s: %v by %v", f.Kind, f.Node, f.Change.Field, f.Change.Cause.Kind)
	case f.Kind == compare.KindHook:
		return fmt.Sprintf("%v %s %v", f.Kind, f.Node, f.Hook)
	}
	return fmt.Sprintf("%v %s", f.Kind, f.Node)
}

// expected is where a lesson with a fault first differs from the one without, and why.
type expected struct {
	requests bool   // the fault asks for something else
	packet   string // the first packet that differs; empty: none does
	facts    [2]string
	setting  string // the cause, as the node has it
}

const nothing = "nothing"

// Each was read in both traces and in the scenario's text.
var places = map[string]expected{
	"accept-not-final in-both": {false, "TCP SYN", [2]string{
		"rule host input: inet filter input: drop",
		"rule host input: inet filter input tcp dport { 22, 80 } counter accept: accept"}, "B host rule inet filter input tcp dport { 22, 80 } counter accept"},
	"accept-not-final drop-first": {false, "TCP SYN", [2]string{"rule host input: inet web input tcp dport 80 counter accept: accept", nothing},
		"B host priority inet web input 10"},
	"bridge-netfilter bridge-nf-off": {false, "TCP SYN", [2]string{"hook host prerouting", nothing}, "A host bridge-nf-call-iptables"},
	"bridge-netfilter icc-false": {false, "TCP SYN", [2]string{
		"rule host forward: filter FORWARD -i docker0 -o docker0 -j ACCEPT: accept",
		"rule host forward: filter FORWARD -i docker0 -o docker0 -j DROP: drop"}, "B host rule filter FORWARD -i docker0 -o docker0 -j DROP"},
	"closed-door no-raw": {false, "TCP SYN", [2]string{
		"rule host prerouting: raw PREROUTING -d 172.17.0.2/32 ! -i docker0 -j DROP: drop",
		"rule host prerouting: raw PREROUTING: accept"}, "A host rule raw PREROUTING -d 172.17.0.2/32 ! -i docker0 -j DROP"},
	"dnat-plain redirect": {false, "TCP SYN", [2]string{
		"rule gateway prerouting: nat PREROUTING -d 1.2.3.4/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.20.30.40:8080: accept",
		"rule gateway prerouting: nat PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080: accept"}, "B gateway rule nat PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080"},
	"egress-http ping-by-name":   {true, "ICMP echo request", [2]string{nothing, nothing}, ""},
	"egress-needs no-route":      {false, "ICMP echo request", [2]string{"change host: ttl by routing", "end host"}, "A host route default via 192.168.26.2 dev ens33"},
	"egress-needs no-forwarding": {false, "ICMP echo request", [2]string{"change host: ttl by routing", "end host"}, "A host ip_forward"},
	"egress-needs no-accept-out": {false, "ICMP echo request", [2]string{
		"rule host forward: filter FORWARD -i br-5c710e739634 ! -o br-5c710e739634 -j ACCEPT: accept",
		"rule host forward: filter FORWARD: drop"}, "A host rule filter FORWARD -i br-5c710e739634 ! -o br-5c710e739634 -j ACCEPT"},
	"egress-needs no-accept-back": {false, "ICMP echo reply", [2]string{
		"rule host forward: filter FORWARD -o br-5c710e739634 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT: accept",
		"rule host forward: filter FORWARD -o br-5c710e739634 -j DOCKER: jump DOCKER"}, "A host rule filter FORWARD -o br-5c710e739634 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"},
	"egress-needs no-masquerade": {false, "ICMP echo request", [2]string{
		"rule host postrouting: nat POSTROUTING -s 172.18.0.0/16 ! -o br-5c710e739634 -j MASQUERADE: accept",
		"rule host postrouting: nat POSTROUTING: accept"}, "A host rule nat POSTROUTING -s 172.18.0.0/16 ! -o br-5c710e739634 -j MASQUERADE"},
	"egress-ping no-masquerade": {false, "ICMP echo request", [2]string{
		"rule host postrouting: nat POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE: accept",
		"rule host postrouting: nat POSTROUTING: accept"}, "A host rule nat POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE"},
	"embedded-dns default-bridge": {true, "UDP (21 bytes)", [2]string{nothing, nothing}, ""},
	"embedded-dns no-rules": {false, "UDP (21 bytes)", [2]string{
		"rule curl output: nat OUTPUT -d 127.0.0.11/32 -j DOCKER_OUTPUT: jump DOCKER_OUTPUT", nothing},
		"A curl rule nat OUTPUT -d 127.0.0.11/32 -j DOCKER_OUTPUT"},
	"flask-nftables own-table": {false, "TCP SYN", [2]string{"hook host postrouting", "rule host forward: inet own forward tcp dport 5000 counter drop: drop"}, "B host rule inet own forward tcp dport 5000 counter drop"},
	"flask-demo forward-drop": {false, "TCP SYN", [2]string{
		"rule host forward: filter DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 5000 -j ACCEPT: accept",
		"rule host forward: filter DOCKER: return"}, "A host rule filter DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 5000 -j ACCEPT"},
	"flask-demo ip-forward-off":          {false, "TCP SYN", [2]string{"change host: ttl by routing", "end host"}, "A host ip_forward"},
	"flask-demo input-drop":              {false, "", [2]string{}, "B host policy filter INPUT DROP"},
	"flask-demo docker-user-port":        {false, "", [2]string{}, "B host rule filter DOCKER-USER -p tcp -m tcp --dport 80 -j DROP, not by #3: --dport 80"},
	"host-own-address container-address": {true, "ARP request", [2]string{"sent host", "sent host"}, ""},
	"ip-forward forwarding":              {false, "ICMP echo request", [2]string{"end pc", "change pc: ttl by routing"}, "B pc ip_forward"},
	"metadata-dnat route-localnet":       {false, "TCP SYN", [2]string{"end host", "place host"}, "B host route_localnet docker0"},
	"metadata-dnat port-8080":            {true, "ARP request", [2]string{nothing, nothing}, "B host rule nat OUTPUT -d 169.254.169.254/32 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 169.254.169.254:80"},
	"mtu-black-hole icmp-let-through": {false, "ICMP fragmentation needed", [2]string{
		"rule router output: filter OUTPUT -p icmp -j DROP: drop",
		"rule router output: filter OUTPUT: accept"}, "A router rule filter OUTPUT -p icmp -j DROP"},
	"snat-plain snat-input": {true, "ICMP echo request", [2]string{nothing, nothing}, "B gateway rule nat INPUT -s 192.168.26.12/32 -j SNAT --to-source 192.168.26.99"},
}

// TestFaults: each fault first shows where it is.
func TestFaults(t *testing.T) {
	seen := 0
	faults(t, func(name, fault string) {
		seen++
		want, known := places[name+" "+fault]
		if !known {
			t.Errorf("%s %s: not in the table", name, fault)
			return
		}
		c := compare.Traces(recorded(t, name, ""), recorded(t, name, fault))
		if other := len(c.Differences) > 0 && c.Differences[0].Kind == compare.KindRequest; other != want.requests {
			t.Errorf("%s %s: other requests: %t", name, fault, other)
		}
		if !slices.ContainsFunc(c.Settings, func(s compare.Setting) bool { return want.setting == setting(&s) }) && want.setting != "" {
			t.Errorf("%s %s: no setting %q in %v", name, fault, want.setting, c.Settings)
		}
		d := c.First()
		if d == nil || want.packet == "" {
			if d != nil || want.packet != "" {
				t.Errorf("%s %s: %+v", name, fault, d)
			}
			return
		}
		p := &c.Packets[d.Packet]
		for _, s := range compare.Sides {
			if j := c.Journey(p, s); j != nil && j.Summary != want.packet {
				t.Errorf("%s %s: %v: first in %s", name, fault, s, j.Summary)
			}
			if got := fact(&d.Facts[s]); got != want.facts[s] {
				t.Errorf("%s %s: %v: %s, want %s", name, fault, s, got, want.facts[s])
			}
		}
	})
	if seen != len(places) {
		t.Errorf("%d faults, and %d in the table", seen, len(places))
	}
}

// setting describes a setting in one line.
func setting(s *compare.Setting) string {
	words := []string{s.Side.String(), s.Node, s.Kind.String()}
	switch {
	case s.Rule != (trace.RuleRef{}):
		words = append(words, s.Rule.String())
		if s.Kind == compare.SettingPriority {
			words = append(words, fmt.Sprint(s.Priority))
		}
	case s.Route.Destination.IsValid():
		words = append(words, s.Route.Short())
	case s.Interface != "":
		words = append(words, s.Interface)
	}
	out := strings.Join(words, " ")
	if s.Unmatched != nil && s.Kind == compare.SettingRule && s.Side == compare.B {
		out += fmt.Sprintf(", not by #%d: %s", s.Journey, s.Unmatched.Condition)
	}
	return out
}

// TestAbsence: a difference says why the other side's packet did not match the rule.
func TestAbsence(t *testing.T) {
	for _, w := range []struct {
		name, fault string
		side        compare.Side
		want        compare.AbsenceKind
	}{
		{"flask-demo", "forward-drop", compare.A, compare.AbsenceMissing},
		{"egress-needs", "no-accept-back", compare.A, compare.AbsenceMissing},
		{"egress-needs", "no-accept-back", compare.B, compare.AbsenceUnreached},
	} {
		d := compare.Traces(recorded(t, w.name, ""), recorded(t, w.name, w.fault)).First()
		if got := d.Facts[w.side].Absence.Kind; got != w.want {
			t.Errorf("%s %s: %v: %v, want %v", w.name, w.fault, w.side, got, w.want)
		}
	}
	c := compare.Traces(recorded(t, "host-own-address", ""), recorded(t, "host-own-address", "container-address"))
	i := slices.IndexFunc(c.Differences, func(d compare.Difference) bool { return d.Kind == compare.KindRule })
	if a := c.Differences[i].Facts[compare.A].Absence; a.Kind != compare.AbsenceUnmatched || a.Unmatched.Condition == "" {
		t.Errorf("%+v", a)
	}
}
