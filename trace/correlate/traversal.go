package correlate

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/gopacket/layers"

	"tracer/trace"
	"tracer/trace/nftrace"
	"tracer/trace/packet"
)

// traversal is one packet's path through one node's netfilter: its evaluations, in order.
// It joins the packet's rule steps to its frames.
type traversal struct {
	node        string
	key         packet.Key
	evaluations []*evaluation
	rivals      bool // an evaluation may belong to another, equal packet
	stay        int  // the sighting of its track at which the stay in the node begins
}

// mark returns the packet's mark, or 0.
func (t *traversal) mark() uint32 { return t.evaluations[0].mark }

func (t *traversal) last() *evaluation { return t.evaluations[len(t.evaluations)-1] }

// tracked returns the connection that the kernel reported last.
func (t *traversal) tracked() *nftrace.Conntrack {
	for i := len(t.evaluations) - 1; i >= 0; i-- {
		if c := t.evaluations[i].tracked; c != nil && c.ID != 0 {
			return c
		}
	}
	return nil
}

// whole reports whether the traversal goes from a packet's first hook to its last, or to
// where it was dropped.
func (t *traversal) whole() bool {
	return t.evaluations[0].place.Hook.First() && (t.last().dropped || t.last().place.Hook.Last())
}

// rerouted reports whether a packet that the node itself sent may have a new outgoing
// interface: if the output hook changes its addresses, TOS or mark, it is routed again
// (nf_nat_ipv4_local_fn and nf_route_table_hook4 call ip_route_me_harder).
func (t *traversal) rerouted(next *evaluation) bool {
	if t.last().place.Hook != trace.Output || next.place.Hook != trace.Postrouting {
		return false
	}
	first := &t.evaluations[0].packet
	return first.Src != next.packet.Src || first.Dst != next.packet.Dst || first.TOS != next.packet.TOS ||
		slices.ContainsFunc(t.evaluations, func(e *evaluation) bool { return e.fwmark != 0 })
}

// traversals combines the messages of the nodes' rule traces into evaluations, and
// evaluations into traversals when a track asks for them.
type traversals struct {
	network *network
	decoder *packet.Decoder
	current map[nodeEntry]*evaluation // by trace id: the chain being evaluated
	waiting map[traversalKey][]*evaluation
	orphans int // messages whose beginning was not recorded
}

type traversalKey struct {
	node string
	key  packet.Key
}

// maxCurrent bounds the evaluations under way. Each occupies a processor, so there cannot
// be this many.
const maxCurrent = 4096

func newTraversals(n *network) *traversals {
	return &traversals{
		network: n, decoder: packet.NewDecoder(),
		current: map[nodeEntry]*evaluation{}, waiting: map[traversalKey][]*evaluation{},
	}
}

// add adds a message of a node's rule trace. The first message of an evaluation carries
// the packet's headers; those that follow belong to it until one ends it.
func (v *traversals) add(node string, m *nftrace.Message, idle, read time.Time) error {
	id := nodeEntry{node, m.ID}
	e := v.current[id]
	v.network.traced[node] = true
	if len(m.Network) > 0 {
		p, err := v.decoder.Headers(m.Link, m.Network, m.Transport)
		extended := errors.Is(err, packet.ErrExtended)
		if err != nil && !extended {
			delete(v.current, id) // what follows does not belong to the previous evaluation
			return fmt.Errorf("rule trace of %s: %w", node, err)
		}
		place, base := v.network.place(node, m.TableName(), m.Chain)
		e = newEvaluation(m, place, p, idle, read)
		if v.network.Marked[node] && nftrace.Numbered(m.Mark) {
			e.mark = m.Mark
		}
		if len(v.current) >= maxCurrent {
			clear(v.current) // evaluations whose end was lost
		}
		v.current[id] = e
		if p.IsFragment() {
			e.packet.Key = fragmentKey(&p.Headers)
		}
		if extended && layers.IPProtocol(m.Network[6]) == layers.IPProtocolIPv6Fragment {
			v.network.marks.pieces[node] = true
		}
		if base && !extended { // otherwise it is followed to its end, but not to its packet
			k := traversalKey{node, e.packet.Key}
			v.waiting[k] = append(v.waiting[k], e)
			v.network.marks.begun(node, e)
		}
	}
	if e == nil || !e.continuedBy(m) {
		v.orphans++
		delete(v.current, id)
		return nil
	}
	steps := len(e.steps)
	if e.take(m) {
		delete(v.current, id)
	}
	for ; steps < len(e.steps); steps++ {
		v.network.matched(node, &e.steps[steps])
	}
	return nil
}

// forget drops the evaluations under way. What follows belongs to another recording.
func (v *traversals) forget() { clear(v.current) }

// manyEqual is a number of evaluations of equal packets. From it on, only those count that were
// read in time.
const manyEqual = 1 << 8

// of returns the traversals of a key that may have begun before a given time, oldest first.
func (v *traversals) of(k traversalKey, before time.Time) []*traversal {
	list := v.waiting[k]
	for i, e := range list {
		if e.idle.After(before) || i >= manyEqual && e.read.After(before) {
			list = list[:i]
			break
		}
	}
	return v.group(k, list)
}

// group joins evaluations to traversals. Those with equal marks belong to one packet. Others
// are added to the traversal that they continue. If several qualify, because nothing known
// distinguishes their packets, the one with the same trace id gets it, or else the oldest.
// Either way they become rivals, since ids are reused.
func (v *traversals) group(k traversalKey, list []*evaluation) []*traversal {
	var all []*traversal
	for _, e := range list {
		if e.mark != 0 {
			all = addMarked(all, k, e)
			continue
		}
		var fitting []*traversal
		for _, t := range all {
			if t.mark() == 0 && v.network.continues(t, e) {
				fitting = append(fitting, t)
			}
		}
		if len(fitting) == 0 {
			all = append(all, &traversal{node: k.node, key: k.key, evaluations: []*evaluation{e}})
			continue
		}
		chosen := fitting[0]
		if i := slices.IndexFunc(fitting, func(t *traversal) bool { return t.last().id == e.id }); i >= 0 {
			chosen = fitting[i]
		}
		if len(fitting) > 1 {
			for _, t := range fitting {
				t.rivals = true
			}
		}
		chosen.evaluations = append(chosen.evaluations, e)
	}
	return all
}

// addMarked adds an evaluation to the traversal with its mark. A packet that comes back
// through the loopback interface keeps its mark, but begins another traversal. Of a packet that
// a bridge floods, each copy passes forward and postrouting, and the host's own passes input:
// they are in the traversal one after the other.
func addMarked(all []*traversal, k traversalKey, e *evaluation) []*traversal {
	for _, t := range slices.Backward(all) {
		if t.mark() != e.mark {
			continue
		}
		if e.follows(t.last()) || e.packet.ToMany() && !e.place.Hook.First() {
			t.evaluations = append(t.evaluations, e)
			return all
		}
		break
	}
	return append(all, &traversal{node: k.node, key: k.key, evaluations: []*evaluation{e}})
}

// remove takes out the evaluations of a traversal.
func (v *traversals) remove(taken *traversal) {
	k := traversalKey{taken.node, taken.key}
	v.network.marks.ended(taken)
	left := slices.DeleteFunc(v.waiting[k], func(e *evaluation) bool { return slices.Contains(taken.evaluations, e) })
	if v.waiting[k] = left; len(left) == 0 {
		delete(v.waiting, k)
	}
}

// rest removes and returns all traversals that began before a given time, oldest first.
func (v *traversals) rest(before time.Time) []*traversal {
	var out []*traversal
	for k, list := range v.waiting {
		for _, t := range v.group(k, list) {
			if t.evaluations[0].read.Before(before) {
				out = append(out, t)
				v.remove(t)
			}
		}
	}
	slices.SortFunc(out, func(a, b *traversal) int { return a.evaluations[0].read.Compare(b.evaluations[0].read) })
	return out
}
