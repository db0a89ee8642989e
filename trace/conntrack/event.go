package conntrack

// Kind is what happened to an entry.
type Kind uint8

// The kinds.
const (
	New Kind = iota + 1
	Update
	Destroy
)

// String returns "new", "update", "destroy" or "unknown".
func (k Kind) String() string {
	switch k {
	case New:
		return "new"
	case Update:
		return "update"
	case Destroy:
		return "destroy"
	}
	return "unknown"
}

// Event is one change of the table, with the entry after the change.
type Event struct {
	Kind Kind
	Entry
}
