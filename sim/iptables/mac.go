package iptables

import (
	"fmt"
	"net"

	"tracer/sim/rule"
)

// MAC is "-m mac": the source address of a packet's Ethernet frame.
type MAC struct {
	Address [6]byte
	Not     bool
}

var macKind = &kind[MAC]{
	name: "mac", single: true,
	options: []option[MAC]{{"--mac-source", "MAC", true, func(m *MAC, a *argument) error {
		mac, err := net.ParseMAC(a.value())
		if err != nil || len(mac) != len(m.Address) {
			return a.errorf("is not a MAC address such as 02:42:ac:11:00:02")
		}
		m.Address, m.Not = [6]byte(mac), a.not
		return nil
	}}},
	read: func(revision uint32, s structure) (MAC, bool) {
		return MAC{[6]byte(s[:6]), s.uint32(8) != 0}, revision == 0
	},
	size: 12, // struct xt_mac_info
}

// text returns the address as iptables prints it since 1.8.8, in lower case.
func (m MAC) text() string { return net.HardwareAddr(m.Address[:]).String() }

// String returns "-m mac --mac-source 02:42:ac:11:00:02".
func (m MAC) String() string {
	t := begin("mac")
	t.add(m.Not, "--mac-source", m.text())
	return t.String()
}

func (m MAC) listed() string {
	t := text{words: []string{"MAC"}}
	t.add(m.Not, m.text())
	return t.String()
}

func (m MAC) problems(p place) []string {
	return p.at("-m mac", hookPrerouting, hookInput, hookForward)
}

func (m MAC) encode(c *code) {
	s := make(structure, 12)
	copy(s, m.Address[:])
	if m.Not {
		s.put32(8, 1)
	}
	c.match("mac", 0, s)
}

func (m MAC) fails(f *rule.Facts) (rule.Mismatch, bool) {
	if f.MAC == ([6]byte{}) || (f.MAC == m.Address) != m.Not {
		return rule.Mismatch{}, false
	}
	return mismatch(m.Not, "--mac-source "+m.text(), fmt.Sprint(net.HardwareAddr(f.MAC[:])))
}
