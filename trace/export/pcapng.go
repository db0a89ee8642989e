package export

import (
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/savefile"
)

// PCAPNG writes a trace as one capture file: the frames of all interfaces, in order of
// time. Each has its interface ("ens160@host") and direction, the number of its packet as
// packet id, and a comment that says what happened to it. Addresses have the names of
// their nodes.
//
// The trace itself is attached, in blocks that other programs skip. [ReadFile] finds it
// there.
func PCAPNG(w io.Writer, t *trace.Trace, l explain.Language) error {
	out := savefile.NewWriter(w, strings.TrimSpace(t.Scenario+": "+t.Title))
	if err := attach(out, t, l); err != nil {
		return err
	}
	index := map[[2]string]int{}
	links, account := linkTypes(t), l.Account(t, explain.NewSigns(false))
	for i := range t.State.Nodes {
		n := &t.State.Nodes[i]
		for k := range n.Interfaces {
			at := [2]string{n.Name, n.Interfaces[k].Name}
			index[at] = len(index)
			out.Interface(describe(l, n, &n.Interfaces[k], links.of(at[0], at[1])))
		}
	}
	out.Names(names(&t.State))
	for _, at := range merged(t) {
		f := &t.Frames[at.frame]
		i, known := index[[2]string{f.Node, f.Interface}]
		if !known { // one that appeared during the run
			continue
		}
		out.Write(savefile.Record{
			Interface: i, Time: f.Time, Direction: f.Direction, Length: f.Length, Data: f.Data,
			ID: at.id(f), Comment: at.comment(account),
		})
	}
	return out.Flush()
}

// attach attaches the trace as gzipped JSON.
func attach(out *savefile.Writer, t *trace.Trace, l explain.Language) error {
	a := out.Attachment()
	z := gzip.NewWriter(a)
	if err := JSON(z, t, l); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return a.Close()
}

// describe returns an interface's description, and the link type of its frames.
func describe(l explain.Language, n *trace.Node, i *trace.Interface, link trace.LinkType) savefile.Interface {
	about := []string{i.Kind}
	for _, a := range i.Addresses {
		about = append(about, a.String())
	}
	if i.Peer != "" {
		about = append(about, l.Format(explain.CableTo, i.Peer))
	}
	if i.Master != "" {
		about = append(about, l.Format(explain.PortOf, i.Master))
	}
	name := n.Name
	if i.Name != "" {
		name = i.Name + "@" + n.Name
	}
	return savefile.Interface{Name: name, Description: strings.Join(about, ", "), Link: link}
}

// links are the link types of interfaces, by node and interface.
type links map[[2]string]trace.LinkType

// linkTypes takes the link types from the first frame of each interface.
func linkTypes(t *trace.Trace) links {
	list := links{}
	for i := range t.Frames {
		f := &t.Frames[i]
		if at := [2]string{f.Node, f.Interface}; list[at] == 0 {
			list[at] = f.LinkType()
		}
	}
	return list
}

// of returns an interface's link type; Ethernet if it has no frames.
func (l links) of(node, iface string) trace.LinkType {
	return cmp.Or(l[[2]string{node, iface}], trace.LinkEthernet)
}

// names returns the nodes' names, for their addresses.
func names(s *trace.State) (list []savefile.Name) {
	seen := map[netip.Addr]bool{}
	for i := range s.Nodes {
		for k := range s.Nodes[i].Interfaces {
			for _, p := range s.Nodes[i].Interfaces[k].Addresses {
				if a := p.Addr(); !seen[a] && !a.IsLoopback() {
					seen[a] = true
					list = append(list, savefile.Name{Address: a, Name: s.Nodes[i].Name})
				}
			}
		}
	}
	return list
}

// placed is a frame, by its position in the list, with its journey and hop; journey is
// nil if it belongs to none.
type placed struct {
	frame   int
	journey *trace.Journey
	hop     int
}

// Packet ids are the packets' numbers. The ids of background packets, whose numbers count
// down from -1, and of frames that belong to no packet begin far above.
const (
	backgroundIDs = 1 << 32
	otherIDs      = 1 << 33
)

func (p placed) id(f *trace.Frame) uint64 {
	switch {
	case p.journey == nil:
		return otherIDs + uint64(f.Number)
	case p.journey.Background():
		return backgroundIDs + uint64(-p.journey.ID)
	}
	return uint64(p.journey.ID)
}

// comment says which hop a frame is, and what happened to its packet since the previous
// one. The last frame's comment also says how the packet ended.
func (p placed) comment(a *explain.Account) string {
	if p.journey == nil {
		return a.Format(explain.NotFollowed)
	}
	said := []string{a.HopOf(p.journey, p.hop)}
	for stop := p.hop; stop == p.hop || stop == len(p.journey.Hops) && stop < explain.Stops(p.journey); stop++ {
		for _, r := range a.Stop(p.journey, stop) {
			if s := sentence(&r); s != "" && r.Level < explain.Detail {
				said = append(said, s)
			}
		}
	}
	return strings.Join(said, "; ")
}

// sentence returns a row as one line without columns.
func sentence(r *explain.Row) string {
	s := r.Text
	switch r.Kind {
	case explain.KindStretch, explain.KindHook:
		return "" // the frame's interface shows it
	case explain.KindHop:
		return r.Note
	case explain.KindRule:
		s = r.Table + " " + r.Chain + " " + s
	case explain.KindRewrite, explain.KindHeader, explain.KindLink:
		s = r.Field + " " + s
	}
	if r.Note != "" {
		s += " (" + r.Note + ")"
	}
	return s
}

// merged returns the frames of all interfaces in order of time. Frames of one packet with
// equal times are in the order of its path.
func merged(t *trace.Trace) []placed {
	list := make([]placed, len(t.Frames))
	for i := range list {
		list[i].frame = i
	}
	for i := range t.Journeys {
		j := &t.Journeys[i]
		for k := range j.Hops {
			for _, n := range j.Hops[k].Frames() {
				list[n-1] = placed{n - 1, j, k}
			}
		}
	}
	slices.SortStableFunc(list, func(a, b placed) int {
		f, g := &t.Frames[a.frame], &t.Frames[b.frame]
		return cmp.Or(f.Time.Compare(g.Time), cmp.Compare(a.id(f), b.id(g)), cmp.Compare(a.hop, b.hop))
	})
	return list
}

// ReadFile reads a trace from a trace.json, or from a pcapng that [PCAPNG] wrote. Either
// may be compressed with gzip. As with [Read], what could be read is returned with the
// error.
func ReadFile(r io.Reader) (*trace.Trace, error) {
	in, isCapture, err := savefile.Sniff(r)
	if err != nil {
		return nil, err
	}
	if !isCapture {
		return Read(in)
	}
	looked := &io.LimitedReader{R: in, N: mostFile}
	attached, err := savefile.Attached(looked)
	if err != nil && looked.N == 0 {
		return nil, fmt.Errorf("trace: %w", errFile)
	}
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(attached)
	if err != nil {
		return nil, fmt.Errorf("trace: attached: %w", err)
	}
	return Read(z)
}
