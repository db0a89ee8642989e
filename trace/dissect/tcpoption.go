package dissect

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/google/gopacket/layers"
)

// User Timeout, Multipath TCP, Fast Open and MD5 have no name in gopacket (IANA,
// "TCP Option Kind Numbers").
const (
	optionMD5         = 19 // RFC 2385
	optionUserTimeout = 28 // RFC 5482
	optionMultipath   = 30 // RFC 8684
	optionFastOpen    = 34 // RFC 7413
)

// tcpOptions reads the options from at to end (RFC 9293, 3.2).
func (d *dissection) tcpOptions(l *Layer, at, end int) {
	for at < end {
		kind := layers.TCPOptionKind(d.u8(at))
		switch kind {
		case layers.TCPOptionKindEndList:
			l.add(at, 1, "option", "end of options")
			return
		case layers.TCPOptionKindNop:
			l.add(at, 1, "option", "no operation")
			at++
			continue
		}
		if end-at < 2 || d.u8(at+1) < 2 || int(d.u8(at+1)) > end-at {
			l.add(at, end-at, "option", "%d: malformed, its length does not fit", uint8(kind))
			return
		}
		size := int(d.u8(at + 1))
		l.add(at, size, "option", "%s", d.tcpOption(kind, at+2, size-2))
		at += size
	}
}

// tcpOption writes one option, whose n bytes of data are at an offset. One whose
// data has another length than its RFC says is shown by its bytes.
func (d *dissection) tcpOption(kind layers.TCPOptionKind, at, n int) string {
	switch {
	case kind == layers.TCPOptionKindMSS && n == 2: // RFC 9293, 3.2
		return fmt.Sprintf("maximum segment size: %d bytes", d.u16(at))
	case kind == layers.TCPOptionKindWindowScale && n == 1: // RFC 7323, 2.2
		shift := d.u8(at)
		if shift > 14 {
			return fmt.Sprintf("window scale: %d [more than 14, which counts]", shift)
		}
		return fmt.Sprintf("window scale: %d (multiply by %d)", shift, 1<<shift)
	case kind == layers.TCPOptionKindSACKPermitted && n == 0: // RFC 2018, 2
		return "SACK permitted"
	case kind == layers.TCPOptionKindSACK && n > 0 && n%8 == 0: // RFC 2018, 3
		var blocks []string
		for i := at; i < at+n; i += 8 {
			blocks = append(blocks, fmt.Sprintf("%d to %d", d.u32(i), d.u32(i+4)))
		}
		return "SACK: " + strings.Join(blocks, ", ")
	case kind == layers.TCPOptionKindTimestamps && n == 8: // RFC 7323, 3.2
		return fmt.Sprintf("timestamps: value %d, echo reply %d", d.u32(at), d.u32(at+4))
	}
	name := map[layers.TCPOptionKind]string{
		layers.TCPOptionKindMSS:           "maximum segment size",
		layers.TCPOptionKindWindowScale:   "window scale",
		layers.TCPOptionKindSACKPermitted: "SACK permitted",
		layers.TCPOptionKindSACK:          "SACK",
		layers.TCPOptionKindTimestamps:    "timestamps",
		optionMD5:                         "MD5 signature",
		optionUserTimeout:                 "user timeout",
		optionMultipath:                   "multipath TCP",
		optionFastOpen:                    "fast open cookie",
	}[kind]
	if name == "" {
		name = fmt.Sprintf("option %d", uint8(kind))
	}
	if n == 0 {
		return name
	}
	return fmt.Sprintf("%s: %s of data, 0x%s", name, count(n, "byte"), hex.EncodeToString(d.frame[at:at+n]))
}
