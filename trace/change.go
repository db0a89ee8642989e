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
)

var fieldNames = [...]string{
	FieldSource:         "src",
	FieldDestination:    "dst",
	FieldTTL:            "ttl",
	FieldSourceMAC:      "src_mac",
	FieldDestinationMAC: "dst_mac",
	FieldICMPID:         "icmp_id",
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
	}
	if link != nil && to.HasMAC {
		add(FieldSourceMAC, link.SrcMAC, to.SrcMAC)
		add(FieldDestinationMAC, link.DstMAC, to.DstMAC)
	}
	return out
}
