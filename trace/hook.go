package trace

// Hook is a place in the kernel's IP layer where netfilter evaluates rules (enum
// nf_inet_hooks). The zero value means none.
type Hook uint8

// The hooks, in the kernel's order.
const (
	Prerouting Hook = iota + 1
	Input
	Forward
	Output
	Postrouting
)

var hookNames = [...]string{
	Prerouting: "prerouting", Input: "input", Forward: "forward", Output: "output", Postrouting: "postrouting",
}

// String returns the hook's name in lower case.
func (h Hook) String() string { return nameOf(hookNames[:], h, "hook") }

// MarshalText returns the name.
func (h Hook) MarshalText() ([]byte, error) { return marshalName(hookNames[:], h) }

// UnmarshalText accepts a name.
func (h *Hook) UnmarshalText(text []byte) error { return unmarshalName(hookNames[:], h, text) }

// First reports whether a packet's path through a node can begin at the hook.
func (h Hook) First() bool { return h == Prerouting || h == Output }

// Last reports whether it can end at the hook.
func (h Hook) Last() bool { return h == Input || h == Postrouting }
