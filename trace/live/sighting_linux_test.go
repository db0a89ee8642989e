package live

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/sim/labtest"
	"tracer/trace/capture"
	"tracer/trace/nftrace"
)

// routed is a router that translates both addresses of a connection:
//
//	client 10.1.0.2 ──── eth1 gateway eth0 ──── server 10.2.0.2
const routed = `name: routed
title: A router
group: Address translation
nodes:
  client:
    role: client
    interfaces:
      eth0: { addresses: [10.1.0.2/24], link: gateway/eth1 }
    routes: [default via 10.1.0.1]
  gateway:
    role: router
    interfaces:
      eth1: { addresses: [10.1.0.1/24] }
      eth0: { addresses: [10.2.0.1/24], link: server/eth0 }
    rules:RULES
  server:
    role: server
    interfaces:
      eth0: { addresses: [10.2.0.2/24] }
    routes: [default via 10.2.0.1]
    services:
      - http: { port: 80, body: Hello }
traffic:
  - { from: client, get: "http://10.1.0.1:8080/" }
`

const bothNAT = `
      - "-t nat -A PREROUTING -d 10.1.0.1/32 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.2.0.2:80"
      - "-t nat -A PREROUTING -d 10.1.0.1/32 -p udp -m udp --dport 53 -j DNAT --to-destination 10.2.0.2:53"
      - "-t nat -A POSTROUTING -o eth0 -j MASQUERADE"`

// scenarioOf parses a scenario.
func scenarioOf(t *testing.T, text string) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// routedWith is routed with rules, in YAML.
func routedWith(t *testing.T, rules string) *scenarios.Scenario {
	t.Helper()
	return scenarioOf(t, strings.Replace(routed, "RULES", rules, 1))
}

// sighting is a frame, or the first message of a chain about a packet.
type sighting struct {
	place string // "docker0 out", "nat PREROUTING"
	mark  uint32
	ip    []byte // the packet, from its IPv4 header on
}

// packet returns the part of a packet that NAT and forwarding leave unchanged. Only sightings
// of the same packet share it, unless packets are equal in every byte.
func (s *sighting) packet() string {
	proto, id, transport := s.ip[9], s.ip[4:6], s.ip[int(s.ip[0]&15)*4:]
	switch {
	case s.fragmentOffset() != 0:
		transport = nil
	case proto == unix.IPPROTO_TCP:
		transport = transport[4:14] // sequence numbers and flags
	case proto == unix.IPPROTO_UDP:
		transport = transport[8:min(20, len(transport))] // as much of the payload as the rule trace has
	case proto == unix.IPPROTO_ICMP:
		transport = transport[:1]
	}
	return fmt.Sprintf("%d %x %x", proto, id, transport)
}

func (s *sighting) fragmentOffset() int { return int(binary.BigEndian.Uint16(s.ip[6:])&0x1fff) * 8 }

// sightings runs f while a node of a session is watched.
func sightings(t *testing.T, session *Session, node string, f func()) (list []sighting) {
	t.Helper()
	var source *capture.Source
	var rules *nftrace.Reader
	names := map[int]string{}
	if err := session.Do(node, func() (err error) {
		interfaces, err := net.Interfaces()
		if err != nil {
			return err
		}
		for _, i := range interfaces {
			names[i.Index] = i.Name
		}
		if source, err = capture.Listen(); err != nil {
			return err
		}
		rules, err = nftrace.Listen()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	defer rules.Close()
	f()
	source.Stop()
	rules.Stop()
	for {
		data, info, err := source.ReadPacketData()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if binary.BigEndian.Uint16(data[12:]) != unix.ETH_P_IP || data[23] == unix.IPPROTO_IGMP {
			continue
		}
		list = append(list, sighting{names[info.InterfaceIndex] + " " + capture.DirectionOf(info).String(), uint32(capture.MarkOf(info)), data[14:]})
	}
	if err := rules.Run(func(m nftrace.Message) {
		if len(m.Network) > 0 && m.Network[9] != unix.IPPROTO_IGMP {
			list = append(list, sighting{m.TableName() + " " + m.Chain, m.Mark, append(bytes.Clone(m.Network), m.Transport...)})
		}
	}); err != nil {
		t.Fatal(err)
	}
	if rules.Lost() != 0 {
		t.Fatalf("messages were lost")
	}
	return list
}

// judgeMarks checks that sightings have the same number if and only if they are of the same
// packet, and returns the places of each number. Only an incoming frame may lack one.
func judgeMarks(t *testing.T, list []sighting) map[uint32][]string {
	t.Helper()
	places, packets, marks := map[uint32][]string{}, map[uint32]string{}, map[string]uint32{}
	for i := range list {
		s := &list[i]
		if s.mark == 0 && strings.HasSuffix(s.place, " in") || s.reportsGroups() {
			continue // TestMarksOfReports has reports
		}
		if !nftrace.Numbered(s.mark) {
			t.Errorf("%s: mark %#x is no number: %x", s.place, s.mark, s.ip)
			continue
		}
		places[s.mark] = append(places[s.mark], s.place)
		if s.fragmentOffset() != 0 {
			continue // it has no transport header
		}
		p := s.packet()
		if before, known := packets[s.mark]; known && before != p {
			t.Errorf("%s: number %#x is of %s, and of %s", s.place, s.mark, before, p)
		}
		if before, known := marks[p]; known && before != s.mark {
			t.Errorf("%s: %s has the numbers %#x and %#x", s.place, p, before, s.mark)
		}
		packets[s.mark], marks[p] = p, s.mark
	}
	return places
}

// reportsGroups reports whether the packet is a report of multicast groups over IPv6. The node
// sends some twice, with equal bytes.
func (s *sighting) reportsGroups() bool {
	const hopByHop = 0
	return s.ip[0]>>4 == 6 && s.ip[6] == hopByHop
}

// openFor opens a session, for a test's own traffic or the scenario's.
func openFor(t *testing.T, s *scenarios.Scenario, o Options) *Session {
	t.Helper()
	session, err := Open(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return session
}

// flaskWith is flask-demo with another request, and more rules at the host.
func flaskWith(t *testing.T, from, url string, rules ...string) *scenarios.Scenario {
	t.Helper()
	_, text, err := scenarios.Read("flask-demo")
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(string(text), "\nexpect:")
	if len(rules) > 0 {
		before = strings.Replace(before, "    engine: \"20.10\"\n", "    engine: \"20.10\"\n    rules: [\""+strings.Join(rules, "\", \"")+"\"]\n", 1)
	}
	before = strings.Replace(before, "from: client, get: \"http://192.168.52.203/\"", "from: "+from+", get: \""+url+"\"", 1)
	return scenarioOf(t, before)
}

// addRule adds a rule at the gateway.
func addRule(t *testing.T, session *Session, arguments string) {
	t.Helper()
	path := labtest.Peer(t, "iptables")
	if err := session.Do("gateway", func() error {
		out, err := exec.Command(path, strings.Fields(arguments)...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("iptables: %w: %s", err, out)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// sendAll sends datagrams from an unconnected socket of the client, so that equal ones are
// equal in their IP headers, too, and waits until all have left the gateway.
func sendAll(t *testing.T, session *Session, to string, datagrams ...[]byte) {
	t.Helper()
	var from net.PacketConn
	if err := session.Do("client", func() (err error) {
		from, err = net.ListenPacket("udp4", "10.1.0.2:4000")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	address, err := net.ResolveUDPAddr("udp4", to)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range datagrams {
		if _, err := from.WriteTo(d, address); err != nil {
			t.Fatal(err)
		}
	}
}

// fragmenting is routed, with a server whose answers do not fit in a frame.
func fragmenting(t *testing.T) *scenarios.Scenario {
	t.Helper()
	s := routedWith(t, bothNAT)
	server := &s.Topology.Nodes[slices.IndexFunc(s.Topology.Nodes, func(n sim.Node) bool { return n.Name == "server" })]
	server.Services = append(server.Services, sim.Service{Port: 53, UDP: true, Body: strings.Repeat("answer ", 500)})
	return s
}
