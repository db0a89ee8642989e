package docker

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"tracer/sim/iptables"
)

// Publish is one published port: docker run -p HOST:CONTAINER.
type Publish struct {
	Address   netip.Addr // of the host; zero: all addresses of both families
	Host      uint16     // 0: the engine chooses the port
	Container uint16
	UDP       bool // instead of TCP

	chosen bool // the engine chose Host
}

// String returns the port in the form that [ParsePublish] reads.
func (p Publish) String() string {
	s := strconv.Itoa(int(p.Container))
	switch {
	case p.Host != 0:
		s = fmt.Sprintf("%d:%d", p.Host, p.Container)
	case p.Address.IsValid():
		s = ":" + s
	}
	switch {
	case p.Address.Is6():
		s = "[" + p.Address.String() + "]:" + s
	case p.Address.IsValid():
		s = p.Address.String() + ":" + s
	}
	if p.UDP {
		s += "/udp"
	}
	return s
}

// host returns the address that packets must have to be translated; zero: any of a family.
func (p Publish) host() netip.Addr {
	if p.Address.IsUnspecified() {
		return netip.Addr{}
	}
	return p.Address
}

// protocol returns the protocol of the port's rules.
func (p Publish) protocol() iptables.ProtocolNumber {
	if p.UDP {
		return iptables.UDP
	}
	return iptables.TCP
}

// Expose is a port that an image names, as EXPOSE in a Dockerfile does.
type Expose struct {
	Port uint16
	UDP  bool // instead of TCP
}

// ParseExpose reads "80", "80/tcp" or "53/udp".
func ParseExpose(s string) (e Expose, err error) {
	port, protocol, given := strings.Cut(s, "/")
	if e.UDP = protocol == "udp"; given && !e.UDP && protocol != "tcp" {
		return e, fmt.Errorf("%q in %q is neither tcp nor udp", protocol, s)
	}
	first, last, err := portRange(port, s)
	if err == nil && first != last {
		err = fmt.Errorf("%q is a range, not a port", s)
	}
	e.Port = first
	return e, err
}

// ParsePublish reads "80:5000", "192.168.1.1:80:5000", "[::1]:80:5000", "53:53/udp", "5000" and
// "192.168.1.1::5000", for which the engine chooses the port of the host, and ranges of equal
// length such as "8000-8002:80-82", which it expands into single ports.
func ParsePublish(s string) ([]Publish, error) {
	var p Publish
	text, protocol, given := strings.Cut(s, "/")
	switch {
	case protocol == "udp":
		p.UDP = true
	case given && protocol != "tcp":
		return nil, fmt.Errorf("%q in %q is neither tcp nor udp", protocol, s)
	}
	address, text, err := cutAddress(text, s)
	if err != nil {
		return nil, err
	}
	p.Address = address
	onHost, inside, two := strings.Cut(text, ":")
	if !two {
		if address.IsValid() {
			return nil, fmt.Errorf("%q is neither HOST:CONTAINER nor ADDRESS:HOST:CONTAINER", s)
		}
		onHost, inside = "", text
	}
	first, last, err := portRange(inside, s)
	if err != nil {
		return nil, err
	}
	hostFirst, hostLast := first, last
	if onHost != "" {
		if hostFirst, hostLast, err = portRange(onHost, s); err != nil {
			return nil, err
		}
	}
	if hostLast-hostFirst != last-first {
		return nil, fmt.Errorf("%q has ranges of different lengths", s)
	}
	var all []Publish
	for i := range int(last-first) + 1 {
		one := p
		one.Host, one.Container = hostFirst+uint16(i), first+uint16(i)
		if onHost == "" {
			one.Host = 0
		}
		all = append(all, one)
	}
	return all, nil
}

// cutAddress reads the address of the host before the ports, if there is one: "192.168.1.1:"
// or "[::1]:".
func cutAddress(text, whole string) (a netip.Addr, ports string, err error) {
	inBrackets := strings.HasPrefix(text, "[")
	at := strings.LastIndexByte(text[:max(0, strings.LastIndexByte(text, ':'))], ':')
	if inBrackets {
		at = strings.Index(text, "]:") + 1
	}
	if at <= 0 && !inBrackets {
		return a, text, nil
	}
	if a, err = netip.ParseAddr(strings.Trim(text[:at], "[]")); err != nil || a.Is6() != inBrackets || a.Zone() != "" {
		return a, "", fmt.Errorf("%q in %q is neither an IPv4 address nor an IPv6 address in brackets", text[:at], whole)
	}
	return a, text[at+1:], nil
}

// maxRange is the maximum number of ports in a range.
const maxRange = 1000

// portRange reads "80" or "80-82".
func portRange(text, whole string) (first, last uint16, err error) {
	a, b, isRange := strings.Cut(text, "-")
	if !isRange {
		b = a
	}
	for _, end := range []struct {
		text string
		to   *uint16
	}{{a, &first}, {b, &last}} {
		n, err := strconv.ParseUint(end.text, 10, 16)
		if err != nil || n == 0 {
			return 0, 0, fmt.Errorf("%q in %q is not a port from 1 to 65535", end.text, whole)
		}
		*end.to = uint16(n)
	}
	if last < first || last-first >= maxRange {
		return 0, 0, fmt.Errorf("%q in %q is not a range of up to %d ports", text, whole, maxRange)
	}
	return first, last, nil
}
