package trace

// Hook is a place where netfilter evaluates rules: in the kernel's IP layer (enum
// nf_inet_hooks), or at an interface (enum nf_dev_hooks). The zero value means none.
type Hook uint8

// The hooks: those of IP, in the kernel's order, and those of an interface, which see all
// incoming or outgoing frames.
const (
	Prerouting Hook = iota + 1
	Input
	Forward
	Output
	Postrouting
	Ingress
	Egress
)

const hookLast = Egress

var hookNames = [...]string{
	Prerouting: "prerouting", Input: "input", Forward: "forward", Output: "output", Postrouting: "postrouting",
	Ingress: "ingress", Egress: "egress",
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
