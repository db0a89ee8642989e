package trace

// Direction is the direction of a frame at an interface, as seen from the interface's
// namespace. The zero value means unknown.
type Direction uint8

// The directions.
const (
	In  Direction = iota + 1 // received from the interface
	Out                      // sent through the interface
)

var directionNames = [...]string{"unknown", In: "in", Out: "out"}

// String returns "in", "out" or "unknown".
func (d Direction) String() string { return nameOf(directionNames[:], d, "direction") }

// MarshalText returns the name.
func (d Direction) MarshalText() ([]byte, error) { return marshalName(directionNames[:], d) }

// UnmarshalText accepts a name.
func (d *Direction) UnmarshalText(text []byte) error {
	return unmarshalName(directionNames[:], d, text)
}
