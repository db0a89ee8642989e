package trace

// Point is a place where packets were captured.
type Point struct {
	Node      string `json:"node"`                // a machine, or the name of a capture
	Interface string `json:"interface,omitempty"` // empty if the capture does not name it
	Mixed     bool   `json:"mixed,omitempty"`     // several interfaces that the capture does not distinguish
}

// String returns "node/interface", or only the node.
func (p Point) String() string { return Place(p.Node, p.Interface) }

// Place names an interface of a node: "host/docker0". If a capture does not name the
// interface, it returns only the node.
func Place(node, iface string) string {
	if iface == "" {
		return node
	}
	return node + "/" + iface
}
