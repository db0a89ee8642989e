package export

import (
	"errors"
	"fmt"
)

// The limits of [Read]. They keep the memory for any file and the view that shows it below
// 512 MiB, with room for a full recording of package live. Read returns the part of a
// file within the limits, and an error.
const (
	// mostBytes is the maximum length of a document, uncompressed. Its strings are kept.
	mostBytes = 160 << 20
	// mostStructures is the maximum memory apart from strings, in bytes. A step can be
	// 33 bytes long in the document, and takes 144 in memory.
	mostStructures = 176 << 20

	// mostFile is the part of a capture file, uncompressed, that is searched for an
	// attached trace. The search takes time, but no memory.
	mostFile = 1 << 30

	// mostElement is the maximum length of a list's element in bytes: a node with 25,000
	// rules, or a frame twenty times the largest. It is decoded as a whole.
	mostElement = 8 << 20
	// mostObjects and mostValues are the maximum numbers of objects and values in an
	// element. A packet that a thousand rules did not match has a few thousand.
	mostObjects, mostValues = 1 << 17, 1 << 20

	// mostNodes and mostInterfaces limit the network: to draw it, each is compared with
	// all others.
	mostNodes, mostInterfaces = 4096, 16384
	// mostHops is the maximum number of hops of a packet. It passes at most 255 routers
	// (RFC 791, 3.2, Time to Live), and a few interfaces in each.
	mostHops = 4096
	// mostHooks and mostChanges apply between two hops. There are five hooks and six
	// fields.
	mostHooks, mostChanges = 64, 64
	// mostName is the maximum length of a name of a node, interface or protocol in bytes:
	// columns are as wide as the longest.
	mostName = 255
	// mostFrame is the maximum length of a frame in bytes, as in all captures
	// (MAXIMUM_SNAPLEN in libpcap).
	mostFrame = 262144
)

var (
	errBytes      = fmt.Errorf("the trace is longer than %d MiB; only its beginning was read", mostBytes>>20)
	errFile       = fmt.Errorf("no trace attached within the first %d MiB", mostFile>>20)
	errElement    = fmt.Errorf("an element of more than %d MiB", mostElement>>20)
	errValues     = fmt.Errorf("an element with more than %d objects or %d values", mostObjects, mostValues)
	errStructures = errors.New("the trace needs more memory than the limit allows; only its beginning was read")
)

// values returns upper bounds for the objects and values of a JSON text, which determine
// the memory for decoding it.
func values(text []byte) (objects, values int) {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			objects++
			values++
		case c == '[', c == ',':
			values++
		}
	}
	return objects, values
}
