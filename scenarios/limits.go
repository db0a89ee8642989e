package scenarios

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// The limits of a scenario bound the memory and time that a file can use. They are far
// above what any lesson needs.
const (
	maxFile     = 1 << 20  // bytes of the file
	maxText     = 16 << 10 // bytes of one value
	maxKey      = 255      // bytes of a key
	maxPorts    = 5000     // published ports in total: each needs rules and a listening socket
	maxBodies   = 16 << 20 // bytes of server responses in total
	maxLinked   = 1000     // interfaces of all nodes
	maxProblems = 100      // reported
)

// maxElements is the maximum number of elements of a list or mapping, by its key. "" stands
// for all other keys.
var maxElements = map[string]int{
	"nodes": 250, "services": 250, "networks": 50, "faults": 50, // each node needs a namespace, a thread and some sockets
	"interfaces": 250, "addresses": 8, "routes": 1000, "sysctls": 250, "names": 1000,
	"traffic": 1000, "expect": 1000, "command": 64, "": 5000,
}

// few reports whether a list or mapping is within its limit, and notes a problem if not.
func (r *reader) few(n *yaml.Node, path string, count int) bool {
	most, own := maxElements[path[strings.LastIndexByte(path, '.')+1:]]
	if !own {
		most = maxElements[""]
	}
	if count > most {
		r.note(n, path, "has %d elements; the limit is %d", count, most)
	}
	return count <= most
}

// short is like few, for the bytes of a value.
func (r *reader) short(n *yaml.Node, path string, most int) bool {
	if len(n.Value) > most {
		r.note(n, path, "has %d bytes; the limit is %d", len(n.Value), most)
	}
	return len(n.Value) <= most
}

// sum adds to a total over the whole file, and notes a problem if it exceeds the limit.
func (r *reader) sum(n *yaml.Node, path string, count *int, add, most int, what string) bool {
	if *count += add; *count > most {
		r.note(n, path, "exceeds the limit of %d %s per scenario", most, what)
	}
	return *count <= most
}
