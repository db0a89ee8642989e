package export

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"tracer/trace"
	"tracer/trace/capture"
	"tracer/trace/explain"
)

// Save writes a directory with everything of a trace: trace.json, a classic pcap
// file for each interface, and one pcapng of all, named for the scenario. The
// directory is made if it is not there; files of the same names are replaced. It
// returns the paths of what it wrote.
//
// A pcap is named for its interface, "docker0.pcap", or where several nodes
// have an interface of that name for both: "client-eth0.pcap".
func Save(dir string, t *trace.Trace, v explain.Voice) ([]string, error) {
	d := &directory{path: dir}
	d.write("trace.json", func(w io.Writer) error { return JSON(w, t, v) })
	d.write(cmp.Or(t.Scenario, "trace")+".pcapng", func(w io.Writer) error { return PCAPNG(w, t, v) })
	d.captures(t)
	return d.written, d.err
}

// PCAPs writes a directory with a classic pcap file for each interface, as [Save]
// does.
func PCAPs(dir string, t *trace.Trace) ([]string, error) {
	d := &directory{path: dir}
	d.captures(t)
	return d.written, d.err
}

// directory is one being filled, until the first error.
type directory struct {
	path    string
	written []string
	err     error
}

func (d *directory) write(name string, fill func(io.Writer) error) {
	if d.err != nil {
		return
	}
	if d.err = os.MkdirAll(d.path, 0o755); d.err != nil {
		return
	}
	path := filepath.Join(d.path, name)
	f, err := os.Create(path)
	if err != nil {
		d.err = err
		return
	}
	if err := errors.Join(fill(f), f.Close()); err != nil {
		_ = os.Remove(path) // rather none than a part
		d.err = fmt.Errorf("write %s: %w", path, err)
		return
	}
	d.written = append(d.written, path)
}

func (d *directory) captures(t *trace.Trace) {
	links := linkTypes(t)
	for _, p := range captures(t) {
		d.write(p.name, func(w io.Writer) error { return pcap(w, p.frames, links.of(p.node, p.iface)) })
	}
}

// captureFile is one pcap file to be.
type captureFile struct {
	node, iface string
	name        string
	frames      []trace.Frame
}

// captures sorts the frames by interface. Every interface gets a file, also one
// where nothing was seen, except for an idle loopback.
func captures(t *trace.Trace) []captureFile {
	var files []captureFile
	shared := map[string]int{}
	seen := map[[2]string][]trace.Frame{}
	for _, f := range t.Frames {
		at := [2]string{f.Node, f.Interface}
		seen[at] = append(seen[at], f)
	}
	for _, n := range t.State.Nodes {
		for _, i := range n.Interfaces {
			f := captureFile{node: n.Name, iface: i.Name, frames: seen[[2]string{n.Name, i.Name}]}
			if i.Kind == "loopback" && f.frames == nil {
				continue
			}
			files = append(files, f)
			shared[cmp.Or(f.iface, f.node)]++
		}
	}
	for i := range files {
		f := &files[i]
		f.name = cmp.Or(f.iface, f.node) + ".pcap"
		if shared[cmp.Or(f.iface, f.node)] > 1 {
			f.name = f.node + "-" + f.name
		}
	}
	return files
}

// pcap writes frames in order of time, as a capture program would have.
func pcap(out io.Writer, frames []trace.Frame, link capture.LinkType) error {
	frames = slices.Clone(frames)
	slices.SortStableFunc(frames, func(a, b trace.Frame) int { return a.Time.Compare(b.Time) })
	w, err := capture.NewWriter(out, link)
	if err != nil {
		return err
	}
	for _, frame := range frames {
		if err := w.Write(frame.Frame); err != nil {
			return err
		}
	}
	return w.Flush()
}
