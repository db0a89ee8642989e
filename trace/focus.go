package trace

// Focus is a place that a lesson is about: one of its expectations names it. The packet may
// be missing, or have no such place, if the trace was filtered or cut off.
type Focus struct {
	Journey int       `json:"journey"` // the packet's number
	Hop     int       `json:"hop"`     // the index of a hop; the number of hops: the packet's end
	Kind    FocusKind `json:"kind"`
	Index   int       `json:"index,omitempty"` // of the step or the change, on the way to the hop
}

// FocusKind is what there is at a place.
type FocusKind uint8

// The kinds of places.
const (
	FocusSeen   FocusKind = iota + 1 // the packet is seen there or, after the last hop, ends
	FocusRule                        // a step: a rule that it matches, or that rules before it do not match
	FocusChange                      // a field that changes
	FocusEntry                       // conntrack makes an entry
)

var focusNames = [...]string{FocusSeen: "seen", FocusRule: "rule", FocusChange: "change", FocusEntry: "entry"}

// String returns the name.
func (k FocusKind) String() string { return nameOf(focusNames[:], k, "focus") }

// MarshalText returns the name.
func (k FocusKind) MarshalText() ([]byte, error) { return marshalName(focusNames[:], k) }

// UnmarshalText accepts a name.
func (k *FocusKind) UnmarshalText(text []byte) error { return unmarshalName(focusNames[:], k, text) }
