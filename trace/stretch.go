package trace

// Stretch is what happened to a packet between two sightings, or after the last one.
type Stretch struct {
	Node      string
	Hooks     []Hook
	Steps     []Step
	Changes   []Change
	Conntrack *Association
}

// Stretch returns what happened on the way to a hop, counted from 0, or after the last one.
func (j *Journey) Stretch(hop int) Stretch {
	if hop < len(j.Hops) {
		h := &j.Hops[hop]
		return Stretch{h.Node, h.Hooks, h.Steps, h.Changes, h.Conntrack}
	}
	o := &j.Outcome
	return Stretch{o.Node, o.Hooks, o.Steps, o.Changes, o.Conntrack}
}
