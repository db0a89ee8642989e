package trace

// Role is the part that a node plays in the network.
type Role uint8

// The roles a node can have. The zero value is unknown.
const (
	RoleClient    Role = iota + 1 // sends the requests
	RoleHost                      // runs the containers: bridge, rules, forwarding
	RoleContainer                 // one container's network namespace
	RoleRouter                    // forwards between links, without containers
	RoleServer                    // answers, elsewhere in the network
)

var roleNames = [...]string{
	"unknown",
	RoleClient:    "client",
	RoleHost:      "host",
	RoleContainer: "container",
	RoleRouter:    "router",
	RoleServer:    "server",
}

// String returns the role's name, or "unknown" for a node whose role is not known.
func (r Role) String() string { return nameOf(roleNames[:], r, "role") }

// MarshalText returns the name.
func (r Role) MarshalText() ([]byte, error) { return marshalName(roleNames[:], r) }

// UnmarshalText accepts a name.
func (r *Role) UnmarshalText(text []byte) error { return unmarshalName(roleNames[:], r, text) }

// Forwards reports whether nodes of this role forward packets addressed to others, and
// therefore have rules worth watching.
func (r Role) Forwards() bool { return r == RoleHost || r == RoleRouter }
