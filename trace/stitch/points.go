package stitch

import (
	"fmt"
	"strings"
	"sync"

	"tracer/trace"
	"tracer/trace/savefile"
)

// points are the points of one file: its interfaces, and those that cooked captures
// number themselves. The file's reader adds them as it encounters them.
type points struct {
	mu   sync.Mutex
	list []trace.Point

	last  [2]int // used only by the reader, like what follows
	point int
	all   map[[2]int]int
	most  int // the number of points distinguished
}

// maxPoints is the number of points distinguished in a file, and maxAllPoints in all
// files together: each point has counters. Few machines have this many interfaces, but a
// broken file can seem to.
const (
	maxPoints    = 1 << 10
	maxAllPoints = 1 << 14
)

// of returns the number of a place within the file.
func (s *points) of(r *reader, iface, cooked int, i *savefile.Interface) int {
	k := [2]int{iface, cooked}
	if s.all == nil {
		s.all = map[[2]int]int{}
	} else if s.last == k {
		return s.point
	}
	n, known := s.all[k]
	switch {
	case known:
	case len(s.all) < s.most:
		n = len(s.all)
		s.all[k] = n
		s.add(r.place(cooked, i))
	default:
		if n = s.most; len(s.list) == n {
			s.add(trace.Point{Node: r.name, Interface: "others", Mixed: true})
		}
	}
	s.last, s.point = k, n
	return n
}

func (s *points) add(p trace.Point) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, p)
}

// at returns the point with a number.
func (s *points) at(n int) trace.Point {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.list[n]
}

// place names a point. A file stands for a machine or an interface, but what it says
// about its interfaces is more specific. "ens160@host" is how tracer names the interfaces
// of several machines in one file.
func (r *reader) place(cooked int, i *savefile.Interface) trace.Point {
	p := trace.Point{Node: r.name}
	if node, iface, both := strings.Cut(r.name, "/"); both {
		p = trace.Point{Node: node, Interface: iface}
	}
	if name, node, ok := strings.Cut(i.Name, "@"); ok && r.Name == "" {
		p = trace.Point{Node: node, Interface: name}
	} else if i.Name != "" && p.Interface == "" {
		p.Interface = i.Name
	}
	switch i.Link {
	case trace.LinkSLL:
		p.Mixed = true
	case trace.LinkSLL2:
		p.Interface = fmt.Sprintf("if%d", cooked)
	}
	return p
}
