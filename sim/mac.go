package sim

import (
	"crypto/sha256"
	"fmt"
	"net"
)

// MAC is an Ethernet hardware address (EUI-48). Unlike [net.HardwareAddr] it can be
// compared and used as a map key. The zero value means that none is given.
type MAC [6]byte

// String returns the address as six colon-separated octets in lower case.
func (m MAC) String() string {
	return fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5])
}

// IsZero reports whether no address was given.
func (m MAC) IsZero() bool { return m == MAC{} }

// ParseMAC reads a six-octet address in any notation that [net.ParseMAC] accepts.
func ParseMAC(s string) (MAC, error) {
	hw, err := net.ParseMAC(s)
	if err != nil {
		return MAC{}, err
	}
	if len(hw) != 6 {
		return MAC{}, fmt.Errorf("address %s: has %d octets, not 6", s, len(hw))
	}
	return MAC(hw), nil
}

// DeriveMAC derives an address from a name, so that two runs of a scenario can be
// compared line by line. The address is unicast and locally administered (bits 0 and 1
// of the first octet, IEEE 802).
func DeriveMAC(name string) MAC {
	sum := sha256.Sum256([]byte("mac " + name))
	m := MAC(sum[:6])
	m[0] = m[0]&^0x01 | 0x02
	return m
}
