package docker

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Publish is one published TCP port: docker run -p HOST:CONTAINER.
type Publish struct {
	Address   netip.Addr // only on this address of the host; zero: on all
	Host      uint16
	Container uint16
}

// String returns the port as ParsePublish reads it.
func (p Publish) String() string {
	s := fmt.Sprintf("%d:%d", p.Host, p.Container)
	if p.Address.IsValid() {
		s = p.Address.String() + ":" + s
	}
	return s
}

// ParsePublish reads "80:5000" or "192.168.1.1:80:5000".
func ParsePublish(s string) (Publish, error) {
	var p Publish
	parts := strings.Split(s, ":")
	if len(parts) != 2 && len(parts) != 3 {
		return p, fmt.Errorf("%q is neither HOST:CONTAINER nor ADDRESS:HOST:CONTAINER", s)
	}
	if len(parts) == 3 {
		a, err := netip.ParseAddr(parts[0])
		if err != nil || !a.Is4() {
			return p, fmt.Errorf("%q in %q is not an IPv4 address", parts[0], s)
		}
		p.Address, parts = a, parts[1:]
	}
	for i, to := range []*uint16{&p.Host, &p.Container} {
		n, err := strconv.ParseUint(parts[i], 10, 16)
		if err != nil || n == 0 {
			return p, fmt.Errorf("%q in %q is not a port from 1 to 65535", parts[i], s)
		}
		*to = uint16(n)
	}
	return p, nil
}
