package trace

// Change is one header field that differs between two consecutive sightings.
type Change struct {
	Field Field
	From  Value `escape:"-"`
	To    Value `escape:"-"`
	Hook  Hook  // 0: not at a netfilter hook, or unknown
	Cause Cause
}

// Field is a header field that tracer compares.
type Field uint8

// The fields.
const (
	FieldSource Field = iota + 1
	FieldDestination
	FieldTTL
	FieldSourceMAC
	FieldDestinationMAC
	FieldICMPID
	FieldTOS       // type of service: DSCP and ECN (RFC 2474, RFC 3168)
	FieldID        // IPv4 identification
	FieldDF        // IPv4's "don't fragment" flag
	FieldWindow    // TCP window, unscaled
	FieldMSS       // maximum segment size that a SYN announces (RFC 9293, 3.7.1)
	FieldMark      // the kernel's mark of the packet; not a header field, and only within a node
	FieldFlowLabel // of IPv6 (RFC 6437)

	fieldLast = FieldFlowLabel
)

var fieldNames = [...]string{
	FieldSource:         "src",
	FieldDestination:    "dst",
	FieldTTL:            "ttl",
	FieldSourceMAC:      "src_mac",
	FieldDestinationMAC: "dst_mac",
	FieldICMPID:         "icmp_id",
	FieldTOS:            "tos",
	FieldID:             "ip_id",
	FieldDF:             "df",
	FieldWindow:         "window",
	FieldMSS:            "mss",
	FieldMark:           "mark",
	FieldFlowLabel:      "flow_label",
}

// String returns the field's name.
func (f Field) String() string { return nameOf(fieldNames[:], f, "field") }

// MarshalText returns the name.
func (f Field) MarshalText() ([]byte, error) { return marshalName(fieldNames[:], f) }

// UnmarshalText accepts a name.
func (f *Field) UnmarshalText(text []byte) error { return unmarshalName(fieldNames[:], f, text) }

// Translated reports whether NAT rewrites the field: an address with its port, or the
// identifier of an ICMP echo.
func (f Field) Translated() bool {
	return f == FieldSource || f == FieldDestination || f == FieldICMPID
}

func flag(set bool) uint64 {
	if set {
		return 1
	}
	return 0
}

// Differences compares a packet's headers at two places. MAC addresses are compared with
// those of link, the headers with the last link header seen; link may be nil. The changes
// have no hook and no cause.
func Differences(from, to, link *Headers) (out []Change) {
	add := func(f Field, a, b Value) {
		if a != b {
			out = append(out, Change{Field: f, From: a, To: b})
		}
	}
	if from.IsIP() && to.IsIP() {
		add(FieldDestination, from.endpoint(from.Dst), to.endpoint(to.Dst))
		add(FieldSource, from.endpoint(from.Src), to.endpoint(to.Src))
		if from.IsEcho() && to.IsEcho() {
			add(FieldICMPID, ICMPID(from.ICMP.ID), ICMPID(to.ICMP.ID))
		}
		add(FieldTTL, TTL(from.TTL), TTL(to.TTL))
		add(FieldTOS, Bits(from.TOS), Bits(to.TOS))
		add(FieldFlowLabel, Bits(from.FlowLabel), Bits(to.FlowLabel))
		if from.Src.Addr().Is4() { // a datagram of IPv6 has one only if it is fragmented
			add(FieldID, Number(from.ID), Number(to.ID))
		}
		add(FieldDF, Number(flag(from.DontFragment)), Number(flag(to.DontFragment)))
		add(FieldWindow, Number(from.TCP.Window), Number(to.TCP.Window))
		if from.TCP.MSS != 0 && to.TCP.MSS != 0 { // netfilter reports no TCP options
			add(FieldMSS, Number(from.TCP.MSS), Number(to.TCP.MSS))
		}
	}
	if link != nil && to.HasMAC {
		add(FieldSourceMAC, link.SrcMAC, to.SrcMAC)
		add(FieldDestinationMAC, link.DstMAC, to.DstMAC)
	}
	return out
}
