package conntrack

// Kind says what happened to an entry.
type Kind uint8

// The kinds of events.
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

// Event is one change of the table. The entry is as it is after the change.
type Event struct {
	Kind Kind
	Entry
}
