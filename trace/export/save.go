package export

import (
	"cmp"
	"errors"
	"io"
	"slices"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/savefile"
	"tracer/trace/store"
)

// Set saves all files of a trace, or none. It is a [store.Set], or has another process
// fill one.
type Set interface {
	Write(name string, fill func(io.Writer) error) error
	Commit() error
	Discard() error
}

// Save saves all files of a trace: trace.json, a classic pcap file for each interface, and
// one pcapng of all and one page, named after the scenario. It returns their number. page
// writes the page; see package page.
//
// A pcap is named after its interface, "docker0.pcap", or if several nodes have an
// interface of that name, after both: "client-eth0.pcap".
func Save(s Set, t *trace.Trace, l explain.Language, page func(io.Writer) error) (int, error) {
	var names store.Names // the pcap files have other extensions
	name := cmp.Or(t.Scenario, "trace")
	return save(s, append(pcaps(t),
		file{names.File(name, ".pcapng"), func(w io.Writer) error { return PCAPNG(w, t, l) }},
		file{names.File(name, ".html"), page},
		file{store.TraceFile, func(w io.Writer) error { return JSON(w, t, l) }},
	))
}

// PCAPs saves a classic pcap file for each interface, as [Save] does.
func PCAPs(s Set, t *trace.Trace) (int, error) { return save(s, pcaps(t)) }

// file is a file to write.
type file struct {
	name string
	fill func(io.Writer) error
}

func save(s Set, files []file) (int, error) {
	for _, f := range files {
		if err := s.Write(f.name, f.fill); err != nil {
			return 0, errors.Join(err, s.Discard())
		}
	}
	return len(files), s.Commit()
}

// point is an interface of a node.
type point struct{ node, iface string }

func (p point) name() string { return cmp.Or(p.iface, p.node) }

// pcaps returns the capture files of a trace. Every interface gets one, even without
// packets, except an idle loopback.
func pcaps(t *trace.Trace) []file {
	frames := map[point][]trace.Frame{}
	for _, f := range t.Frames {
		p := point{f.Node, f.Interface}
		frames[p] = append(frames[p], f)
	}
	var points []point
	known, shared := map[point]bool{}, map[string]int{}
	for _, n := range t.State.Nodes {
		for _, i := range n.Interfaces {
			p := point{n.Name, i.Name}
			if known[p] || i.Kind == "loopback" && frames[p] == nil {
				continue
			}
			known[p] = true
			points = append(points, p)
			shared[p.name()]++
		}
	}
	var files []file
	var names store.Names
	for _, p := range points {
		name := p.name()
		if shared[name] > 1 {
			name = p.node + "-" + name
		}
		files = append(files, file{names.File(name, ".pcap"), func(w io.Writer) error { return pcap(w, frames[p]) }})
	}
	return files
}

// pcap writes the frames of one interface in order of time, like a capture program.
func pcap(out io.Writer, frames []trace.Frame) error {
	frames = slices.Clone(frames)
	slices.SortStableFunc(frames, func(a, b trace.Frame) int { return a.Time.Compare(b.Time) })
	link := trace.LinkEthernet
	if len(frames) > 0 {
		link = frames[0].LinkType()
	}
	w, err := savefile.NewPcapWriter(out, link)
	if err != nil {
		return err
	}
	for _, frame := range frames {
		if err := w.Write(savefile.Record{Time: frame.Time, Length: frame.Length, Data: frame.Data}); err != nil {
			return err
		}
	}
	return w.Flush()
}
