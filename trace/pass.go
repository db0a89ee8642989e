package trace

import (
	"fmt"
	"slices"
	"time"

	"tracer/trace/nftrace"
)

// traversal is one packet's way through one base chain: what its headers were
// when it came in, and the rules it met until the chain was done with it.
type traversal struct {
	place   nftrace.Place // hook and priority of the base chain
	own     bool          // a chain of tracer's own: a checkpoint, no lesson
	id      uint32        // the kernel's trace id
	in, out int           // interface indexes, 0 where there is none
	packet  Packet
	steps   []Step
	tracked *nftrace.Conntrack // the last that the kernel said; nil: nothing
	dropped bool
}

// pass is one packet's way through one node's netfilter: its traversals, in
// order. It is what joins the rule steps of a packet to its frames.
type pass struct {
	node       string
	key        Key
	traversals []*traversal
	last       time.Time // when its newest message was read
	rivals     bool      // messages may be another, equal packet's
}

// passes puts the messages of the nodes' rule traces together to passes.
//
// The kernel's trace id cannot be used to tell packets apart: it is used again
// by later packets, and it changes inside one packet when a bridge hands it to
// the IP layer. It holds, though, while one chain is traversed; beyond that
// packets are told apart as frames are, by what does not change in them, and by
// the order of the hooks.
type passes struct {
	decoder *Decoder
	rules   func(node, table, chain string, handle uint64) string
	current map[nodeEntry]*traversal // by trace id: the chain being traversed
	open    map[passKey][]*pass      // oldest first
	Orphans int                      // messages whose beginning was not recorded
}

type passKey struct {
	node string
	key  Key
}

// maxCurrent bounds how many chains can be under way: no machine has as many
// processors.
const maxCurrent = 4096

func newPasses(rules func(node, table, chain string, handle uint64) string) *passes {
	return &passes{
		decoder: NewDecoder(), rules: rules,
		current: map[nodeEntry]*traversal{}, open: map[passKey][]*pass{},
	}
}

// add takes in one message of a node's rule trace. The first message of a chain
// carries the packet's headers; those that follow belong to the same traversal
// until one ends it.
func (p *passes) add(node string, m nftrace.Message, read time.Time) error {
	id := nodeEntry{node, m.ID}
	t := p.current[id]
	if len(m.Network) > 0 {
		packet, err := p.decoder.Headers(m.Link, m.Network, m.Transport)
		if err != nil {
			return fmt.Errorf("rule trace of %s: %w", node, err)
		}
		place, known := nftrace.PlaceOf(m.Table, m.Chain)
		t = &traversal{place: place, own: m.Table == nftrace.Table, id: m.ID, in: m.In, out: m.Out, packet: packet}
		if len(p.current) >= maxCurrent {
			clear(p.current) // chains whose end was lost
		}
		p.current[id] = t
		if known {
			p.assign(node, t, read)
		}
	}
	if t == nil {
		p.Orphans++
		return nil
	}
	if m.Conntrack != nil {
		t.tracked = m.Conntrack
	}
	if _, base := nftrace.PlaceOf(m.Table, m.Chain); m.EndOfRules() || base && m.Kind == nftrace.Return {
		return nil // what becomes of the packet then, the next message says
	}
	s := p.step(node, t, m)
	if !t.own {
		t.steps = append(t.steps, s)
	}
	if s.Terminal {
		t.dropped = s.Verdict == "drop"
		delete(p.current, id)
	}
	return nil
}

func (p *passes) step(node string, t *traversal, m nftrace.Message) Step {
	s := Step{Hook: t.place.Hook.String(), Table: m.Table, Chain: m.Chain, Rule: m.Rule, Verdict: m.Verdict.String()}
	switch m.Kind {
	case nftrace.Policy:
		s.Verdict, s.Terminal = m.Policy.String(), true
	case nftrace.Return:
		s.Verdict = "return" // the end of a chain that was jumped to
	case nftrace.Rule:
		s.Text = p.rules(node, m.Table, m.Chain, m.Rule)
		s.Terminal = m.Verdict.Terminal()
	}
	return s
}

// assign puts a traversal into the pass that it continues: one that has not
// come as far yet, and whose addresses are nearest. Of several such, it is the
// one that the kernel gave the same trace id; failing that the oldest, and the
// doubt is noted.
func (p *passes) assign(node string, t *traversal, read time.Time) {
	k := passKey{node, t.packet.key}
	var best []*pass
	var bestFit fit
	for _, o := range p.open[k] {
		f := o.continuedBy(t)
		if f > bestFit {
			best, bestFit = nil, f
		}
		if f != 0 && f == bestFit {
			best = append(best, o)
		}
	}
	if len(best) == 0 {
		n := &pass{node: node, key: k.key, traversals: []*traversal{t}, last: read}
		p.open[k] = append(p.open[k], n)
		return
	}
	chosen := best[0]
	if i := slices.IndexFunc(best, func(o *pass) bool { return o.end().id == t.id }); i >= 0 {
		chosen = best[i]
	} else if len(best) > 1 {
		for _, o := range best {
			o.rivals = true
		}
	}
	chosen.traversals = append(chosen.traversals, t)
	chosen.last = read
}

func (p *pass) end() *traversal { return p.traversals[len(p.traversals)-1] }

// continuedBy judges whether a traversal can come after the pass's last.
func (p *pass) continuedBy(t *traversal) fit {
	last := p.end()
	if last.dropped || !last.place.Before(t.place) {
		return 0
	}
	// One packet comes in by one interface, and leaves by one.
	if last.place.Hook == t.place.Hook && last.in != t.in || last.out != 0 && t.out != 0 && last.out != t.out {
		return 0
	}
	return endsFit(&last.packet, &t.packet)
}

// tracked returns what the kernel last said of the packet's connection.
func (p *pass) tracked() *nftrace.Conntrack {
	for i := len(p.traversals) - 1; i >= 0; i-- {
		if t := p.traversals[i].tracked; t != nil && t.ID != 0 {
			return t
		}
	}
	return nil
}

// dropped returns the traversal that ended the packet, or nil.
func (p *pass) dropped() *traversal {
	if t := p.end(); t.dropped {
		return t
	}
	return nil
}

// take removes and returns the oldest pass with a key that fits, or nil.
func (p *passes) take(k passKey, fits func(*pass) bool) *pass {
	list := p.open[k]
	i := slices.IndexFunc(list, fits)
	if i < 0 {
		return nil
	}
	found := list[i]
	if len(list) == 1 {
		delete(p.open, k)
	} else {
		p.open[k] = slices.Delete(list, i, i+1)
	}
	return found
}

// rest removes and returns all passes whose newest message was read before a
// time, oldest first.
func (p *passes) rest(before time.Time) []*pass {
	var out []*pass
	for k, list := range p.open {
		keep := list[:0]
		for _, o := range list {
			if o.last.Before(before) {
				out = append(out, o)
			} else {
				keep = append(keep, o)
			}
		}
		if p.open[k] = keep; len(keep) == 0 {
			delete(p.open, k)
		}
	}
	slices.SortFunc(out, func(a, b *pass) int { return a.last.Compare(b.last) })
	return out
}
