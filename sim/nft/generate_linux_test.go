package nft

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tracer/sim/labtest"
)

// TestGenerated: rulesets that a seed chooses are read, parsed and installed as nft would.
func TestGenerated(t *testing.T) {
	labtest.Peer(t, "nft")
	first, n, rules := labtest.Seed(t), 60, 0
	if testing.Short() {
		n = 5
	}
	for i := range n {
		seed := first + uint64(i)
		g := &rulesets{Rand: labtest.RandomOf(seed)}
		text := g.ruleset()
		rules += strings.Count(text, "\n\t\t")
		if check(t, text); t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, text)
		}
	}
	t.Logf("%d lines in the chains and sets of %d rulesets", rules, n)
}

// rulesets makes up rulesets.
type rulesets struct {
	*rand.Rand
	family string
}

func (g *rulesets) pick(list ...string) string { return list[g.IntN(len(list))] }

func (g *rulesets) addr() string {
	return fmt.Sprintf("10.%d.%d.%d", g.IntN(4), g.IntN(256), 1+g.IntN(250))
}

func (g *rulesets) name() string {
	return g.pick("eth0", "docker0", "br-0123456789ab", "lo", "veth1234567", "a", "wlan0")
}

func (g *rulesets) ruleset() string {
	var b strings.Builder
	for _, family := range []string{"ip", "inet", "ip6"} {
		g.family = family
		fmt.Fprintf(&b, "table %s made {\n", family)
		g.sets(&b)
		fmt.Fprintf(&b, "\tchain leaf {\n\t\tcounter\n\t}\n")
		for _, chain := range []string{"one", "two"} {
			fmt.Fprintf(&b, "\tchain %s {\n%s\t}\n", chain, g.rules(3+g.IntN(12), false))
		}
		fmt.Fprintf(&b, "\tchain base {\n\t\ttype filter hook %s priority %d; policy %s;\n%s\t}\n",
			g.pick("prerouting", "input", "forward", "output", "postrouting"), g.IntN(700)-350, g.pick("accept", "drop"), g.rules(g.IntN(10), false))
		fmt.Fprintf(&b, "\tchain before {\n\t\ttype nat hook prerouting priority %d;\n%s\t}\n", g.IntN(40)-120, g.rules(1+g.IntN(6), true))
		fmt.Fprintf(&b, "}\n")
	}
	return b.String()
}

// sets makes the sets that rules name.
func (g *rulesets) sets(b *strings.Builder) {
	list := func(n int, one func(i int) string) string {
		if n == 0 {
			return ""
		}
		var all []string
		for i := range n {
			all = append(all, one(i))
		}
		g.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
		return "\t\telements = { " + strings.Join(all, ", ") + " }\n"
	}
	names := []string{"eth0", "docker0", "br-0123456789ab", "lo", "veth1234567", "a", "wlan0"}
	verdicts := func(i int) string { return g.pick("accept", "drop", "return", "jump leaf", "goto leaf", "continue") }
	fmt.Fprintf(b, "\tset ports {\n\t\ttype inet_service\n%s\t}\n", list(g.IntN(12), func(i int) string { return fmt.Sprint(1 + i*17) }))
	fmt.Fprintf(b, "\tset spans {\n\t\ttype inet_service\n\t\tflags interval\n%s\t}\n", list(g.IntN(6), func(i int) string { return g.pick(fmt.Sprintf("%d-%d", 100*i+1, 100*i+9), fmt.Sprint(100*i+50)) }))
	fmt.Fprintf(b, "\tset hosts {\n\t\ttype ipv4_addr\n%s\t}\n", list(g.IntN(7), func(i int) string { return fmt.Sprintf("10.0.%d.%d", g.IntN(200), i) }))
	fmt.Fprintf(b, "\tset nets {\n\t\ttype ipv4_addr\n\t\tflags interval\n%s\t}\n", list(g.IntN(6), func(i int) string {
		return g.pick(fmt.Sprintf("10.%d.0.0/16", i), fmt.Sprintf("10.%d.0.1-10.%d.0.9", i, i), fmt.Sprintf("10.%d.3.4", i), fmt.Sprintf("10.%d.8.0-10.%d.15.255", i, i))
	}))
	fmt.Fprintf(b, "\tset pairs {\n\t\ttype ipv4_addr . inet_service\n%s\t}\n", list(g.IntN(5), func(i int) string { return fmt.Sprintf("%s . %d", g.addr(), i+1) }))
	fmt.Fprintf(b, "\tmap doors {\n\t\ttype ifname : verdict\n%s\t}\n", list(g.IntN(len(names)), func(i int) string { return fmt.Sprintf("%q : %s", names[i], verdicts(i)) }))
	fmt.Fprintf(b, "\tmap gates {\n\t\ttype inet_service : verdict\n%s\t}\n", list(g.IntN(8), func(i int) string { return fmt.Sprintf("%d : %s", i+1, verdicts(i)) }))
	fmt.Fprintf(b, "\tmap places {\n\t\ttype inet_service : ipv4_addr\n%s\t}\n", list(g.IntN(7), func(i int) string { return fmt.Sprintf("%d : %s", i+1, g.addr()) }))
}

func (g *rulesets) rules(n int, nat bool) string {
	var b strings.Builder
	for range n {
		var parts []string
		protocol := false // a condition tests the protocol, so another one could contradict it
		add := func(text string) bool {
			tests := aboutProtocol(text)
			if tests && protocol {
				return false
			}
			protocol = protocol || tests
			parts = append(parts, text)
			return true
		}
		for range g.IntN(3) {
			add(g.condition())
		}
		if g.IntN(2) == 0 {
			add("counter")
		}
		switch {
		case nat:
			for !add(g.translation()) {
			}
		case g.IntN(6) == 0:
			for !add(g.branch()) {
			}
		default:
			add(g.pick("accept", "drop", "return", "continue"))
		}
		if g.IntN(4) == 0 {
			parts = append(parts, fmt.Sprintf("comment %q", g.pick("x", "two words", "a, { b } ; c", "100 %")))
		}
		fmt.Fprintf(&b, "\t\t%s\n", strings.Join(parts, " "))
	}
	return b.String()
}

// aboutProtocol reports whether a text tests the protocol, or implies it.
func aboutProtocol(text string) bool {
	for _, word := range []string{"l4proto", "tcp", "udp", "th ", "icmp", "protocol", "nexthdr", "redirect to"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// condition returns a condition.
func (g *rulesets) condition() string {
	not := g.pick("", "", "!= ")
	any := []string{
		"iifname " + not + `"` + g.name() + `"`, "oifname " + not + `"` + g.name() + `"`, `iifname "veth*"`, "iifname " + not + `{ "a", "eth0", "docker0" }`,
		g.pick("tcp", "udp") + g.pick(" dport ", " sport ") + g.pick(not+"80", not+"80-90", "> 1023", "<= 99", not+"{ 22, 80, 443 }", "{ 22-30, 80 }", not+"@ports", "@spans"),
		"meta l4proto " + not + g.pick("tcp", "udp", "{ tcp, udp }", "icmp"), "ct state " + g.pick("new", "established,related", "invalid", "{ new, established }", "!= new"),
		"fib daddr type " + not + g.pick("local", "{ local, broadcast }", "multicast"), "meta mark " + not + "0x00000007", "th dport { 53, 67 }",
		"limit rate " + g.pick("1/second", "10/minute burst 7 packets"), "iifname . oifname { \"a\" . \"b\", \"lo\" . \"docker0\" }", "meta l4proto . th dport { tcp . 80, udp . 53 }",
	}
	if g.family == "ip6" {
		return g.pick(append(any, "ip6 saddr "+not+g.pick("fd00::1", "fd00::/64", "fe80::/10", "{ fd00::1, fd00:1::/32 }"), "icmpv6 type "+g.pick("echo-request", "{ nd-neighbor-solicit, echo-reply }"), "ip6 nexthdr tcp", "ip6 hoplimit "+g.pick("1", "< 5", "7-9"))...)
	}
	return g.pick(append(any, "ip saddr "+not+g.pick(g.addr(), "10.0.0.0/8", "10.16.0.0/12", "{ 10.0.0.1, 10.1.0.0/16 }", "@hosts", "@nets", "10.0.0.1-10.0.0.77"),
		"ip saddr . tcp dport "+not+"@pairs", "ip saddr "+g.addr()+" ip daddr "+g.addr(), "icmp type "+g.pick("echo-request", "{ echo-reply, time-exceeded }"), "ip ttl "+g.pick("1", "< 5", "7-9"), "ip protocol "+not+"icmp")...)
}

func (g *rulesets) branch() string {
	return g.pick("oifname vmap @doors", "iifname vmap @doors", "tcp dport vmap @gates", "tcp dport vmap { 80 : accept, 22 : drop }", "ct state vmap { invalid : drop, established : accept, related : accept }")
}

func (g *rulesets) translation() string {
	if g.family == "ip6" {
		return g.pick("dnat to fd00::1", "tcp dport 81 dnat to [fd00::1]:80", "redirect")
	}
	family := map[string]string{"ip": "", "inet": " ip"}[g.family]
	return g.pick("dnat"+family+" to "+g.addr(), "tcp dport 81 dnat"+family+" to "+g.addr()+":80", "tcp dport 81 redirect to :8080", "dnat"+family+" to tcp dport map @places",
		"dnat ip to tcp dport map { 80 : 10.0.0.1 . 8080, 81 : 10.0.0.2 . 8081 }", "dnat"+family+" to 10.0.0.1-10.0.0.9", "udp dport 5 dnat"+family+" to "+g.addr()+":80-90", "redirect", "dnat"+family+" to "+g.addr()+" persistent")
}
