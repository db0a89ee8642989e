package fakekernel

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// The addresses of [FlaskDemo]'s web service: as clients know it, and behind the NAT.
var (
	Service = netip.MustParseAddrPort("192.168.52.203:80")
	Inside  = netip.MustParseAddrPort("172.17.0.2:5000")
)

// Client returns an end of a client of [FlaskDemo].
func Client(name string, port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr(map[string]string{"client": "192.168.52.202", "client2": "192.168.60.202"}[name]), port)
}

// end parses an address with its port.
func end(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

// syn returns the first segment of a connection.
func syn(from, to netip.AddrPort, id uint16, seq uint32) Datagram {
	return Datagram{Ends: trace.Ends{Source: from, Destination: to}, Protocol: TCP, ID: id, Flags: trace.SYN, Seq: seq}
}

// synAck returns the reply to it. Linux sets its IP identification to 0.
func synAck(from, to netip.AddrPort, seq, ack uint32) Datagram {
	return Datagram{Ends: trace.Ends{Source: from, Destination: to}, Protocol: TCP, Flags: trace.SYN | trace.ACK, Seq: seq, Ack: ack}
}

// Syn makes a client begin a connection to the web service.
func (k *Kernel) Syn(client string, port uint16, seq uint32) *Truth {
	return k.Send(client, syn(Client(client, port), Service, uint16(seq), seq))
}

// SynAck makes flask answer it. All answers to one SYN are identical in every byte.
func (k *Kernel) SynAck(client string, port uint16, seq uint32) *Truth {
	return k.Send("flask", synAck(Inside, Client(client, port), 500, seq+1))
}

// Web makes a client fetch a page, with the given time between packets.
func (k *Kernel) Web(client string, port uint16, seq uint32, gap time.Duration) {
	from := Client(client, port)
	to := netip.AddrPortFrom(k.gateway(client), 80)
	id := uint16(seq)
	send := func(node string, source, destination netip.AddrPort, id uint16, flags trace.Flags, seq, ack uint32, payload string) {
		k.Send(node, Datagram{Ends: trace.Ends{Source: source, Destination: destination}, Protocol: TCP, ID: id, Flags: flags, Seq: seq, Ack: ack, Payload: payload})
		k.Wait(gap)
	}
	up := func(flags trace.Flags, seq, ack uint32, payload string) {
		id++
		send(client, from, to, id, flags, seq, ack, payload)
	}
	down := func(id uint16, flags trace.Flags, seq, ack uint32, payload string) {
		send("flask", Inside, from, id, flags, seq, ack, payload)
	}
	up(trace.SYN, seq, 0, "")
	down(0, trace.SYN|trace.ACK, 500, seq+1, "")
	up(trace.ACK, seq+1, 501, "")
	up(trace.PSH|trace.ACK, seq+1, 501, "hello")
	down(id+500, trace.PSH|trace.ACK, 501, seq+6, "world")
	up(trace.FIN|trace.ACK, seq+6, 506, "")
	down(id+501, trace.FIN|trace.ACK, 506, seq+7, "")
}

func (k *Kernel) gateway(node string) netip.Addr {
	for _, r := range k.nodes[node].Routes {
		if r.Gateway.IsValid() {
			return r.Gateway
		}
	}
	return netip.Addr{}
}

// mix is traffic of every kind, with increasing ports and sequence numbers.
type mix struct {
	*Kernel
	gap  time.Duration
	port uint16
	seq  uint32
}

// Mix sends traffic of every kind through [FlaskDemo], with the given time between
// packets.
func (k *Kernel) Mix(gap time.Duration) {
	m := &mix{k, gap, uint16(40000 + k.Random.IntN(3)), k.Random.Uint32()}
	all := []func(*mix){
		func(m *mix) { m.Web("client", m.port, m.seq, m.gap) },
		func(m *mix) { m.Web("client2", m.port, m.seq, m.gap) },
		(*mix).masqueraded, (*mix).pings, (*mix).refused, (*mix).bridged, (*mix).own, (*mix).dropped, (*mix).bothWays,
	}
	for range 6 {
		all[k.Random.IntN(len(all))](m)
		m.port++
		m.seq += 1000
	}
}

// send sends a packet and waits.
func (m *mix) send(from string, d Datagram) *Truth {
	f := m.Send(from, d)
	m.Wait(m.gap)
	return f
}

// id returns a random identification.
func (m *mix) id() uint16 { return uint16(m.Random.Uint32()) }

// seen returns the client's end of a packet's connection, as the server sees it.
func seen(f *Truth) netip.AddrPort { return f.On("host").Of.Reply.Destination }

// masqueraded opens connections from both containers with the same source port.
func (m *mix) masqueraded() {
	to := end("192.168.60.202:8080")
	for i, from := range []string{"flask", "other"} {
		seq := m.seq + uint32(i)
		f := m.send(from, syn(end([]string{"172.17.0.2:50000", "172.17.0.3:50000"}[i]), to, 9, seq))
		m.send("client2", synAck(to, seen(f), 3, seq+1))
	}
	m.seq += 100
}

// pings sends echo requests from both containers with the same identifier.
func (m *mix) pings() {
	to := netip.MustParseAddr("192.168.60.202")
	for i, from := range []string{"flask", "other"} {
		n := m.Random.Uint32() & 0xffff
		echo := func(ends trace.Ends, kind uint8) Datagram {
			return Datagram{Ends: ends, Protocol: ICMP, Type: kind, ID: m.id(), Seq: n, Payload: "abcdefgh"}
		}
		src := end([]string{"172.17.0.2:7", "172.17.0.3:7"}[i])
		f := m.send(from, echo(trace.Ends{Source: src, Destination: netip.AddrPortFrom(to, 7)}, layers.ICMPv4TypeEchoRequest))
		back := seen(f)
		m.send("client2", echo(trace.Ends{Source: netip.AddrPortFrom(to, back.Port()), Destination: back}, layers.ICMPv4TypeEchoReply))
	}
}

// refused sends a query to a published port, which the container refuses.
func (m *mix) refused() {
	from := Client("client", m.port)
	m.send("client", Datagram{Ends: trace.Ends{Source: from, Destination: end("192.168.52.203:53")}, Protocol: UDP, ID: m.id(), Payload: fmt.Sprint("query", m.seq)})
	q := Datagram{Ends: trace.Ends{Source: from, Destination: end("172.17.0.2:5353")}, TTL: 63, Protocol: UDP, Payload: "query", ID: m.id()}
	ends := trace.Ends{Source: end("172.17.0.2:0"), Destination: netip.AddrPortFrom(from.Addr(), 0)}
	m.send("flask", Datagram{Ends: ends, Protocol: ICMP, Type: layers.ICMPv4TypeDestinationUnreachable, ID: m.id(), Quoted: &q})
}

// bridged sends traffic between the containers.
func (m *mix) bridged() {
	flask, other := end("172.17.0.2:0"), end("172.17.0.3:0")
	m.send("flask", Datagram{Ends: trace.Ends{Source: flask, Destination: other}, ARP: layers.ARPRequest})
	m.send("other", Datagram{Ends: trace.Ends{Source: other, Destination: flask}, ARP: layers.ARPReply})
	m.Wait(1100 * time.Millisecond)
	ends := trace.Ends{Source: end("172.17.0.2:33000"), Destination: end("172.17.0.3:9000")}
	m.send("flask", Datagram{Ends: ends, Protocol: UDP, ID: m.id(), Payload: fmt.Sprint("hi", m.seq)})
}

// own opens a connection from the host itself.
func (m *mix) own() {
	from := end("172.17.0.1:44000")
	m.send("host", syn(from, Inside, m.id(), m.seq))
	m.send("flask", synAck(Inside, from, 1, m.seq+1))
}

// dropped sends packets that are dropped: at forward by a rule or the policy, and at
// output.
func (m *mix) dropped() {
	switch to := Inside.Addr(); m.Random.IntN(3) {
	case 0:
		m.send("client", syn(Client("client", m.port), netip.AddrPortFrom(to, 6000+uint16(m.Random.IntN(2))), m.id(), m.seq))
	case 1:
		m.send("client", syn(Client("client", m.port), netip.AddrPortFrom(Service.Addr(), 86), m.id(), m.seq))
	case 2:
		m.send("host", syn(end("172.17.0.1:44000"), netip.AddrPortFrom(to, 83), m.id(), m.seq))
	}
}

// bothWays opens a connection with both ends translated.
func (m *mix) bothWays() {
	f := m.send("client2", syn(Client("client2", m.port), end("192.168.60.203:85"), m.id(), m.seq))
	m.send("other", synAck(end("172.17.0.3:5001"), seen(f), 1, m.seq+1))
}
