package dissect

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/google/gopacket/layers"
)

// options reads the options of IPv4 or TCP up to end. Both have the same format (RFC 791,
// 3.1; RFC 9293, 3.2). An option is shown as its name and data, unless describe returns a
// better text.
func (h *header) options(end int, names map[uint32]string, describe func(kind byte, data []byte) string) {
	for h.next < end {
		kind, there := byte(h.peek(1)), end-h.next
		switch kind {
		case layers.TCPOptionKindEndList:
			h.bits(1, "option", "end of options")
			h.next = end
			return
		case layers.TCPOptionKindNop:
			h.add(1, "option", "no operation")
			continue
		}
		size := 0
		if there >= 2 {
			size = int(h.peek(2) & 0xff)
		}
		if size < 2 || size > there {
			h.add(there, "option", fmt.Sprintf("%d [malformed: length does not fit]", kind))
			return
		}
		data := h.frame[h.next+2 : h.next+size]
		text := describe(kind, data)
		if text == "" {
			text = cmp.Or(names[uint32(kind)], fmt.Sprintf("option %d", kind))
			if len(data) > 0 {
				text += fmt.Sprintf(": %s of data, 0x%x", count(len(data), "byte"), data)
			}
		}
		h.add(size, "option", text)
	}
}

// The options of TCP (IANA, "TCP Option Kind Numbers").
var tcpOptions = map[uint32]string{
	2: "maximum segment size", 3: "window scale", 4: "SACK permitted", 5: "SACK", 8: "timestamps",
	19: "MD5 signature", 28: "user timeout", 30: "multipath TCP", 34: "fast open cookie",
}

// tcpOption describes a TCP option whose data has the length required by its RFC.
func tcpOption(kind byte, data []byte) string {
	n := len(data)
	switch {
	case kind == layers.TCPOptionKindMSS && n == 2: // RFC 9293, 3.2
		return fmt.Sprintf("maximum segment size: %d bytes", number(data))
	case kind == layers.TCPOptionKindWindowScale && n == 1: // RFC 7323, 2.2 and 2.3
		if data[0] > 14 {
			return fmt.Sprintf("window scale: %d [over the maximum, used as 14]", data[0])
		}
		return fmt.Sprintf("window scale: %d (multiply by %d)", data[0], 1<<data[0])
	case kind == layers.TCPOptionKindSACK && n > 0 && n%8 == 0: // RFC 2018, 3
		var blocks []string
		for ; len(data) > 0; data = data[8:] {
			blocks = append(blocks, fmt.Sprintf("%d to %d", number(data[:4]), number(data[4:8])))
		}
		return "SACK: " + strings.Join(blocks, ", ")
	case kind == layers.TCPOptionKindTimestamps && n == 8: // RFC 7323, 3.2
		return fmt.Sprintf("timestamps: value %d, echo reply %d", number(data[:4]), number(data[4:8]))
	}
	return ""
}
