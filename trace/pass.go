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
	table   string
	chains  []string // the base chain, and those jumped to from there and not left
	own     bool     // a chain of tracer's own: a checkpoint, no lesson
	id      uint32   // the kernel's trace id
	in, out int      // interface indexes, 0 where there is none
	packet  Packet
	steps   []Step
	tracked *nftrace.Conntrack // the last that the kernel said; nil: nothing
	dropped bool
	read    time.Time // when its first message was read
}

// pass is one packet's way through one node's netfilter: its traversals, in
// order. It is what joins the rule steps of a packet to its frames.
type pass struct {
	node       string
	key        Key
	traversals []*traversal
	rivals     bool // a traversal may be another, equal packet's
	stay       int  // of the walk that it belongs to: where the stay in the node begins
}

// passes puts the messages of the nodes' rule traces together to traversals, and
// these, when a walk asks for them, to passes.
//
// The kernel's trace id cannot be used to tell packets apart: it is used again
// by later packets, and it changes inside one packet when a bridge hands it to
// the IP layer. It holds, though, while one chain is traversed; beyond that
// packets are told apart as frames are, by what does not change in them, by what
// connection tracking says of them, and by the order of the hooks.
type passes struct {
	decoder *Decoder
	rules   func(node, table, chain string, handle uint64) string
	current map[nodeEntry]*traversal // by trace id: the chain being traversed
	waiting map[passKey][]*traversal // in the order in which they were read
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
		current: map[nodeEntry]*traversal{}, waiting: map[passKey][]*traversal{},
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
			delete(p.current, id) // what follows is not of the chain before
			return fmt.Errorf("rule trace of %s: %w", node, err)
		}
		place, known := nftrace.PlaceOf(m.Table, m.Chain)
		t = &traversal{place: place, table: m.Table, chains: []string{m.Chain}, own: m.Table == nftrace.Table, id: m.ID, in: m.In, out: m.Out, packet: packet, read: read}
		if len(p.current) >= maxCurrent {
			clear(p.current) // chains whose end was lost
		}
		p.current[id] = t
		if known {
			k := passKey{node, packet.key}
			p.waiting[k] = append(p.waiting[k], t)
		}
	}
	if t == nil || !t.goesOn(&m) {
		p.Orphans++
		delete(p.current, id)
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

// goesOn reports whether a message can be of this traversal: its beginning may be
// lost, and an earlier traversal have had the same trace id.
func (t *traversal) goesOn(m *nftrace.Message) bool {
	i := slices.Index(t.chains, m.Chain)
	// Like the headers, the interfaces come with the first message only.
	if i < 0 || m.Table != t.table || m.In != 0 && m.In != t.in || m.Out != 0 && m.Out != t.out {
		return false
	}
	t.chains = t.chains[:i+1]
	if c := m.Verdict.Code; m.Kind == nftrace.Rule && (c == nftrace.Jump || c == nftrace.Goto) {
		t.chains = append(t.chains, m.Verdict.Chain)
	}
	return true
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

// group puts traversals together to passes. Each goes to the pass that it
// continues; if it could be several, because their packets are equal in all
// that is known, to the one that the kernel gave the same trace id, failing that
// to the oldest, and the doubt is noted in any case: the id is used again.
func group(k passKey, list []*traversal, continues func(*pass, *traversal) bool) []*pass {
	var all []*pass
	for _, t := range list {
		var fit []*pass
		for _, o := range all {
			if continues(o, t) {
				fit = append(fit, o)
			}
		}
		if len(fit) == 0 {
			all = append(all, &pass{node: k.node, key: k.key, traversals: []*traversal{t}})
			continue
		}
		chosen := fit[0]
		if i := slices.IndexFunc(fit, func(o *pass) bool { return o.end().id == t.id }); i >= 0 {
			chosen = fit[i]
		}
		if len(fit) > 1 {
			for _, o := range fit {
				o.rivals = true
			}
		}
		chosen.traversals = append(chosen.traversals, t)
	}
	return all
}

func (p *pass) end() *traversal { return p.traversals[len(p.traversals)-1] }

// continues reports whether a traversal can come after a pass's last: by the
// order of the hooks, by the interfaces, and by what became of the addresses.
func (c *Correlator) continues(p *pass, t *traversal) bool {
	last := p.end()
	if last.dropped || !last.place.Before(t.place) || t.read.Sub(last.read) > lateness {
		return false
	}
	// One packet comes in by one interface, and leaves by one.
	if last.place.Hook == t.place.Hook && last.in != t.in {
		return false
	}
	if last.out != 0 && t.out != 0 && last.out != t.out && !p.rerouted(t) {
		return false
	}
	if known := p.tracked(); known != nil && t.tracked != nil && t.tracked.ID != 0 {
		return known.ID == t.tracked.ID && known.Direction == t.tracked.Direction
	}
	if last.packet.ends() == t.packet.ends() {
		return true
	}
	first := &p.traversals[0].packet
	if to, known := c.connections.translate(p.node, first); known {
		from := first.ends()
		return (t.packet.Src == from.Source || t.packet.Src == to.Source) &&
			(t.packet.Dst == from.Destination || t.packet.Dst == to.Destination)
	}
	if _, tracked := first.tuple(); !tracked {
		// An ICMP error is translated by the entry of what it quotes, one end at
		// each hook.
		return last.packet.Src == t.packet.Src || last.packet.Dst == t.packet.Dst
	}
	return c.ruleAccounts(p.node, last, t)
}

// rerouted reports whether a packet that was sent by the node itself may have got
// another way out: where its destination was translated at the output hook, it is
// routed anew (nf_nat_ipv4_local_fn calls ip_route_me_harder).
func (p *pass) rerouted(next *traversal) bool {
	return p.end().place.Hook == nftrace.Output && next.place.Hook == nftrace.Postrouting &&
		p.traversals[0].packet.Dst != next.packet.Dst
}

// ruleAccounts reports whether a nat rule that was met in one traversal made the
// addresses what they are in the next.
func (c *Correlator) ruleAccounts(node string, last, next *traversal) bool {
	prev, s := spot{node: node, packet: &last.packet, passed: last}, spot{node: node, packet: &next.packet, passed: next}
	f := FieldSource
	if last.packet.Src == next.packet.Src {
		f = FieldDestination
	} else if last.packet.Dst != next.packet.Dst {
		return false
	}
	return slices.ContainsFunc(last.steps, func(step Step) bool {
		r := c.rule(node, step.Table, step.Chain, step.Rule)
		return r != nil && step.Terminal && c.explains(r, f, &prev, &s)
	})
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

// whole reports whether the pass goes from a packet's first hook to its last, or
// to where it was dropped.
func (p *pass) whole() bool {
	return p.traversals[0].place.Hook.First() && (p.end().dropped || p.end().place.Hook.Last())
}

// group returns the passes of a key that were begun before a time, oldest first.
// The frames of what was read later may be still to come.
func (p *passes) group(k passKey, before time.Time, continues func(*pass, *traversal) bool) []*pass {
	list := p.waiting[k]
	if i := slices.IndexFunc(list, func(t *traversal) bool { return t.read.After(before) }); i >= 0 {
		list = list[:i]
	}
	return group(k, list, continues)
}

func (p *passes) remove(k passKey, taken *pass) {
	left := slices.DeleteFunc(p.waiting[k], func(t *traversal) bool { return slices.Contains(taken.traversals, t) })
	if p.waiting[k] = left; len(left) == 0 {
		delete(p.waiting, k)
	}
}

// rest removes and returns all passes that were begun before a time, oldest
// first.
func (p *passes) rest(before time.Time, continues func(*pass, *traversal) bool) []*pass {
	var out []*pass
	for k, list := range p.waiting {
		for _, o := range group(k, list, continues) {
			if o.traversals[0].read.Before(before) {
				out = append(out, o)
				p.remove(k, o)
			}
		}
	}
	slices.SortFunc(out, func(a, b *pass) int { return a.traversals[0].read.Compare(b.traversals[0].read) })
	return out
}
