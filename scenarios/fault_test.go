package scenarios

import (
	"fmt"
	"testing"
)

// TestFaultRoutes: a fault's routes replace those of its nodes, and an empty list leaves
// none. The scenario itself and other nodes keep theirs.
func TestFaultRoutes(t *testing.T) {
	const faults = `
faults:
  none: { title: None, routes: { client: [] }, expect: [{ answer: A }] }
  other: { title: Another, routes: { client: [10.9.0.0/16 via 10.0.0.1] }, expect: [{ answer: A }] }
`
	s, err := Parse("x.yaml", []byte(base+faults))
	if err != nil {
		t.Fatal(err)
	}
	routes := func(s *Scenario, node string) string {
		n, _ := s.Topology.Node(node)
		return fmt.Sprint(n.Routes)
	}
	for fault, want := range map[string]string{"none": "[]", "other": "[10.9.0.0/16 via 10.0.0.1]"} {
		changed, err := s.WithFault(fault)
		if err != nil {
			t.Fatal(err)
		}
		if got := routes(changed, "client"); got != want {
			t.Errorf("%s: the client's routes are %s, not %s", fault, got, want)
		}
		if routes(changed, "web") != routes(s, "web") || routes(s, "client") != "[default via 10.0.0.1]" {
			t.Errorf("%s: other routes have changed", fault)
		}
	}
}
