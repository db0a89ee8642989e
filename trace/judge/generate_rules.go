package judge

import "fmt"

// filters chooses rules that drop and reject.
func (g *generator) filters() {
	if g.has[Drops] {
		for range 1 + g.IntN(3) {
			g.drop()
		}
	}
	if g.has[Rejects] {
		for range 1 + g.IntN(2) {
			g.reject()
		}
	}
	if g.has[Losses] {
		r := pick(g, g.routers...)
		g.line(r.name, "iptables -A FORWARD -m statistic --mode nth --every %d --packet 0 -j DROP", 3+g.IntN(5))
	}
	if g.has[Foreign] {
		g.foreign()
	}
	if g.chance(20) { // rules that only pass
		r := pick(g, g.routers...)
		g.line(r.name, "iptables -N ALLOWED")
		g.line(r.name, "iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT")
		g.line(r.name, "iptables -A FORWARD -j ALLOWED")
		g.line(r.name, "iptables -A ALLOWED -p icmp -j RETURN")
		g.line(r.name, "iptables -A ALLOWED -j ACCEPT")
	}
}

// where returns a node, and whether it forwards.
func (g *generator) where() (node string, forwards bool) {
	if g.has[Local] && g.chance(40) {
		return pick(g, append(g.clients, g.servers...)...).name, false
	}
	return pick(g, g.routers...).name, true
}

// match returns conditions of a rule that drops.
func (g *generator) match() string {
	return pick(g,
		fmt.Sprintf("-p udp -m udp --dport %d", udpPort), fmt.Sprintf("-p tcp -m tcp --dport %d", tcpPort),
		fmt.Sprintf("-p tcp -m tcp --sport %d", tcpPort), fmt.Sprintf("-p udp -m udp --sport %d", udpPort),
		"-p icmp", "-p icmp -m icmp --icmp-type 3", fmt.Sprintf("-s %s/32", g.clients[0].address), fmt.Sprintf("-s %s/32", g.servers[0].address),
		"-m statistic --mode nth --every 3 --packet 0 -p udp", "-p udp -m length --length 500:65535", fmt.Sprintf("-p udp -m udp --dport %d", closedPort),
		"-p tcp -m tcp --tcp-flags FIN FIN",
	)
}

func (g *generator) drop() {
	node, forwards := g.where()
	chain := pick(g, "INPUT", "OUTPUT")
	if forwards {
		chain = pick(g, "FORWARD", "FORWARD", "INPUT", "OUTPUT")
	}
	if g.chance(15) {
		g.line(node, "iptables -P %s DROP", chain)
		g.line(node, "iptables -A %s -p tcp -j ACCEPT", chain)
		return
	}
	table := "filter"
	switch g.IntN(6) {
	case 0:
		table, chain = "raw", pick(g, "PREROUTING", "OUTPUT")
	case 1:
		table, chain = "mangle", pick(g, "PREROUTING", "INPUT", "OUTPUT", "POSTROUTING", "FORWARD")
	}
	g.line(node, "iptables -t %s -A %s %s -j DROP", table, chain, g.match())
}

func (g *generator) reject() {
	node, forwards := g.where()
	chain := pick(g, "INPUT", "OUTPUT")
	if forwards {
		chain = pick(g, "FORWARD", "FORWARD", "INPUT")
	}
	with := pick(g, "icmp-port-unreachable", "icmp-host-unreachable", "icmp-net-unreachable", "icmp-host-prohibited", "icmp-admin-prohibited", "icmp-proto-unreachable", "tcp-reset")
	match := g.match()
	if with == "tcp-reset" {
		match = fmt.Sprintf("-p tcp -m tcp --dport %d", tcpPort)
	}
	g.line(node, "iptables -A %s %s -j REJECT --reject-with %s", chain, match, with)
}

// foreign adds an nft table.
func (g *generator) foreign() {
	node, _ := g.where()
	family := pick(g, "inet", "ip")
	hook := pick(g, "prerouting", "input", "forward", "output", "postrouting")
	match := pick(g, fmt.Sprintf("udp dport %d", udpPort), fmt.Sprintf("tcp sport %d", tcpPort), "icmp type echo-reply", fmt.Sprintf("udp dport %d", closedPort), "meta l4proto udp limit rate 1/second burst 2 packets")
	verdict := pick(g, "drop", "drop", "accept", "reject")
	if verdict == "reject" && hook != "input" && hook != "forward" && hook != "output" {
		verdict = "drop"
	}
	if verdict == "reject" && family == "inet" {
		verdict += pick(g, "", " with icmpx no-route", " with icmpx host-unreachable", " with icmpx admin-prohibited")
	}
	g.line(node, "nft add table %s firewall", family)
	g.line(node, "nft add chain %s firewall guard { type filter hook %s priority %d; }", family, hook, pick(g, -310, -160, -50, -5, 5, 50, 200))
	g.line(node, "nft add rule %s firewall guard %s counter %s", family, match, verdict)
	if g.chance(25) {
		r := pick(g, g.routers...)
		g.line(r.name, "nft add table netdev gate")
		g.line(r.name, "nft add chain netdev gate in { type filter hook ingress device %s priority 0; }", r.up[0].name)
		g.line(r.name, "nft add rule netdev gate in udp dport %d counter drop", pick(g, udpPort, closedPort))
	}
}

// mangle chooses rules that change fields other than addresses.
func (g *generator) mangle() {
	if !g.has[Mangling] {
		return
	}
	r := pick(g, g.routers...)
	for i := range 1 + g.IntN(2) {
		chain := pick(g, "PREROUTING", "FORWARD", "POSTROUTING")
		switch g.IntN(6) {
		case 0:
			// Routes may form a loop, in which the TTL must decrease more than it increases.
			ttl := pick(g, "-m ttl --ttl-gt 10 -j TTL --ttl-set 10", "-j TTL --ttl-inc 1", "-j TTL --ttl-dec 1")
			if i > 0 {
				ttl = "-j TTL --ttl-dec 1"
			}
			g.line(r.name, "iptables -t mangle -A %s -p udp %s", chain, ttl)
		case 1:
			g.line(r.name, "iptables -t mangle -A %s -p tcp -j TOS --set-tos 0x10/0x3f", chain)
		case 2:
			g.line(r.name, "iptables -t mangle -A %s -j DSCP --set-dscp 0x08", chain)
		case 3:
			g.line(r.name, "iptables -t mangle -A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 500")
		case 4:
			g.line(r.name, "iptables -t mangle -A %s -p udp -j MARK --set-xmark 0x7/0xffffffff", chain)
		case 5:
			g.line(r.name, "iptables -t mangle -A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu")
		}
	}
}

// marks chooses rules that set, keep and test marks.
func (g *generator) marks() {
	if !g.has[Marks] {
		return
	}
	r := pick(g, g.routers...)
	match := pick(g, "-p tcp", "-p udp", "-i "+r.up[0].name, "-p icmp")
	if g.chance(60) { // connections keep their marks
		g.line(r.name, "iptables -t mangle -A PREROUTING -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff")
		g.line(r.name, "iptables -t mangle -A PREROUTING -m mark --mark 0x0 %s -j MARK --set-xmark 0x9/0xffffffff", match)
		g.line(r.name, "iptables -t mangle -A %s -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff", pick(g, "PREROUTING", "FORWARD", "POSTROUTING"))
	} else {
		g.line(r.name, "iptables -t mangle -A PREROUTING %s -j MARK --set-xmark 0x9/0xff", match)
	}
	switch g.IntN(4) {
	case 0:
		g.line(r.name, "iptables -A FORWARD -m mark --mark 0x9 -p udp -m udp --sport %d -j DROP", udpPort)
	case 1:
		g.line(r.name, "iptables -A FORWARD -m connmark --mark 0x9 -m statistic --mode nth --every 4 --packet 0 -j REJECT --reject-with icmp-port-unreachable")
	case 2:
		g.line(r.name, "ip rule add fwmark 0x9 lookup 101 priority 101")
		if len(g.routers) == 2 && r.name == g.routers[0].name {
			g.line(r.name, "ip route add default via %s table 101", pick(g, g.routers[1].up...).address)
		} else {
			g.line(r.name, "ip route add %s 10.3.0.0/24 table 101", pick(g, "blackhole", "throw", "prohibit"))
		}
	case 3:
		g.line(r.name, "iptables -t nat -A POSTROUTING -m mark --mark 0x9 -o %s -j MASQUERADE", pick(g, r.down...).name)
	}
}
