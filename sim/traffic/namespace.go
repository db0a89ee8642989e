package traffic

// Namespace runs f in a network namespace: sockets that f opens belong to it. A
// netns.Namespace is one, and so is a node of a lab.
type Namespace interface {
	Do(f func() error) error
}
