package iptables

import (
	"net"
	"strconv"
	"strings"
)

// Offsets in the IPv4 header (RFC 791), and in the TCP and UDP headers.
const (
	offsetFragment    = 6
	offsetProtocol    = 9
	offsetSource      = 12
	offsetDestination = 16
	offsetSourcePort  = 0
	offsetDestPort    = 2
	offsetTCPFlags    = 13
)

// encode returns the expressions that iptables-nft 1.8.9 creates for a rule, in the same
// order: interfaces, protocol, addresses, fragments, matches, counter, target. For the
// exception see [Ports].
func encode(f Family, r Rule) code {
	c := code{family: f}
	r.In.encode(&c, metaIn)
	r.Out.encode(&c, metaOut)
	if r.Protocol.Number != 0 {
		c.add(metaLoad{metaProto})
		c.compare(r.Protocol.Not, []byte{byte(r.Protocol.Number)})
	}
	source, destination := f.offsets()
	r.Source.encode(&c, source)
	r.Destination.encode(&c, destination)
	r.Fragments.encode(&c)
	for _, m := range r.Matches {
		m.encode(&c)
	}
	c.add(counting{})
	if r.Target != nil {
		r.Target.encode(&c)
	}
	return c
}

// encode compares a name including its NUL or, for a wildcard, the prefix without a NUL.
func (i Interface) encode(c *code, key uint32) {
	if i.Name == "" {
		return
	}
	not, value := i.Not, i.Name+"\x00"
	if prefix, wildcard := strings.CutSuffix(i.Name, "+"); wildcard {
		value = prefix
		if prefix == "" { // "! -i +"
			not, value = false, noInterface+"\x00"
		}
	}
	c.add(metaLoad{key})
	c.compare(not, []byte(value))
}

// encode loads only the bytes to compare, and masks if the prefix ends within a byte.
func (a Address) encode(c *code, offset uint32) {
	if !a.Prefix.IsValid() {
		return
	}
	address, length := a.Prefix.Addr().AsSlice(), a.Prefix.Bits()
	if length%8 == 0 {
		c.add(headerLoad{networkHeader, offset, uint32(length / 8)})
		c.compare(a.Not, address[:length/8])
		return
	}
	c.add(headerLoad{networkHeader, offset, uint32(len(address))})
	c.add(masked{net.CIDRMask(length, 8*len(address))})
	c.compare(a.Not, address)
}

// nameOf returns the name at index n, or the number if there is none.
func nameOf(n uint32, names ...string) string {
	if n < uint32(len(names)) {
		return names[n]
	}
	return strconv.FormatUint(uint64(n), 10)
}
