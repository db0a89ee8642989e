package traffic

// Namespace runs f in a network namespace, to which the sockets that f opens belong. A
// netns.Namespace implements it, and so does a lab's node.
type Namespace interface {
	Do(f func() error) error
}
