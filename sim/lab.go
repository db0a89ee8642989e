package sim

import "time"

// Options change how [Build] works. The zero value suits most callers.
type Options struct {
	// Prepare, if not nil, runs once per node, on a thread in the node's network
	// namespace, before anything is added to it. Sockets that it opens receive even the
	// very first frame. It must not keep the thread.
	Prepare func(node Node) error
}

// linksUp limits the wait for all links to carry frames.
const linksUp = 5 * time.Second

// serviceStart limits the wait for a service to listen.
const serviceStart = 10 * time.Second
