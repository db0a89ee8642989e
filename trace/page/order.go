package page

import (
	"strconv"

	"tracer/trace"
	"tracer/trace/explain"
)

// order numbers the moments of a trace from 1, in the order of the walk.
type order struct {
	first [][]int // by the index of a packet, and its stop: the first moment; the last one is after the packet's end
	end   int     // the last moment of the walk: background packets that come later do not count
	count int     // of all moments
}

func newOrder(t *trace.Trace) *order {
	o := &order{first: make([][]int, len(t.Journeys))}
	next := 1
	for i := range t.Journeys {
		j := &t.Journeys[i]
		for stop := range len(j.Hops) + 1 {
			o.first[i] = append(o.first[i], next)
			next += len(explain.Moments(j, stop))
		}
		o.first[i] = append(o.first[i], next)
		if !j.Background() || i == 0 {
			o.end = next - 1
		}
	}
	o.count = next - 1
	return o
}

// at returns the number of a moment.
func (o *order) at(packet int, p explain.Place) int { return o.first[packet][p.Stop] + p.Moment }

// begin returns the number of a packet's first moment.
func (o *order) begin(packet int) int { return o.first[packet][0] }

// last returns the number of a packet's last moment.
func (o *order) last(packet int) int {
	stops := o.first[packet]
	return stops[len(stops)-1] - 1
}

// request returns the moment at which a request has begun: the first one of its packets or of
// those of a later request, or else the end. Requests are numbered from 1.
func (o *order) request(t *trace.Trace, number int) int {
	for i := range t.Journeys {
		if t.Journeys[i].Request >= number {
			return o.begin(i)
		}
	}
	return o.end
}

// name names a packet in links: "3", or "b1" in the background.
func name(j *trace.Journey) string {
	if j.Background() {
		return "b" + strconv.Itoa(-j.ID)
	}
	return strconv.Itoa(j.ID)
}
