package rule

// Rules are the rules that a lab installs in one node. Each engine implements this
// interface; nil means no rules. Like the rest of a lab's description, they are an
// immutable value.
type Rules interface {
	// Validate returns all problems of the rules. It installs nothing.
	Validate() []Problem
	// List returns the rules as their own tool prints them.
	List() []Listing
	// Install replaces the tables that the rules belong to, in the calling thread's
	// network namespace. A small ruleset is one transaction; if a later transaction of a large
	// one fails, its tables are removed.
	Install() error
	// Flush deletes all rules of a table from the calling thread's network namespace.
	// Chains and policies remain. found is false if there is no such table.
	Flush(table string) (found bool, err error)
}

// Listing is the output of one command of such a tool.
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
