package sim

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	"golang.org/x/net/dns/dnsmessage"
)

// dnsPort is where DNS servers listen (RFC 1035, 4.2.1).
const dnsPort = 53

// resolve asks a DNS server for a name's IPv4 address, once.
func (l *Lab) resolve(ctx context.Context, node string, server netip.Addr, name string) (a netip.Addr, err error) {
	question, err := dnsQuestion(name)
	if err != nil {
		return a, err
	}
	conn, err := l.dialUDP(node, 0, netip.AddrPortFrom(server, dnsPort))
	if err != nil {
		return a, err
	}
	defer conn.Close()
	if _, err := conn.Write(question); err != nil {
		return a, err
	}
	b, err := receive(ctx, conn)
	if err != nil {
		return a, fmt.Errorf("resolve %s: %w", name, err)
	}
	var answer dnsmessage.Message
	if err := answer.Unpack(b); err != nil {
		return a, fmt.Errorf("resolve %s: %w", name, err)
	}
	for _, r := range answer.Answers {
		if body, ok := r.Body.(*dnsmessage.AResource); ok {
			return netip.AddrFrom4(body.A), nil
		}
	}
	return a, fmt.Errorf("resolve %s: there is no such name", name)
}

func dnsQuestion(host string) ([]byte, error) {
	name, err := dnsmessage.NewName(host + ".")
	if err != nil {
		return nil, fmt.Errorf("name %q: %w", host, err)
	}
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: 1, RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}},
	}
	return m.Pack()
}

// dnsAnswer is what a server that knows some names answers to a question; nil if
// that is none.
func dnsAnswer(question []byte, names []Name) []byte {
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil || m.Response || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	m.Header = dnsmessage.Header{ID: m.ID, Response: true, Authoritative: true, RecursionDesired: m.RecursionDesired, RCode: dnsmessage.RCodeNameError}
	m.Additionals = nil
	for _, n := range names {
		if n.Host+"." != q.Name.String() {
			continue
		}
		m.RCode = dnsmessage.RCodeSuccess
		if q.Type == dnsmessage.TypeA {
			m.Answers = append(m.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 60}, Body: &dnsmessage.AResource{A: n.Address.As4()},
			})
		}
	}
	b, err := m.Pack()
	if err != nil {
		return nil
	}
	return b
}

// startDatagrams starts a server that answers each datagram: one for names, or
// one with a fixed text.
func (l *Lab) startDatagrams(ctx context.Context, n *labNode, s Service) error {
	address := netip.AddrPortFrom(s.bind(), s.Port).String()
	var conn net.PacketConn
	err := n.do(func() (err error) {
		var config net.ListenConfig
		conn, err = config.ListenPacket(ctx, "udp4", address)
		return err
	})
	if err != nil {
		return n.fail("listen on", "udp "+address, err)
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		b := make([]byte, maxDatagram)
		for {
			size, from, err := conn.ReadFrom(b)
			if err != nil {
				return // it was closed
			}
			answer := []byte(s.Body)
			if s.Names != nil {
				answer = dnsAnswer(b[:size], s.Names)
			}
			if answer != nil {
				_, _ = conn.WriteTo(answer, from) // the sender may be gone
			}
		}
	}()
	l.undo = append(l.undo, func() error {
		err := conn.Close()
		<-stopped
		return err
	})
	return nil
}
