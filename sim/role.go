package sim

import "fmt"

// Role is the part that a node plays. It determines how the node is drawn and described,
// and whether its hooks are observed (see [Role.Forwards]). In scenarios, routers also
// forward.
type Role uint8

// The roles. The zero value is invalid.
const (
	RoleClient    Role = iota + 1 // sends the requests
	RoleHost                      // runs the containers: bridge, rules, forwarding
	RoleContainer                 // one container's network namespace
	RoleRouter                    // forwards between links, without containers
	RoleServer                    // answers, elsewhere in the network
)

var roleNames = [...]string{
	RoleClient:    "client",
	RoleHost:      "host",
	RoleContainer: "container",
	RoleRouter:    "router",
	RoleServer:    "server",
}

// Roles lists the names that [ParseRole] accepts.
func Roles() []string { return append([]string(nil), roleNames[1:]...) }

// String returns the name of the role, or "role(N)" if it has none.
func (r Role) String() string {
	if r > 0 && int(r) < len(roleNames) {
		return roleNames[r]
	}
	return fmt.Sprintf("role(%d)", uint8(r))
}

// ParseRole is the inverse of [Role.String]. ok is false for other words.
func ParseRole(s string) (r Role, ok bool) {
	for i, name := range roleNames {
		if i > 0 && name == s {
			return Role(i), true
		}
	}
	return 0, false
}

// Forwards reports whether nodes of this role forward packets, so that their netfilter hooks
// are worth observing.
func (r Role) Forwards() bool { return r == RoleHost || r == RoleRouter }
