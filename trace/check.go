package trace

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
)

// Unsound is the error of a trace that violates what [Trace.Check] guarantees.
type Unsound struct {
	Path     string // location: "journeys[3].hops[0]"
	Journeys int    // number of leading journeys that are valid
	Err      error
}

// Error returns "path: what is wrong".
func (u *Unsound) Error() string { return u.Path + ": " + u.Err.Error() }

// Unwrap returns the underlying error.
func (u *Unsound) Unwrap() error { return u.Err }

// Check returns an [*Unsound] if the trace violates an invariant that other code relies
// on. Every trace that is recorded, stitched or read is sound:
//
//   - frames and flows are numbered from 1 without gaps, so a number is also a position
//   - node names are unique, and so are the interface names within a node
//   - a frame's captured bytes are not longer than the frame
//   - journey numbers are unique and not 0
//   - each hop has a frame
//   - a journey's request exists
//   - enumerated values are known; 0 occurs only where the field's type or comment allows it
//   - values required by a field, verdict, cause or reason are present and of the right type
//   - addresses have no zone; those of interfaces, neighbors, routes and mappings are valid
//   - a flow joined by a proxy refers to exactly one other flow, which exists
//   - a survey's counts are not negative, and its points are in its list of points
//
// Packet numbers may dangle: a filter may have left the packet out.
func (t *Trace) Check() error {
	for _, check := range []func() error{t.checkFrames, t.checkNodes, t.checkFlows, t.checkSurvey, t.checkJourneys} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func unsound(err error, path string, args ...any) error {
	return &Unsound{Path: fmt.Sprintf(path, args...), Err: err}
}

var (
	errNumber = errors.New("its number is not its position in the list, from 1")
	errTwice  = errors.New("occurs twice")
	errKind   = errors.New("is of an unknown kind")
	errValue  = errors.New("has an address that is not valid here")
)

func (t *Trace) checkFrames() error {
	for i := range t.Frames {
		f := &t.Frames[i]
		switch {
		case f.Number != i+1:
			return unsound(errNumber, "frames[%d]", i)
		case f.Length < len(f.Data):
			return unsound(fmt.Errorf("%d, but there are %d bytes", f.Length, len(f.Data)), "frames[%d].length", i)
		case !f.LinkType().Known():
			return unsound(errKind, "frames[%d].link", i)
		case f.Direction > Out:
			return unsound(errKind, "frames[%d].direction", i)
		}
	}
	return nil
}

func (t *Trace) checkNodes() error {
	nodes := map[string]bool{}
	for i := range t.State.Nodes {
		n := &t.State.Nodes[i]
		if nodes[n.Name] {
			return unsound(errTwice, "nodes[%d]", i)
		}
		nodes[n.Name] = true
		if n.Role > RoleServer {
			return unsound(errKind, "nodes[%d].role", i)
		}
		if k := repeated(n.Interfaces); k >= 0 {
			return unsound(errTwice, "nodes[%d].interfaces[%d]", i, k)
		}
		if !n.addressed() {
			return unsound(errValue, "nodes[%d]", i)
		}
		if !n.chained() {
			return unsound(errKind, "nodes[%d].chains", i)
		}
	}
	return nil
}

// repeated returns the position of the first interface with a duplicate name, or -1.
func repeated(list []Interface) int {
	names := map[string]bool{}
	for i := range list {
		if names[list[i].Name] {
			return i
		}
		names[list[i].Name] = true
	}
	return -1
}

// addressed reports whether all addresses of a node are valid.
func (n *Node) addressed() bool {
	for _, i := range n.Interfaces {
		for _, p := range i.Addresses {
			if !p.IsValid() {
				return false
			}
		}
		if !all(i.Groups, plain) {
			return false
		}
	}
	if !all(n.Routes, Route.addressed) {
		return false
	}
	for i := range n.Tables {
		if !all(n.Tables[i].Routes, Route.addressed) {
			return false
		}
	}
	for _, e := range n.Neighbours {
		if !plain(e.Address) {
			return false
		}
	}
	return true
}

// chained reports whether the hooks of all chains are known.
func (n *Node) chained() bool {
	return all(n.Rules, func(t Table) bool { return all(t.Chains, func(c Chain) bool { return c.Hook <= hookLast }) })
}

// addressed reports whether all addresses of a route are valid.
func (r Route) addressed() bool {
	return r.Destination.IsValid() && r.Gateway.Zone() == "" && r.Source.Zone() == "" &&
		all(r.Hops, func(h NextHop) bool { return h.Gateway.Zone() == "" })
}

func all[V any](list []V, holds func(V) bool) bool {
	return !slices.ContainsFunc(list, func(v V) bool { return !holds(v) })
}

// plain reports whether an address is valid and has no zone.
func plain(a netip.Addr) bool { return a.IsValid() && a.Zone() == "" }

func (t *Trace) checkFlows() error {
	for i := range t.Flows {
		if t.Flows[i].ID != i+1 {
			return unsound(errNumber, "flows[%d]", i)
		}
	}
	for i := range t.Flows {
		f := &t.Flows[i]
		other := f.Continues + f.ContinuedBy // one of them is 0
		switch {
		case slices.ContainsFunc(f.NAT, func(t Translation) bool { return !known(t, Netmap) }), f.Entry.State > SynSent2:
			return unsound(errKind, "flows[%d]", i)
		case slices.ContainsFunc([]netip.AddrPort{f.Original.Source, f.Original.Destination, f.Reply.Source, f.Reply.Destination}, func(e netip.AddrPort) bool { return e.Addr().Zone() != "" }):
			return unsound(errValue, "flows[%d]", i)
		case f.Continues != 0 && f.ContinuedBy != 0, (other != 0) != (f.Proxy != ""):
			return unsound(errors.New("a proxy joins two flows"), "flows[%d]", i)
		case other != 0 && t.Flow(other) == nil:
			return unsound(fmt.Errorf("there is no flow %d", other), "flows[%d]", i)
		}
	}
	return nil
}

func (t *Trace) checkSurvey() error {
	s := t.Survey
	if s == nil {
		return nil
	}
	var points []int
	counts := []int{s.Packets, s.Conversations, s.Unsorted, s.Cut, s.Retransmissions.Packets, s.Resets.Packets, s.Ambiguous.Packets}
	for i := range s.Points {
		p := &s.Points[i]
		counts = append(counts, p.Packets, p.Undecoded, p.Snapped, p.Compared)
	}
	for i, m := range s.Mappings {
		switch {
		case m.Kind > SNAT:
			return unsound(errKind, "survey.mappings[%d]", i)
		case !plain(m.From.Addr()), !plain(m.To.Addr()):
			return unsound(errValue, "survey.mappings[%d]", i)
		}
		points, counts = append(points, m.After, m.Before), append(counts, m.Connections, m.OtherPort)
	}
	for _, s := range s.Strides {
		points, counts = append(points, s.From, s.To), append(counts, s.Packets)
	}
	for _, p := range s.Paths {
		points, counts = append(points, p.Points...), append(counts, p.Packets)
	}
	for _, l := range s.Losses {
		points, counts = append(points, l.After, l.Never), append(counts, l.Packets)
	}
	for _, p := range points {
		if p < 0 || p >= len(s.Points) {
			return unsound(fmt.Errorf("there is no point %d", p), "survey")
		}
	}
	for _, n := range counts {
		if n < 0 {
			return unsound(fmt.Errorf("counts %d", n), "survey")
		}
	}
	return nil
}

// known reports whether a kind is one of those from 1 to the last.
func known[K ~uint8](k, last K) bool { return k >= 1 && k <= last }
