package judge

import (
	"fmt"
	"strings"
)

// tables chooses tables of nftables in the forms of Docker's nftables backend: verdict maps by
// interface, chains for each of them, nat, and a second chain at the same hook.
func (g *generator) tables() {
	if !g.has[Tables] {
		return
	}
	for range 1 + g.IntN(2) {
		r := pick(g, g.routers...)
		if !g.tabled[r.name] {
			g.tabled[r.name] = true
			g.doors(&r)
		}
	}
}

// nft adds a command of nft.
func (g *generator) nft(node, format string, args ...any) { g.line(node, "nft "+format, args...) }

// doors makes the table of a router.
func (g *generator) doors(r *router) {
	t := "ip doors"
	if g.chance(30) {
		t = "inet doors"
	}
	g.nft(r.name, "add table %s", t)
	g.nft(r.name, "add chain %s forward { type filter hook forward priority %s; policy accept; }", t, pick(g, "filter", "filter - 5", "-150", "filter + 5"))
	g.nft(r.name, "add map %s entering { type ifname : verdict; }", t)
	g.nft(r.name, "add map %s leaving { type ifname : verdict; }", t)
	made := map[string]bool{}
	for _, f := range append(r.down[:len(r.down):len(r.down)], r.up...) {
		if !made[f.name] && (g.chance(75) || f.name == r.bridge) {
			made[f.name] = true
			g.door(r, t, f.name)
		}
	}
	g.nft(r.name, "add rule %s forward oifname vmap @entering", t)
	if g.chance(70) {
		g.nft(r.name, "add rule %s forward iifname vmap @leaving", t)
	}
	if g.chance(60) {
		g.late(r, t)
	}
	if g.chance(70) {
		g.published(r, t)
	}
	if g.chance(40) {
		g.guarded(r, t)
	}
}

// door makes the chains of an interface.
func (g *generator) door(r *router, t, iface string) {
	in, out := "in__"+iface, "out__"+iface
	g.nft(r.name, "add chain %s %s", t, in)
	g.nft(r.name, "add chain %s %s", t, out)
	g.nft(r.name, "add element %s entering { %q : %s }", t, iface, pick(g, "jump ", "jump ", "goto ")+in)
	g.nft(r.name, "add element %s leaving { %q : %s }", t, iface, pick(g, "jump "+out, "goto "+out, "accept", "return", "continue"))
	s := pick(g, g.servers...)
	for range 1 + g.IntN(4) {
		g.nft(r.name, "add rule %s %s %s", t, in, pick(g,
			"ct state established,related counter accept", fmt.Sprintf("iifname %q counter accept comment \"within\"", iface),
			fmt.Sprintf("ip daddr %s tcp dport %d counter accept", s.address, tcpPort), fmt.Sprintf("udp dport vmap { %d : accept, %d : drop }", udpPort, closedPort),
			fmt.Sprintf("ip saddr . udp dport { %s . %d, %s . %d } counter accept", g.clients[0].address, udpPort, s.address, closedPort),
			fmt.Sprintf("ip daddr %s counter return", s.address), "ip protocol icmp counter accept comment \"ping\"", "meta l4proto { tcp, udp } counter",
			fmt.Sprintf("tcp dport != { %d, %d } counter drop", tcpPort, webProxy), "ip dscp 0x10 counter accept", "fib saddr type local counter accept",
			fmt.Sprintf("ip daddr { %s, %s } counter accept", network(s.address), network(g.clients[0].address)), "icmp type echo-request counter accept",
		))
	}
	if g.chance(25) {
		g.nft(r.name, "add rule %s %s counter drop comment \"rest\"", t, in)
	}
	g.nft(r.name, "add rule %s %s counter %s", t, out, pick(g, "accept comment \"outgoing\"", "", "return"))
}

// late adds a chain that packets pass after others have accepted them.
func (g *generator) late(r *router, t string) {
	g.nft(r.name, "add chain %s late { type filter hook forward priority %d; policy %s; }", t, pick(g, 10, 20, 300), pick(g, "accept", "accept", "drop"))
	g.nft(r.name, "add set %s closed { type inet_service; elements = { %d, %d }; }", t, closedPort, publishedUDP)
	for range 1 + g.IntN(3) {
		g.nft(r.name, "add rule %s late %s", t, pick(g,
			"udp dport @closed counter drop", "tcp dport @closed counter reject with tcp reset", "ip ttl < 3 counter drop", "ct state vmap { established : accept, related : accept, invalid : drop }",
			fmt.Sprintf("udp sport %d counter accept", udpPort), "ct state new counter accept", "th dport @closed counter reject",
		))
	}
}

// published makes nat chains.
func (g *generator) published(r *router, t string) {
	to, family := r.up[g.IntN(len(r.up))].address, ""
	if strings.HasPrefix(t, "inet") {
		family = " ip"
	}
	s := pick(g, g.servers...)
	for _, hook := range []string{"prerouting", "output"} {
		g.nft(r.name, "add chain %s nat-%s { type nat hook %s priority -100; policy accept; }", t, hook, hook)
	}
	g.nft(r.name, "add chain %s ports", t)
	g.nft(r.name, "add rule %s nat-prerouting fib daddr type local counter jump ports", t)
	g.nft(r.name, "add rule %s nat-output ip daddr != 127.0.0.0/8 fib daddr type local counter jump ports", t)
	switch g.IntN(4) {
	case 0:
		g.nft(r.name, "add rule %s ports iifname != %q udp dport 5311 counter dnat%s to %s:%d comment \"DNAT\"", t, r.down[0].name, family, s.address, udpPort)
	case 1:
		g.nft(r.name, "add rule %s ports dnat ip to udp dport map { 5311 : %s . %d }", t, s.address, udpPort)
	case 2:
		g.nft(r.name, "add map %s places { type inet_service : ipv4_addr; elements = { %d : %s, %d : %s }; }", t, udpPort, s.address, tcpPort, s.address)
		g.nft(r.name, "add rule %s ports dnat%s to tcp dport map @places", t, family)
		g.offer("tcp", to, tcpPort)
	default:
		g.nft(r.name, "add rule %s ports ip daddr %s udp dport 5311 counter dnat%s to %s:%d", t, to, family, s.address, udpPort)
	}
	g.nft(r.name, "add rule %s ports tcp dport 8311 counter redirect to :%d", t, localPort)
	g.offer("udp", to, 5311)
	g.offer("tcp", to, 8311)
	out := pick(g, r.down...)
	g.nft(r.name, "add chain %s nat-postrouting { type nat hook postrouting priority srcnat; policy accept; }", t)
	g.nft(r.name, "add chain %s behind", t)
	g.nft(r.name, "add rule %s nat-postrouting oifname vmap { %q : jump behind }", t, out.name)
	g.nft(r.name, "add rule %s behind %s", t, pick(g,
		fmt.Sprintf("ip saddr %s counter masquerade comment \"MASQUERADE\"", network(g.clients[0].address)),
		fmt.Sprintf("ip saddr != %s meta l4proto udp counter snat%s to %s", out.address, family, out.address), fmt.Sprintf("tcp dport %d counter masquerade to :41000-41100", tcpPort),
	))
}

// guarded drops packets before anything else, as Docker does if they are not to be routed
// directly, and at input.
func (g *generator) guarded(r *router, t string) {
	s := pick(g, g.servers...)
	g.nft(r.name, "add chain %s guard { type filter hook prerouting priority raw; policy accept; }", t)
	g.nft(r.name, "add rule %s guard ip daddr %s iifname != %q udp dport %d counter drop comment \"direct\"", t, s.address, r.down[0].name, closedPort)
	g.nft(r.name, "add chain %s own { type filter hook input priority filter; policy accept; }", t)
	g.nft(r.name, "add rule %s own udp dport vmap { %d : drop, %d : accept }", t, closedPort, localPort)
	g.nft(r.name, "add rule %s own tcp dport 1-1023 ip saddr %s counter reject", t, network(g.clients[0].address))
}
