package export

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"

	"tracer/sim"
	"tracer/trace"
	"tracer/trace/capture"
	"tracer/trace/explain"
	"tracer/trace/savefile"
)

// PCAPNG writes a trace as one capture file: the frames of all interfaces, in order
// of time. Each has its interface ("ens160@host") and direction, the number of its
// packet as packet id, and a comment that says what has happened to it. Addresses
// have the names of their nodes.
//
// The trace itself is attached, in blocks that other programs pass over: [ReadFile]
// finds it there.
func PCAPNG(w io.Writer, t *trace.Trace, v explain.Voice) error {
	attached, err := compressed(t, v)
	if err != nil {
		return err
	}
	out := savefile.NewWriter(w, strings.TrimSpace(t.Scenario+": "+t.Title))
	out.Attach(attached)
	index := map[[2]string]int{}
	for i := range t.State.Nodes {
		n := &t.State.Nodes[i]
		for k := range n.Interfaces {
			index[[2]string{n.Name, n.Interfaces[k].Name}] = len(index)
			out.Interface(describe(t, n, &n.Interfaces[k]))
		}
	}
	out.Names(names(&t.State))
	for _, f := range merged(t, v) {
		at, known := index[[2]string{f.Node, f.Interface}]
		if !known { // one that appeared during the run
			continue
		}
		out.Write(savefile.Record{
			Interface: at, Time: f.Time, Direction: f.Direction, Length: f.Length, Data: f.Data,
			ID: f.id, Comment: f.comment,
		})
	}
	return out.Flush()
}

// compressed is the trace as JSON, with gzip.
func compressed(t *trace.Trace, v explain.Voice) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := JSON(z, t, v); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// describe says of an interface what it is, and what its frames begin with.
func describe(t *trace.Trace, n *sim.NodeState, i *sim.InterfaceState) savefile.Interface {
	about := []string{i.Kind}
	for _, a := range i.Addresses {
		about = append(about, a.String())
	}
	if i.Peer != "" {
		about = append(about, "to "+i.Peer)
	}
	if i.Master != "" {
		about = append(about, "port of "+i.Master)
	}
	name := n.Name
	if i.Name != "" {
		name = i.Name + "@" + n.Name
	}
	return savefile.Interface{Name: name, Description: strings.Join(about, ", "), Link: linkType(t, n.Name, i.Name)}
}

// linkType is what the frames of an interface begin with.
func linkType(t *trace.Trace, node, iface string) capture.LinkType {
	for i := range t.Frames {
		if f := &t.Frames[i]; f.Node == node && f.Interface == iface {
			return f.LinkType()
		}
	}
	return capture.LinkEthernet
}

// names are those of the nodes, for their addresses.
func names(s *sim.State) (list []savefile.Name) {
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

// toldFrame is a frame and what is said of it.
type toldFrame struct {
	trace.Frame
	id      uint64
	comment string
}

// Packet ids are the packets' numbers. Those of housekeeping, which count down from
// -1, and of frames that are of no packet begin far above.
const (
	housekeepingIDs = 1 << 32
	otherIDs        = 1 << 33
)

// merged puts the frames of all interfaces in order of time; those of one packet
// at the same time in the order of its way.
func merged(t *trace.Trace, v explain.Voice) []toldFrame {
	list := make([]toldFrame, len(t.Frames))
	order := make([]int, len(t.Frames)) // of a frame: which hop it is
	for i := range t.Frames {
		list[i] = toldFrame{t.Frames[i], otherIDs + uint64(t.Frames[i].Number), v.NotFollowed()}
	}
	for i := range t.Journeys {
		j := &t.Journeys[i]
		for k := range j.Hops {
			f := &list[j.Hops[k].Frame-1]
			f.id, f.comment = uint64(j.ID), strings.Join(v.HopComment(t, j, k), "; ")
			if j.Housekeeping() {
				f.id = housekeepingIDs + uint64(-j.ID)
			}
			order[j.Hops[k].Frame-1] = k
		}
	}
	slices.SortStableFunc(list, func(a, b toldFrame) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.id, b.id), cmp.Compare(order[a.Number-1], order[b.Number-1]))
	})
	return list
}

// ReadFile reads a trace from a trace.json, or a pcapng that [PCAPNG] wrote.
// Either may be compressed with gzip. As with [Read], what could be read comes with
// the error.
func ReadFile(r io.Reader) (*trace.Trace, error) {
	in, isCapture, err := savefile.Sniff(r)
	if err != nil {
		return nil, err
	}
	if !isCapture {
		return Read(in)
	}
	attached, err := savefile.Attached(in)
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(attached)
	if err != nil {
		return nil, fmt.Errorf("trace: attached: %w", err)
	}
	return Read(z)
}
