package docker

import (
	"net/netip"
	"strconv"

	"tracer/sim"
	"tracer/sim/iptables"
	"tracer/sim/nft"
)

// The chains of Docker in the namespaces of containers.
const (
	dockerOutput      chain = "nat DOCKER_OUTPUT"
	dockerPostrouting chain = "nat DOCKER_POSTROUTING"
)

// dnsPort is the port of DNS servers.
const dnsPort = 53

// resolverIPTables gives a container the rules that lead queries to its DNS server. No packet
// matches those of DOCKER_POSTROUTING as long as the server only replies: replies belong to
// connections that DOCKER_OUTPUT has translated.
func resolverIPTables(to *sim.Node, s dnsServer) {
	t := tables{chains: map[chain]*rules{}}
	t.create(dockerOutput, dockerPostrouting)
	for _, c := range []struct {
		from chain
		to   chain
	}{{natOutput, dockerOutput}, {natPostrouting, dockerPostrouting}} {
		jump := c.to.jump()
		jump.Destination = only(ResolverAddress)
		t.add(c.from, jump)
	}
	for _, l := range []struct {
		protocol iptables.ProtocolNumber
		port     uint16
	}{{iptables.TCP, s.tcp}, {iptables.UDP, s.udp}} {
		in := port(l.protocol, dnsPort, iptables.DNAT{Address: ResolverAddress, Ports: iptables.Port(l.port)})
		in.Destination = only(ResolverAddress)
		t.add(dockerOutput, in)
		t.add(dockerPostrouting, iptables.Rule{
			Source: only(ResolverAddress), Protocol: iptables.Protocol{Number: l.protocol},
			Matches: []iptables.Match{iptables.Ports{Protocol: l.protocol, Source: iptables.Port(l.port)}},
			Target:  iptables.SNAT{Ports: iptables.Port(dnsPort)},
		})
	}
	to.Rules = t.ruleset()
}

// resolverNFT does the same in a table of nftables.
func resolverNFT(to *sim.Node, s dnsServer) {
	base := func(name, hook string, priority int) nft.Chain {
		return nft.Chain{Name: name, Base: &nft.Base{Type: "nat", Hook: hook, Priority: priority, Policy: nft.Accept}}
	}
	dnat, snat := base("dns-dnat", "output", -100), base("dns-snat", "postrouting", 100)
	for _, l := range []struct {
		protocol string
		port     uint16
	}{{"udp", s.udp}, {"tcp", s.tcp}} {
		server := netip.AddrPortFrom(ResolverAddress, l.port)
		query := "ip daddr " + ResolverAddress.String() + " " + l.protocol + " dport " + strconv.Itoa(dnsPort)
		reply := "ip saddr " + ResolverAddress.String() + " " + l.protocol + " sport " + strconv.Itoa(int(l.port))
		dnat.Rules = append(dnat.Rules, nft.MustRule(nft.IPv4, query+" counter dnat to "+server.String()))
		snat.Rules = append(snat.Rules, nft.MustRule(nft.IPv4, reply+" counter snat to :"+strconv.Itoa(dnsPort)))
	}
	to.Nftables = nft.Ruleset{Tables: []nft.Table{{Family: nft.IPv4, Name: "docker-dns", Chains: []nft.Chain{dnat, snat}}}}
}
