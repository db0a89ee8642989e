package survey

import (
	"cmp"
	"net/netip"
	"slices"

	"tracer/trace"
)

// Tally counts tracks.
type Tally struct {
	survey   trace.Survey
	mappings map[mappingKey]*trace.Mapping
	strides  map[[2]int]*histogram
	last     struct { // the histogram looked up last
		stride [2]int
		h      *histogram
	}
	at   []int // packets by point
	path []int // of the track being counted
	key  []byte

	paths  map[string]*trace.PathSurvey
	stops  int // points of all paths
	astray int // packets on other paths

	supposed  []hypothesis
	undecided int // hypotheses beyond the limit
}

// The maximum numbers kept apart: captures of a network scan have a connection for each
// packet.
const (
	maxMappings = 1 << 12
	maxStrides  = 1 << 10
	maxPaths    = 1 << 14
	maxStops    = 1 << 20 // points of all these paths together: 8 MB
)

// New returns an empty Tally.
func New() *Tally {
	return &Tally{paths: map[string]*trace.PathSurvey{}, mappings: map[mappingKey]*trace.Mapping{}, strides: map[[2]int]*histogram{}}
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
		t.took(w, c)
	}
	if c.mappings < w.Path()-1 {
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
	_, last := w.At(w.Path() - 1)
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
	c.counted = true
	return c
}

// travelled counts how long a packet took from point to point.
func (t *Tally) travelled(w Track) {
	from, before := w.At(0)
	for i := 1; i < w.Path(); i++ {
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
func (t *Tally) took(w Track, c *Conversation) {
	t.path, t.key = t.path[:0], t.key[:0]
	for i := range w.Path() {
		at, _ := w.At(i)
		t.path, t.key = append(t.path, at), append(t.key, byte(at>>8), byte(at))
	}
	if w.ID() > 0 { // background traffic belongs to no connection
		c.ways[w.Direction()-1].travel(t.path)
		t.suspect(w, c, t.path)
	}
	p := t.paths[string(t.key)]
	if p == nil {
		if len(t.paths) >= maxPaths || t.stops+len(t.path) > maxStops {
			t.astray++
			return
		}
		t.stops += len(t.path)
		p = &trace.PathSurvey{Points: slices.Clone(t.path)}
		t.paths[string(t.key)] = p
	}
	p.Packets++
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
	for i := 1; i < w.Path(); i++ {
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

// Survey returns the counts. Of the points, only the numbers of packets are set.
func (t *Tally) Survey(captured Captured) trace.Survey {
	s := t.survey
	s.Points = make([]trace.PointSurvey, len(t.at))
	for i, n := range t.at {
		s.Points[i].Packets = n
	}
	for _, m := range t.mappings {
		s.Mappings = append(s.Mappings, *m)
	}
	slices.SortFunc(s.Mappings, func(a, b trace.Mapping) int {
		return cmp.Or(cmp.Compare(b.Connections, a.Connections), a.From.Compare(b.From), a.To.Compare(b.To), cmp.Compare(a.After, b.After), cmp.Compare(a.Before, b.Before), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Protocol, b.Protocol))
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
	for _, p := range t.paths {
		s.Paths = append(s.Paths, *p)
	}
	slices.SortFunc(s.Paths, func(a, b trace.PathSurvey) int {
		return cmp.Or(cmp.Compare(b.Packets, a.Packets), slices.Compare(a.Points, b.Points))
	})
	s.Losses = t.losses(captured)
	for _, l := range []trace.Limit{
		{Kind: trace.LimitPaths, Most: maxPaths, Beyond: t.astray},
		{Kind: trace.LimitLosses, Most: maxHypotheses, Beyond: t.undecided},
	} {
		if l.Beyond > 0 {
			s.Limits = append(s.Limits, l)
		}
	}
	return s
}
