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

// dnsQuestion asks for a name's address (type A for IPv4, AAAA for IPv6), or for a pointer to a
// name.
func dnsQuestion(host string, of dnsmessage.Type) ([]byte, error) {
	name, err := dnsmessage.NewName(strings.TrimSuffix(host, ".") + ".")
	if err != nil {
		return nil, fmt.Errorf("name %q: %w", host, err)
	}
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: 1, RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: name, Type: of, Class: dnsmessage.ClassINET}},
	}
	return m.Pack()
}

var (
	errNoName    = errors.New("there is no such name")
	errNoAddress = errors.New("the name has no such address") // of the type asked for
	errNoPointer = errors.New("there is no name for this address")
	errServer    = errors.New("the name server failed")
)

// dnsRecord returns the first of the answers that read accepts. If there is
// none, the error is noRecord or, if the server does not know the name, noName.
func dnsRecord[T any](answer []byte, read func(dnsmessage.ResourceBody) (T, bool), noName, noRecord error) (found T, err error) {
	var m dnsmessage.Message
	if err := m.Unpack(answer); err != nil {
		return found, err
	}
	if m.RCode == dnsmessage.RCodeServerFailure || m.RCode == dnsmessage.RCodeRefused {
		return found, errServer
	}
	for _, r := range m.Answers {
		if found, ok := read(r.Body); ok {
			return found, nil
		}
	}
	if m.RCode == dnsmessage.RCodeSuccess {
		return found, noRecord
	}
	return found, noName
}

// dnsAddress returns the first address in an answer.
func dnsAddress(answer []byte) (netip.Addr, error) {
	return dnsRecord(answer, func(r dnsmessage.ResourceBody) (a netip.Addr, ok bool) {
		switch body := r.(type) {
		case *dnsmessage.AResource:
			return netip.AddrFrom4(body.A), true
		case *dnsmessage.AAAAResource:
			return netip.AddrFrom16(body.AAAA), true
		}
		return a, false
	}, errNoName, errNoAddress)
}

// dnsPointer returns the first name to which an answer points.
func dnsPointer(answer []byte) (string, error) {
	return dnsRecord(answer, func(r dnsmessage.ResourceBody) (name string, ok bool) {
		body, ok := r.(*dnsmessage.PTRResource)
		if ok {
			name = strings.TrimSuffix(body.PTR.String(), ".")
		}
		return name, ok
	}, errNoPointer, errNoPointer)
}

// Names answers like a DNS server that is the authority for all names. lookup returns a
// name's addresses; if there are none, the name does not exist. Datagrams that are
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
			header := dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 60}
			switch {
			case q.Type == dnsmessage.TypeA && a.Is4():
				m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: a.As4()}})
			case q.Type == dnsmessage.TypeAAAA && a.Is6():
				m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}})
			}
		}
		b, err := m.Pack()
		if err != nil {
			return nil
		}
		return b
	}
}
