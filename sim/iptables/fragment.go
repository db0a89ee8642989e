package iptables

import "tracer/sim/rule"

// Fragments is "-f": which fragments of a datagram a rule matches. The zero value means all
// packets.
type Fragments uint8

// The values. conntrack reassembles datagrams before most rules see them.
const (
	LaterFragments Fragments = iota + 1 // all but the first: "-f"
	FirstFragments                      // the first, and whole datagrams: "! -f"
)

// fragmentOffset masks the offset in the header's seventh and eighth byte (RFC 791, 3.1).
const fragmentOffset = 0x1fff

// String returns "-f" or "! -f".
func (f Fragments) String() string { return nameOf(uint32(f), "", "-f", "! -f") }

func (f Fragments) encode(c *code) {
	if f == 0 {
		return
	}
	c.add(headerLoad{networkHeader, offsetFragment, 2})
	c.add(masked{[]byte{fragmentOffset >> 8, fragmentOffset & 0xff}})
	c.compare(f == LaterFragments, []byte{0, 0})
}

// decodeFragments reads a comparison of the masked offset.
func decodeFragments(mask, value []byte, not bool) (Fragments, bool) {
	if string(mask) != "\x1f\xff" || string(value) != "\x00\x00" {
		return 0, false
	}
	if not {
		return LaterFragments, true
	}
	return FirstFragments, true
}

func (f Fragments) fails(facts *rule.Facts) (rule.Mismatch, bool) {
	if f == 0 || facts.Header == nil || facts.Header.Later == (f == LaterFragments) {
		return rule.Mismatch{}, false
	}
	return mismatch(false, f.String(), "")
}
