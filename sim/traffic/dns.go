package traffic

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// dnsPort is the port of DNS servers (RFC 1035, 4.2.1).
const dnsPort = 53

// dnsQuestion asks for a name's IPv4 address.
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

// dnsAddress returns the first address in an answer.
func dnsAddress(answer []byte) (netip.Addr, error) {
	var m dnsmessage.Message
	if err := m.Unpack(answer); err != nil {
		return netip.Addr{}, err
	}
	for _, r := range m.Answers {
		if body, ok := r.Body.(*dnsmessage.AResource); ok {
			return netip.AddrFrom4(body.A), nil
		}
	}
	return netip.Addr{}, errors.New("there is no such name")
}

// Names answers like a DNS server that is the authority for all names. lookup returns a
// name's IPv4 addresses; if there are none, the name does not exist. Datagrams that are
// not questions get no answer.
func Names(lookup func(host string) []netip.Addr) Answer {
	return func(question []byte) []byte {
		var m dnsmessage.Message
		if err := m.Unpack(question); err != nil || m.Response || len(m.Questions) != 1 {
			return nil
		}
		q := m.Questions[0]
		m.Header = dnsmessage.Header{ID: m.ID, Response: true, Authoritative: true, RecursionDesired: m.RecursionDesired, RCode: dnsmessage.RCodeNameError}
		m.Additionals = nil
		for _, a := range lookup(strings.TrimSuffix(q.Name.String(), ".")) {
			m.RCode = dnsmessage.RCodeSuccess
			if q.Type == dnsmessage.TypeA {
				m.Answers = append(m.Answers, dnsmessage.Resource{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 60}, Body: &dnsmessage.AResource{A: a.As4()},
				})
			}
		}
		b, err := m.Pack()
		if err != nil {
			return nil
		}
		return b
	}
}
