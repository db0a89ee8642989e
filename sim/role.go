package sim

import "fmt"

// Role says what part a node plays. It changes how a node is drawn and
// described, never how it is built.
type Role uint8

// The roles a node can have. The zero value is no role at all and is invalid.
const (
	RoleClient    Role = iota + 1 // sends the requests
	RoleHost                      // runs the containers: bridge, rules, forwarding
	RoleContainer                 // one container's network namespace
	RoleRouter                    // forwards between links, without containers
	RoleServer                    // answers, somewhere out in the network
)

var roleNames = [...]string{
	RoleClient:    "client",
	RoleHost:      "host",
	RoleContainer: "container",
	RoleRouter:    "router",
	RoleServer:    "server",
}

// Roles lists the names that [ParseRole] accepts, in a fixed order.
func Roles() []string { return append([]string(nil), roleNames[1:]...) }

// String returns the role's name, or "role(N)" for a value that is none.
func (r Role) String() string {
	if r > 0 && int(r) < len(roleNames) {
		return roleNames[r]
	}
	return fmt.Sprintf("role(%d)", uint8(r))
}

// ParseRole is the inverse of [Role.String]; ok is false for any other word.
func ParseRole(s string) (r Role, ok bool) {
	for i, name := range roleNames {
		if i > 0 && name == s {
			return Role(i), true
		}
	}
	return 0, false
}

// Forwards reports whether a node of this role passes on packets that are not
// addressed to it, and is therefore worth watching with netfilter's eyes.
func (r Role) Forwards() bool { return r == RoleHost || r == RoleRouter }
