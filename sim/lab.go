package sim

import "time"

// Options change how [Build] works. The zero value suits most callers.
type Options struct {
	// Prepare, if not nil, runs once for every node, on a thread in the node's network
	// namespace, before anything is added to it. Sockets that it opens receive the very
	// first frame. It must not keep the thread.
	Prepare func(node Node) error
}

// linksUp is how long it may take until all links carry frames.
const linksUp = 5 * time.Second

// serviceStart is how long a service may take until it listens.
const serviceStart = 10 * time.Second
