package rule

// Rules are what a lab installs in one node. Each engine implements it; nil means no
// rules. Like the rest of a lab's description they are a value, which nothing changes.
type Rules interface {
	// Validate returns every problem of the rules, before anything is installed.
	Validate() []Problem
	// List returns the rules as the engine's own tool prints them.
	List() []Listing
	// Install replaces, in the network namespace of the calling thread, the tables that
	// the rules are about. It is one transaction: on an error nothing has changed.
	Install() error
	// Flush deletes all rules of a table from the network namespace of the calling
	// thread. Chains and policies stay.
	Flush(table string) error
}

// Listing is the output of one command of an engine's tool.
type Listing struct {
	Command string // "iptables -t nat -S"
	Lines   []string
}

// Problem is one mistake in a set of rules.
type Problem struct {
	Path string // where: "nat.DOCKER.rules[1]"
	Text string
}

// String returns "path: text".
func (p Problem) String() string { return p.Path + ": " + p.Text }
