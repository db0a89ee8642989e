package rule

// Rules are what a lab installs in one node. Each engine implements it.
type Rules interface {
	// Validate returns every problem of the rules, before anything is installed.
	Validate() []Problem
	// Install replaces, in the network namespace of the calling thread, the tables that
	// the rules are about. It is one transaction: on an error nothing has changed.
	Install() error
}

// Problem is one mistake in a set of rules.
type Problem struct {
	Path string // where: "nat.DOCKER.rules[1]"
	Text string
}

// String returns "path: text".
func (p Problem) String() string { return p.Path + ": " + p.Text }
