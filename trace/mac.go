package trace

import (
	"fmt"
	"net"
)

// MAC is an Ethernet hardware address (EUI-48). The zero value means none.
type MAC [6]byte

// String returns the address as six colon-separated octets in lower case.
func (m MAC) String() string { return net.HardwareAddr(m[:]).String() }

// IsZero reports whether there is no address.
func (m MAC) IsZero() bool { return m == MAC{} }

// MarshalText returns the same as [MAC.String].
func (m MAC) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText is like [ParseMAC].
func (m *MAC) UnmarshalText(text []byte) (err error) {
	*m, err = ParseMAC(string(text))
	return err
}

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
