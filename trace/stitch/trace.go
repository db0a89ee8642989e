package stitch

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tracer/trace"
)

// Trace returns a trace of the kept journeys. It reads the files once more for their
// frames. Of the network, only the points are known.
func (r *Result) Trace(ctx context.Context) (*trace.Trace, error) {
	t := &trace.Trace{
		Scenario: "explain", Title: "captures from elsewhere", Headline: r.headline(),
		State: r.state(), Flows: r.Flows, Journeys: r.Journeys, Survey: &r.Survey,
	}
	wanted := r.wanted()
	t.Frames = make([]trace.Frame, 0, len(wanted))
	for file := range r.sources {
		// Each file's frames are in the order of the file.
		n := 0
		for n < len(wanted) && wanted[n].file == file {
			n++
		}
		if err := r.frames(ctx, t, file, wanted[:n]); err != nil {
			return nil, err
		}
		wanted = wanted[n:]
	}
	if r.cut > 0 {
		r.Survey.Limits = append(r.Survey.Limits, trace.Limit{Kind: trace.LimitFrames, Most: maxFrames, Beyond: r.cut})
	}
	return t, nil
}

// headline names the files, as far as space allows.
func (r *Result) headline() string {
	const most = 4
	var names []string
	for _, s := range r.sources {
		names = append(names, s.Label)
	}
	if len(names) > most {
		names = append(names[:most-1], fmt.Sprintf("+%d", len(names)-most+1))
	}
	return strings.Join(names, ", ")
}

// state returns the network as captures show it: nodes with interfaces.
func (r *Result) state() trace.State {
	var s trace.State
	nodes, known := map[string]int{}, map[trace.Point]bool{}
	for i, p := range r.Points {
		at, is := nodes[p.Node]
		if !is {
			at = len(s.Nodes)
			nodes[p.Node] = at
			s.Nodes = append(s.Nodes, trace.Node{Name: p.Node})
		}
		if p.Mixed = false; !known[p] {
			known[p] = true
			n := &s.Nodes[at]
			n.Interfaces = append(n.Interfaces, trace.Interface{Name: p.Interface, Index: i + 1, Kind: "capture"})
		}
	}
	return s
}

// want is a frame that a journey refers to.
type want struct {
	file, ordinal int
	hop           *trace.Hop
}

// wanted lists the frames of all journeys, by file and by position in it.
func (r *Result) wanted() (list []want) {
	for i := range r.Journeys {
		hops := r.Journeys[i].Hops
		for k := range hops {
			h := &hops[k]
			list = append(list, want{r.files[h.Place()], h.Frame, h})
		}
	}
	slices.SortFunc(list, func(a, b want) int {
		if a.file != b.file {
			return a.file - b.file
		}
		return a.ordinal - b.ordinal
	})
	return list
}

const (
	// maxFrames is how many bytes of whole frames are kept.
	maxFrames = 128 << 20
	// maxHeaders is how many bytes are kept of each further frame: usually all headers.
	maxHeaders = 256
)

// frames reads frames of a file. Each gets the next number of the trace.
func (r *Result) frames(ctx context.Context, t *trace.Trace, file int, wanted []want) error {
	if len(wanted) == 0 {
		return nil
	}
	in, err := r.sources[file].read(ctx, nil)
	if err != nil {
		return err
	}
	for ordinal := 1; len(wanted) > 0; ordinal++ {
		rec, err := in.Next()
		if err != nil {
			return err
		}
		if ordinal < wanted[0].ordinal {
			continue
		}
		h := wanted[0].hop
		link := in.Interfaces()[rec.Interface].Link
		switch link {
		case trace.LinkEthernet:
			link = 0
		case trace.LinkNull:
			link = trace.LinkLoop // the same header in another byte order
		}
		h.Frame = len(t.Frames) + 1
		data := rec.Data
		if len(data) > maxHeaders && r.bytes+len(data) > maxFrames {
			data = data[:maxHeaders]
			r.cut++
		}
		r.bytes += len(data)
		t.Frames = append(t.Frames, trace.Frame{
			Number: h.Frame, Node: h.Node, Interface: h.Interface, Link: link,
			Direction: h.Direction, Time: h.Time, Length: rec.Length, Data: slices.Clone(data),
		})
		wanted = wanted[1:]
	}
	return nil
}
