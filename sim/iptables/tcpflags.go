package iptables

import (
	"strconv"
	"strings"

	"tracer/sim/rule"
)

// TCPFlags is "--tcp-flags": of the flags in Mask, exactly those in Set are set. The bits are
// those of the header (RFC 9293, 3.1). The zero value matches all flags.
type TCPFlags struct {
	Mask, Set uint8
	Not       bool
}

const (
	flagFIN = 1 << iota
	flagSYN
	flagRST
	flagPSH
	flagACK
	flagURG

	allTCPFlags = 0x3f
)

// TCPOption is "--tcp-option": the segment has an option of a kind. The zero value matches
// all segments.
type TCPOption struct {
	Kind uint8
	Not  bool
}

// String returns "--tcp-option 2".
func (o TCPOption) String() string { return "--tcp-option " + strconv.Itoa(int(o.Kind)) }

var tcpFlagNames = [...]string{"FIN", "SYN", "RST", "PSH", "ACK", "URG"}

// set reads "SYN,ACK SYN".
func (t *TCPFlags) set(a *argument) error {
	read := func(s string) (set uint8, ok bool) {
		for _, name := range strings.Split(strings.ToUpper(s), ",") {
			found := name == "NONE" || name == "ALL"
			if name == "ALL" {
				set = allTCPFlags
			}
			for i, n := range tcpFlagNames {
				if n == name {
					set |= 1 << i
					found = true
				}
			}
			if !found {
				return 0, false
			}
		}
		return set, true
	}
	mask, ok1 := read(a.values[0])
	set, ok2 := read(a.values[1])
	if !ok1 || !ok2 {
		return a.errorf("is not two lists of SYN, ACK, FIN, RST, URG and PSH, or ALL or NONE")
	}
	*t = TCPFlags{mask, set, a.not}
	return nil
}

func flagText(set uint8) string {
	var names []string
	for i, n := range tcpFlagNames {
		if set&(1<<i) != 0 {
			names = append(names, n)
		}
	}
	if names == nil {
		return "NONE"
	}
	return strings.Join(names, ",")
}

// String returns "--tcp-flags FIN,SYN,RST,ACK SYN".
func (t TCPFlags) String() string { return "--tcp-flags " + flagText(t.Mask) + " " + flagText(t.Set) }

func (t TCPFlags) fails(f *rule.Facts) (rule.Mismatch, bool) {
	if t.Mask == 0 || f.Header == nil || !f.Header.Transport || f.Protocol != uint8(TCP) || (f.Header.TCPFlags&t.Mask == t.Set) != t.Not {
		return rule.Mismatch{}, false
	}
	return mismatch(t.Not, t.String(), flagText(f.Header.TCPFlags))
}
