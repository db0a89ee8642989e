package fakekernel

import (
	"net/netip"

	"github.com/google/gopacket/layers"

	"tracer/sim/rule"
	"tracer/trace"
)

// The handles of the rules of [FlaskDemo].
const (
	JumpRule   = 6  // PREROUTING to DOCKER
	WebRule    = 11 // port 80 to flask
	DNSRule    = 21 // port 53 to flask
	OtherRule  = 22 // port 81 to the other container
	ShutRule   = 23 // port 86 to a port that DropRule drops
	BothRule   = 24 // port 85 to a port that HideRule hides the client from
	MasqRule   = 31 // for traffic that leaves the containers' network
	HideRule   = 32 // masquerades the clients, for one port
	DropRule   = 40 // port 6000 at FORWARD
	AcceptRule = 12 // everything else forwarded, except to port 6001
	OutRule    = 50 // port 83 at OUTPUT
)

// FlaskDemo is the network of the scenario flask-demo with a second client on a second
// NIC, a second container, and more rules.
//
//	client  192.168.52.202 ── ens160 .203 ┐                       ┌ veth  ── flask 172.17.0.2
//	                                      host ── docker0 ────────┤
//	client2 192.168.60.202 ── ens192 .203 ┘       172.17.0.1      └ veth2 ── other 172.17.0.3
//
// Port 6001 is dropped by the policy of FORWARD.
func FlaskDemo(bridgeNetfilter bool) Topology {
	return Topology{
		Nodes: []Node{
			{Name: "client", Role: trace.RoleClient, Gateway: "192.168.52.203", Ports: []Port{{Name: "eth0", Address: "192.168.52.202/24"}}},
			{Name: "client2", Role: trace.RoleClient, Gateway: "192.168.60.203", Ports: []Port{{Name: "eth0", Address: "192.168.60.202/24"}}},
			{
				Name: "host", Role: trace.RoleHost, BridgeNetfilter: bridgeNetfilter, Tables: flaskDemoTables(),
				Ports: []Port{
					{Name: "ens160", Address: "192.168.52.203/24"}, {Name: "ens192", Address: "192.168.60.203/24"},
					{Name: "docker0", Address: "172.17.0.1/16"}, {Name: "veth", Bridge: "docker0"}, {Name: "veth2", Bridge: "docker0"},
				},
			},
			{Name: "flask", Role: trace.RoleContainer, Gateway: "172.17.0.1", Ports: []Port{{Name: "eth0", Address: "172.17.0.2/16"}}},
			{Name: "other", Role: trace.RoleContainer, Gateway: "172.17.0.1", Ports: []Port{{Name: "eth0", Address: "172.17.0.3/16"}}},
		},
		Cables: [][2]string{
			{"client/eth0", "host/ens160"}, {"client2/eth0", "host/ens192"}, {"flask/eth0", "host/veth"}, {"other/eth0", "host/veth2"},
		},
	}
}

func flaskDemoTables() []Table {
	const tcp, udp = layers.IPProtocolTCP, layers.IPProtocolUDP
	masquerade := &rule.NAT{Kind: rule.Masquerade}
	return []Table{
		{Name: "nat", Chains: []Chain{
			{Name: "PREROUTING", Policy: "ACCEPT", Rules: []Rule{{Handle: JumpRule, Target: "DOCKER"}}},
			{Name: "OUTPUT", Policy: "ACCEPT"},
			{Name: "POSTROUTING", Policy: "ACCEPT", Rules: []Rule{
				{Handle: MasqRule, Match: Match{Source: netip.MustParsePrefix("172.17.0.0/16"), NotOut: "docker0"}, NAT: masquerade},
				{Handle: HideRule, Match: Match{Source: netip.MustParsePrefix("192.168.0.0/16"), Protocol: tcp, Port: 5001}, NAT: masquerade},
			}},
			{Name: "DOCKER", Rules: []Rule{
				Publish(WebRule, tcp, 80, "172.17.0.2:5000"), Publish(DNSRule, udp, 53, "172.17.0.2:5353"),
				Publish(OtherRule, tcp, 81, "172.17.0.3:5000"), Publish(ShutRule, tcp, 86, "172.17.0.2:6000"),
				Publish(BothRule, tcp, 85, "172.17.0.3:5001"),
			}},
		}},
		{Name: "filter", Chains: []Chain{
			{Name: "INPUT", Policy: "ACCEPT"},
			{Name: "FORWARD", Policy: "DROP", Rules: []Rule{
				{Handle: DropRule, Match: Match{Protocol: tcp, Port: 6000}, Target: "DROP"},
				{Handle: AcceptRule, Match: Match{NotPort: 6001}, Target: "ACCEPT"},
			}},
			{Name: "OUTPUT", Policy: "ACCEPT", Rules: []Rule{{Handle: OutRule, Match: Match{Protocol: tcp, Port: 83}, Target: "DROP"}}},
		}},
	}
}
