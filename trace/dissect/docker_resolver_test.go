package dissect

import (
	"bytes"
	"testing"

	"tracer/trace"
)

// TestDockerResolver: queries to Docker's DNS server are recognized on whatever port it
// listens, other datagrams to its address are not, nor are queries to other addresses.
func TestDockerResolver(t *testing.T) {
	query := frames(t)["query"]
	alter := func(last byte, more ...byte) []byte {
		b := bytes.Clone(query)
		copy(b[30:], []byte{127, 0, 0, last}) // destination address
		copy(b[36:], []byte{0xde, 0xda})      // destination port
		copy(b[42:], more)
		return b
	}
	for name, c := range map[string]struct {
		frame []byte
		want  string
	}{
		"query":        {alter(11), "DNS"},
		"other server": {alter(12), "data"},
		"no question":  {alter(11, 0, 5, 1, 0, 0, 0), "data"},
		"short":        {alter(11)[:50], "data"},
	} {
		layers := Packet(trace.LinkEthernet, c.frame)
		if got := layers[len(layers)-1].Name; got != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
}
