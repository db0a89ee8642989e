package sim

import "time"

// Options change how [Build] works. The zero value is what most callers want.
type Options struct {
	// Prepare, if given, runs once for every node, on a thread in the node's
	// network namespace, while that is still empty. Sockets opened there see
	// the very first frame. It must not keep the thread.
	Prepare func(node Node) error
}

// linksUp is how long the kernel may take until all links carry frames.
const linksUp = 5 * time.Second

// serviceStart is how long a service may take until it listens.
const serviceStart = 10 * time.Second
