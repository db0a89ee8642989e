package trace

// Point is a place where packets were captured.
type Point struct {
	Node      string `json:"node"`                // a machine, or the name of a capture
	Interface string `json:"interface,omitempty"` // empty where the capture does not say
	Mixed     bool   `json:"mixed,omitempty"`     // several interfaces, which the capture does not tell apart
}

// String returns "node/interface", or the node alone.
func (p Point) String() string { return Place(p.Node, p.Interface) }

// Place names an interface of a node: "host/docker0". Where captures do not say
// the interface, the node is all there is.
func Place(node, iface string) string {
	if iface == "" {
		return node
	}
	return node + "/" + iface
}
