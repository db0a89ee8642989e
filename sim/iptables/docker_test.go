package iptables

import (
	"net/netip"
	"strings"
)

// docker returns the rules that Docker 20.10 creates for one container published with -p
// 80:5000.
func docker() Ruleset {
	const bridge = "docker0"
	in, out := Interface{Name: bridge}, Interface{Name: bridge}
	notIn, notOut := Interface{Name: bridge, Not: true}, Interface{Name: bridge, Not: true}
	container := Address{Prefix: netip.MustParsePrefix("172.17.0.2/32")}
	tcp := Protocol{Number: TCP}
	dport := func(n uint16) []Match { return []Match{Ports{Protocol: TCP, Destination: Port(n)}} }
	local := []Match{AddrType{Destination: Local}}
	return Ruleset{Tables: []Table{
		{Name: "nat", Chains: []Chain{
			{Name: "PREROUTING", Policy: Accept, Rules: []Rule{
				{Matches: local, Target: Jump{"DOCKER"}},
			}},
			{Name: "INPUT", Policy: Accept},
			{Name: "OUTPUT", Policy: Accept, Rules: []Rule{
				{Destination: Address{netip.MustParsePrefix("127.0.0.0/8"), true}, Matches: local, Target: Jump{"DOCKER"}},
			}},
			{Name: "POSTROUTING", Policy: Accept, Rules: []Rule{
				{Source: Address{Prefix: netip.MustParsePrefix("172.17.0.0/16")}, Out: notOut, Target: Masquerade{}},
				{Source: container, Destination: container, Protocol: tcp, Matches: dport(5000), Target: Masquerade{}},
			}},
			{Name: "DOCKER", Rules: []Rule{
				{In: in, Target: Return},
				{In: notIn, Protocol: tcp, Matches: dport(80), Target: DNAT{Address: netip.MustParseAddr("172.17.0.2"), Ports: Port(5000)}},
			}},
		}},
		{Name: "filter", Chains: []Chain{
			{Name: "INPUT", Policy: Accept},
			{Name: "FORWARD", Policy: Drop, Rules: []Rule{
				{Target: Jump{"DOCKER-USER"}},
				{Target: Jump{"DOCKER-ISOLATION-STAGE-1"}},
				{Out: out, Matches: []Match{ConnState{States: Related | Established}}, Target: Accept},
				{Out: out, Target: Jump{"DOCKER"}},
				{In: in, Out: notOut, Target: Accept},
				{In: in, Out: out, Target: Accept},
			}},
			{Name: "OUTPUT", Policy: Accept},
			{Name: "DOCKER", Rules: []Rule{
				{Destination: container, In: notIn, Out: out, Protocol: tcp, Matches: dport(5000), Target: Accept},
			}},
			{Name: "DOCKER-ISOLATION-STAGE-1", Rules: []Rule{
				{In: in, Out: notOut, Target: Jump{"DOCKER-ISOLATION-STAGE-2"}},
				{Target: Return},
			}},
			{Name: "DOCKER-ISOLATION-STAGE-2", Rules: []Rule{
				{Out: out, Target: Drop},
				{Target: Return},
			}},
			{Name: "DOCKER-USER", Rules: []Rule{{Target: Return}}},
		}},
	}}
}

// dockerNat and dockerFilter are the output of iptables -S next to a real Docker Engine
// 20.10.24.
func dockerNat() []string {
	return lines(`
-P PREROUTING ACCEPT
-P INPUT ACCEPT
-P OUTPUT ACCEPT
-P POSTROUTING ACCEPT
-N DOCKER
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 5000 -j MASQUERADE
-A DOCKER -i docker0 -j RETURN
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:5000
`)
}

func dockerFilter() []string {
	return lines(`
-P INPUT ACCEPT
-P FORWARD DROP
-P OUTPUT ACCEPT
-N DOCKER
-N DOCKER-ISOLATION-STAGE-1
-N DOCKER-ISOLATION-STAGE-2
-N DOCKER-USER
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -i docker0 -o docker0 -j ACCEPT
-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 5000 -j ACCEPT
-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -j RETURN
-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
-A DOCKER-ISOLATION-STAGE-2 -j RETURN
-A DOCKER-USER -j RETURN
`)
}

func lines(s string) []string { return strings.Split(strings.Trim(s, "\n"), "\n") }

// script turns a listing into the commands that create it.
func script(table string, list []string) string {
	var b strings.Builder
	for _, l := range list {
		b.WriteString("iptables -t " + table + " " + l + "\n")
	}
	return b.String()
}

// cases returns rules with the text that iptables prints for each.
func cases() []struct {
	text string
	rule Rule
} {
	prefix := func(s string) Address { return Address{Prefix: netip.MustParsePrefix(s)} }
	not := func(s string) Address { return Address{netip.MustParsePrefix(s), true} }
	tcp, udp := Protocol{Number: TCP}, Protocol{Number: UDP}
	to := netip.MustParseAddr("1.2.3.4")
	return []struct {
		text string
		rule Rule
	}{
		{"", Rule{}},
		{"-i eth0", Rule{In: Interface{Name: "eth0"}}},
		{"-i eth+", Rule{In: Interface{Name: "eth+"}}},
		{"! -o e+", Rule{Out: Interface{"e+", true}}},
		{"! -i +", Rule{In: Interface{"+", true}}},
		{"-i abcdefghijklmno", Rule{In: Interface{Name: "abcdefghijklmno"}}},
		{"-i abcdefghijklmn+", Rule{In: Interface{Name: "abcdefghijklmn+"}}},
		{"-s 10.0.0.0/8", Rule{Source: prefix("10.0.0.0/8")}},
		{"-s 172.16.0.0/12", Rule{Source: prefix("172.16.0.0/12")}},
		{"! -d 0.0.0.0/1", Rule{Destination: not("0.0.0.0/1")}},
		{"-s 10.1.2.0/24 ! -d 10.1.2.128/25", Rule{Source: prefix("10.1.2.0/24"), Destination: not("10.1.2.128/25")}},
		{"-s 1.2.3.4/32 -d 1.2.3.4/31 -i lo -o lo -p icmp -j ACCEPT", Rule{
			Source: prefix("1.2.3.4/32"), Destination: prefix("1.2.3.4/31"),
			In: Interface{Name: "lo"}, Out: Interface{Name: "lo"}, Protocol: Protocol{Number: ICMP}, Target: Accept,
		}},
		{"-p tcp", Rule{Protocol: tcp}},
		{"! -p udp -j DROP", Rule{Protocol: Protocol{UDP, true}, Target: Drop}},
		{"-p 253", Rule{Protocol: Protocol{Number: 253}}},
		{"-p tcp -m tcp", Rule{Protocol: tcp, Matches: []Match{Ports{Protocol: TCP}}}},
		{"-p udp -m udp", Rule{Protocol: udp, Matches: []Match{Ports{Protocol: UDP}}}},
		{"-p tcp -m tcp --sport 1 --dport 2", Rule{Protocol: tcp,
			Matches: []Match{Ports{Protocol: TCP, Source: Port(1), Destination: Port(2)}}}},
		{"-p udp -m udp --sport 1:5 ! --dport 7:9", Rule{Protocol: udp,
			Matches: []Match{Ports{Protocol: UDP, Source: PortRange{1, 5}, Destination: PortRange{7, 9}, NotDestination: true}}}},
		{"-p tcp -m tcp --dport 1024:65535", Rule{Protocol: tcp,
			Matches: []Match{Ports{Protocol: TCP, Destination: PortRange{1024, 65535}}}}},
		{"-p udp -m udp --sport 0:53", Rule{Protocol: udp, Matches: []Match{Ports{Protocol: UDP, Source: PortRange{0, 53}}}}},
		{"-p tcp -m tcp ! --dport 80", Rule{Protocol: tcp,
			Matches: []Match{Ports{Protocol: TCP, Destination: Port(80), NotDestination: true}}}},
		{"-p tcp -m tcp ! --sport 5 --dport 6", Rule{Protocol: tcp,
			Matches: []Match{Ports{Protocol: TCP, Source: Port(5), NotSource: true, Destination: Port(6)}}}},
		{"-m addrtype ! --src-type LOCAL", Rule{Matches: []Match{AddrType{Source: Local, NotSource: true}}}},
		{"-m addrtype --src-type UNICAST,LOCAL ! --dst-type BROADCAST", Rule{
			Matches: []Match{AddrType{Source: Local | Unicast, Destination: Broadcast, NotDestination: true}}}},
		{"-m addrtype --dst-type LOCAL --limit-iface-in", Rule{Matches: []Match{AddrType{Destination: Local, LimitIn: true}}}},
		{"-m addrtype --dst-type UNSPEC,ANYCAST,MULTICAST,BLACKHOLE,UNREACHABLE,PROHIBIT,THROW,NAT,XRESOLVE --limit-iface-out",
			Rule{Matches: []Match{AddrType{Destination: allAddrTypes &^ (Unicast | Local | Broadcast), LimitOut: true}}}},
		{"-m conntrack ! --ctstate NEW", Rule{Matches: []Match{ConnState{States: New, Not: true}}}},
		{"-m conntrack --ctstate INVALID,NEW,RELATED,ESTABLISHED,UNTRACKED,SNAT,DNAT", Rule{Matches: []Match{ConnState{States: allStates}}}},
		{"-p tcp -m conntrack --ctstate NEW -m addrtype --src-type LOCAL -m tcp --dport 7 -j RETURN", Rule{
			Protocol: tcp, Target: Return,
			Matches: []Match{ConnState{States: New}, AddrType{Source: Local}, Ports{Protocol: TCP, Destination: Port(7)}}}},
		{"-j DNAT --to-destination 1.2.3.4", Rule{Target: DNAT{Address: to}}},
		{"-p tcp -j DNAT --to-destination 1.2.3.4:5-9", Rule{Protocol: tcp, Target: DNAT{Address: to, Ports: PortRange{5, 9}}}},
		{"-p udp -j DNAT --to-destination :5", Rule{Protocol: udp, Target: DNAT{Ports: Port(5)}}},
		{"-j SNAT --to-source 1.2.3.4", Rule{Target: SNAT{Address: to}}},
		{"-p tcp -j SNAT --to-source 1.2.3.4:5-9", Rule{Protocol: tcp, Target: SNAT{Address: to, Ports: PortRange{5, 9}}}},
		{"-p udp -j SNAT --to-source :5", Rule{Protocol: udp, Target: SNAT{Ports: Port(5)}}},
	}
}

// translates reports whether a target belongs in table nat.
func translates(t Target) bool {
	switch t.(type) {
	case DNAT, SNAT:
		return true
	}
	return false
}
