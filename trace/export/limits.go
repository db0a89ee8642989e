package export

import (
	"errors"
	"fmt"
)

// The limits of what [Read] reads. They keep the memory for any file below 512 MiB,
// together with what a view needs to show it, and leave room for a recording that is
// as long as package live makes them. What is within a limit is read; a file that is
// longer ends there, with an error.
const (
	// mostBytes is how long a document may be, decompressed. Its strings are kept.
	mostBytes = 160 << 20
	// mostStructures is how much memory may be used apart from strings, in bytes. An
	// empty step has two bytes in the document, and a hundred in memory.
	mostStructures = 144 << 20

	// mostFile is how much of a capture file is looked through for the trace that is
	// attached to it, decompressed: that takes time, and no memory.
	mostFile = 1 << 30

	// mostElement is how long an element of a list may be, in bytes: it is read as a
	// whole. That is a node with 40,000 rules, or a frame twenty times the largest.
	mostElement = 8 << 20
	// mostObjects and mostValues are how many objects and how many values an element
	// may have. A packet that a thousand rules did not match has some thousand.
	mostObjects, mostValues = 1 << 17, 1 << 20

	// mostNodes and mostInterfaces are those of the network: every one of them is
	// looked for among the others when it is drawn.
	mostNodes, mostInterfaces = 4096, 16384
	// mostHops is how many places a packet may be seen at. It passes 255 routers at most
	// (RFC 791, 3.2, Time to Live), and few interfaces in each.
	mostHops = 4096
	// mostHooks and mostChanges are those between two hops. There are five hooks and six
	// fields.
	mostHooks, mostChanges = 64, 64
	// mostName is how long a name of a node, an interface or a protocol may be, in
	// bytes: columns are as wide as the longest.
	mostName = 255
	// mostFrame is how long a frame may be, in bytes, as everywhere in captures
	// (MAXIMUM_SNAPLEN in libpcap).
	mostFrame = 262144
)

var (
	errBytes      = fmt.Errorf("more than %d MiB, of which the first are read", mostBytes>>20)
	errFile       = fmt.Errorf("no trace attached within the first %d MiB", mostFile>>20)
	errElement    = fmt.Errorf("an element of more than %d MiB", mostElement>>20)
	errValues     = fmt.Errorf("an element with more than %d objects or %d values", mostObjects, mostValues)
	errStructures = errors.New("more than there is memory for")
)

// tooMany is the error of a list that is too long.
func tooMany(n, most int, what string) error {
	return fmt.Errorf("%d %s; the limit is %d", n, what, most)
}

// values counts the objects of a JSON text, and the values, from above. Both are what
// costs memory when the text is decoded.
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
