package export

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"tracer/trace"
	"tracer/trace/capture"
	"tracer/trace/explain"
)

// Save writes a directory with everything of a trace: trace.json, and a classic
// pcap file for each interface. The directory is made if it is not there; files
// of the same names are replaced. It returns the paths of what it wrote.
//
// A pcap is named for its interface, "docker0.pcap", or where several nodes
// have an interface of that name for both: "client-eth0.pcap".
func Save(dir string, t *trace.Trace, v explain.Voice) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	var written []string
	write := func(name string, fill func(*os.File) error) error {
		path := filepath.Join(dir, name)
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		if err := errors.Join(fill(f), f.Close()); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		written = append(written, path)
		return nil
	}
	if err := write("trace.json", func(f *os.File) error { return JSON(f, t, v) }); err != nil {
		return written, err
	}
	for _, p := range captures(t) {
		if err := write(p.name, func(f *os.File) error { return pcap(f, p.frames) }); err != nil {
			return written, err
		}
	}
	return written, nil
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
	for _, n := range t.State.Nodes {
		for _, i := range n.Interfaces {
			f := captureFile{node: n.Name, iface: i.Name}
			for _, frame := range t.Frames {
				if frame.Node == n.Name && frame.Interface == i.Name {
					f.frames = append(f.frames, frame)
				}
			}
			if i.Kind == "loopback" && f.frames == nil {
				continue
			}
			files = append(files, f)
			shared[i.Name]++
		}
	}
	for i := range files {
		f := &files[i]
		f.name = f.iface + ".pcap"
		if shared[f.iface] > 1 {
			f.name = f.node + "-" + f.name
		}
	}
	return files
}

// pcap writes frames in order of time, as a capture program would have.
func pcap(f *os.File, frames []trace.Frame) error {
	frames = slices.Clone(frames)
	slices.SortStableFunc(frames, func(a, b trace.Frame) int { return a.Time.Compare(b.Time) })
	w, err := capture.NewWriter(f)
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
