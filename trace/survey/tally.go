package survey

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"

	"tracer/trace"
)

// Tally counts tracks.
type Tally struct {
	survey   trace.Survey
	classes  map[classKey]*class
	mappings map[mappingKey]*trace.Mapping
	strides  map[[2]int]*histogram
	last     struct { // the histogram looked up last
		stride [2]int
		h      *histogram
	}
	at   []int // packets by point
	path path  // of the track being counted
	key  []byte

	ways, stops int // paths kept, and their points
	astray      int // packets on other paths
}

// The maximum numbers kept apart: captures of a network scan have a connection for each
// packet.
const (
	maxClasses  = 1 << 12
	maxMappings = 1 << 12
	maxStrides  = 1 << 10
	maxPaths    = 1 << 8  // of a class
	maxAllPaths = 1 << 14 // of all classes
	maxStops    = 1 << 20 // points of all these paths together: 8 MB
	maxLosses   = 1 << 12
)

// New returns an empty Tally.
func New() *Tally {
	return &Tally{classes: map[classKey]*class{}, mappings: map[mappingKey]*trace.Mapping{}, strides: map[[2]int]*histogram{}}
}

// Add counts a track.
func (t *Tally) Add(w Track) {
	t.survey.Packets++
	t.spanned(w)
	c := t.conversation(w)
	for i := range w.Len() {
		point, _ := w.At(i)
		t.passed(point)
	}
	// Packets that bridges have sent out of every port have no path from point to point.
	if !w.Packet(0).ToMany() {
		t.travelled(w)
		t.took(w, c.class)
	}
	if c.mappings < w.Len()-1 {
		t.translated(w, c)
	}
	if w.Repeated() {
		add(&t.survey.Retransmissions, w)
	}
	if p := w.Packet(0); p.TCP.Flags&trace.RST != 0 {
		add(&t.survey.Resets, w)
	}
	if w.Ambiguous() {
		add(&t.survey.Ambiguous, w)
	}
}

func (t *Tally) spanned(w Track) {
	_, first := w.At(0)
	_, last := w.At(w.Len() - 1)
	if t.survey.First.IsZero() || first.Before(t.survey.First) {
		t.survey.First = first
	}
	if last.After(t.survey.Last) {
		t.survey.Last = last
	}
}

// conversation returns a track's conversation, and counts it the first time.
func (t *Tally) conversation(w Track) *Conversation {
	c := w.Conversation()
	if c.counted {
		return c
	}
	if p := w.Packet(0); p.IsIP() && !p.ToMany() && w.ID() > 0 {
		t.survey.Conversations++
	}
	key := classOf(w)
	of := t.classes[key]
	if of == nil && len(t.classes) < maxClasses {
		of = &class{paths: [2]map[string]*path{{}, {}}}
		t.classes[key] = of
	}
	if of == nil {
		t.survey.Unsorted++
	}
	c.counted, c.class = true, of
	return c
}

// classOf returns the class of a track's conversation, given its first track.
func classOf(w Track) classKey {
	if w.ID() < 0 {
		return classKey{} // background traffic belongs to no service
	}
	return classKey{w.Conversation().Protocol, w.Service()}
}

// Recall restores the memory of a track's conversation that was counted before. The track
// is from another Stitcher that was given the same packets.
func (t *Tally) Recall(w Track) {
	if c := w.Conversation(); !c.counted {
		c.counted, c.class = true, t.classes[classOf(w)]
	}
}

// travelled counts how long a packet took from point to point.
func (t *Tally) travelled(w Track) {
	from, before := w.At(0)
	for i := 1; i < w.Len(); i++ {
		to, at := w.At(i)
		k := [2]int{from, to}
		if t.last.h == nil || t.last.stride != k {
			h := t.strides[k]
			switch {
			case h != nil:
			case len(t.strides) < maxStrides:
				h = &histogram{}
				t.strides[k] = h
			default:
				t.survey.Unsorted++
				from, before = to, at
				continue
			}
			t.last.stride, t.last.h = k, h
		}
		t.last.h.add(at.Sub(before))
		from, before = to, at
	}
}

func (t *Tally) passed(point int) {
	for point >= len(t.at) {
		t.at = append(t.at, 0)
	}
	t.at[point]++
}

// took counts the path of a track.
func (t *Tally) took(w Track, c *class) {
	if c == nil {
		return
	}
	d := w.Direction() - 1
	t.path.read(w)
	t.key = t.path.appendKey(t.key[:0])
	p := c.paths[d][string(t.key)]
	if p == nil {
		if len(c.paths[d]) >= maxPaths {
			t.survey.Unsorted++
			return
		}
		stops := len(t.path.points) + len(t.path.quiet)
		if t.ways >= maxAllPaths || t.stops+stops > maxStops {
			t.astray++
			return
		}
		t.ways++
		t.stops += stops
		p = &path{points: slices.Clone(t.path.points), quiet: slices.Clone(t.path.quiet)}
		c.paths[d][string(t.key)] = p
	}
	add(&p.Finding, w)
	c.count[d]++
	c.best[d] = nil
}

type mappingKey struct {
	kind          trace.Translation
	protocol      string
	from, to      netip.AddrPort
	after, before int
}

// translated counts each translation of a conversation once, as shown by the packets in
// its original direction.
func (t *Tally) translated(w Track, c *Conversation) {
	if w.Quotes() || w.Direction() != trace.Original && c.Began {
		return
	}
	n := 0
	for i := 1; i < w.Len(); i++ {
		p, q := w.Packet(i-1), w.Packet(i)
		if !p.IsIP() || p.Src == q.Src && p.Dst == q.Dst {
			continue
		}
		after, _ := w.At(i - 1)
		before, _ := w.At(i)
		key := mappingKey{protocol: c.Protocol, after: after, before: before}
		if p.Dst != q.Dst && p.Dst.Addr() != q.Dst.Addr() || p.Dst.Port() != q.Dst.Port() && p.Src == q.Src {
			if n++; n > c.mappings {
				key.kind, key.from, key.to = trace.DNAT, p.Dst, q.Dst
				t.mapped(w, key, false)
			}
		}
		if p.Src != q.Src {
			if n++; n > c.mappings {
				key.kind = trace.SNAT
				key.from, key.to = netip.AddrPortFrom(p.Src.Addr(), 0), netip.AddrPortFrom(q.Src.Addr(), 0)
				t.mapped(w, key, p.Src.Port() != q.Src.Port())
			}
		}
	}
	c.mappings = max(c.mappings, n)
}

func (t *Tally) mapped(w Track, k mappingKey, otherPort bool) {
	if !w.Conversation().Began {
		k.kind = 0 // it is unknown which end opened the connection
	}
	m := t.mappings[k]
	if m == nil {
		if len(t.mappings) >= maxMappings {
			t.survey.Unsorted++
			return
		}
		m = &trace.Mapping{Kind: k.kind, Protocol: k.protocol, From: k.from, To: k.to, After: k.after, Before: k.before}
		t.mappings[k] = m
	}
	m.Connections++
	if otherPort {
		m.OtherPort++
	}
}

// Beyond returns the point that packets such as this one reached after a journey's last
// point, if any did.
func (t *Tally) Beyond(c *Conversation, direction trace.FlowDirection, points []int) (next int, is bool) {
	if c.class == nil {
		return 0, false
	}
	usual := c.class.usual(direction)
	if usual == nil {
		return 0, false
	}
	list := gaps(points, nil, usual)
	if n := len(list); n > 0 && !list[n-1].passed {
		return list[n-1].never, true
	}
	return 0, false
}

// Survey returns the counts. Of the points, only the numbers of packets are set.
func (t *Tally) Survey() trace.Survey {
	s := t.survey
	s.Points = make([]trace.PointSurvey, len(t.at))
	for i, n := range t.at {
		s.Points[i].Packets = n
	}
	for _, m := range t.mappings {
		s.Mappings = append(s.Mappings, *m)
	}
	slices.SortFunc(s.Mappings, func(a, b trace.Mapping) int {
		return cmp.Or(cmp.Compare(b.Connections, a.Connections), a.From.Compare(b.From), a.To.Compare(b.To), cmp.Compare(a.After, b.After), cmp.Compare(a.Before, b.Before))
	})
	for k, h := range t.strides {
		s.Strides = append(s.Strides, trace.StrideSurvey{
			From: k[0], To: k[1], Packets: int(h.count),
			P50: h.percentile(50), P90: h.percentile(90), P99: h.percentile(99), Max: h.most,
		})
	}
	slices.SortFunc(s.Strides, func(a, b trace.StrideSurvey) int {
		return cmp.Or(cmp.Compare(b.Packets, a.Packets), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	s.Paths, s.Losses = t.paths()
	if t.astray > 0 {
		s.Limits = append(s.Limits, trace.Limit{Kind: trace.LimitPaths, Most: maxAllPaths, Beyond: t.astray})
	}
	if n := len(t.at); n > maxPoints {
		s.Limits = append(s.Limits, trace.Limit{Kind: trace.LimitQuiet, Most: maxPoints, Beyond: n - maxPoints})
	}
	return s
}

// paths combines the paths of all classes, and what is missing from them.
func (t *Tally) paths() ([]trace.PathSurvey, []trace.Loss) {
	all := map[string]*trace.PathSurvey{}
	losses := map[gap]*trace.Loss{}
	for key, c := range t.classes {
		for _, d := range []trace.FlowDirection{trace.Original, trace.Reply} {
			usual := c.usual(d)
			for _, p := range c.paths[d-1] {
				k := string((&path{points: p.points}).appendKey(nil)) // regardless of quiet points
				if all[k] == nil {
					all[k] = &trace.PathSurvey{Points: p.points}
				}
				all[k].Packets += p.Packets
				if usual == nil || key == (classKey{}) {
					continue
				}
				for _, g := range gaps(p.points, p.quiet, usual) {
					l := losses[g]
					if l == nil && len(losses) >= maxLosses {
						t.astray += p.Packets
						continue
					}
					if l == nil {
						l = &trace.Loss{After: g.after, Never: g.never, Passed: g.passed, Quiet: g.quiet}
						losses[g] = l
					}
					l.Packets += p.Packets
					l.Examples = earliest(append(l.Examples, p.Examples...))
				}
			}
		}
	}
	paths := slices.SortedFunc(maps.Values(all), func(a, b *trace.PathSurvey) int {
		return cmp.Or(cmp.Compare(b.Packets, a.Packets), slices.Compare(a.Points, b.Points))
	})
	lost := slices.SortedFunc(maps.Values(losses), func(a, b *trace.Loss) int {
		return cmp.Or(cmp.Compare(b.Packets, a.Packets), cmp.Compare(a.After, b.After), cmp.Compare(a.Never, b.Never))
	})
	var outPaths []trace.PathSurvey
	for _, p := range paths {
		outPaths = append(outPaths, *p)
	}
	var outLosses []trace.Loss
	for _, l := range lost {
		outLosses = append(outLosses, *l)
	}
	return outPaths, outLosses
}

// earliest keeps the first examples.
func earliest(list []trace.Example) []trace.Example {
	slices.SortFunc(list, func(a, b trace.Example) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Journey, b.Journey)) })
	return slices.Clip(list[:min(len(list), maxExamples)])
}
