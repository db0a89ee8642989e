package conntrack

// Kind is what happened to an entry.
type Kind uint8

// The kinds.
const (
	New Kind = iota + 1
	Update
	Destroy
	Known // not an event: the entry was listed when reading began
)

// String returns "new", "update", "destroy", "known" or "unknown".
func (k Kind) String() string {
	switch k {
	case New:
		return "new"
	case Update:
		return "update"
	case Destroy:
		return "destroy"
	case Known:
		return "known"
	}
	return "unknown"
}

// Event is one change of the table, with the entry after the change.
type Event struct {
	Kind Kind
	Entry
}
