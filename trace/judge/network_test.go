package judge

import (
	"reflect"
	"testing"

	"tracer/sim/labtest"
)

// TestScript: printing and parsing preserve a network, and the same seed gives the same
// network.
func TestScript(t *testing.T) {
	seed := labtest.Seed(t)
	for i := range uint64(500) {
		n := Generate(seed+i, Everything)
		read, err := Parse(n.String())
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed+i, err, n)
		}
		if !reflect.DeepEqual(n, read) {
			t.Fatalf("seed %d: read as\n%s\nnot\n%s", seed+i, read, n)
		}
		if again := Generate(seed+i, Everything); !reflect.DeepEqual(n, again) {
			t.Fatalf("seed %d: once\n%s\nthen\n%s", seed+i, n, again)
		}
		for k, l := range n.Lines[n.setup():] {
			if l.Verb() != "send" {
				continue
			}
			if _, err := parseRequest(k+1, l); err != nil {
				t.Errorf("seed %d: %v", seed+i, err)
			}
		}
	}
}

// TestParseRefuses: mistakes in a script are found.
func TestParseRefuses(t *testing.T) {
	for _, script := range []string{"node", "node a king", "wire a/b c/d", "node a client\nwire a a/b", "a: ip link", "seed x", "what is this"} {
		if n, err := Parse(script); err == nil {
			t.Errorf("%q is read as %v", script, n)
		}
	}
}
