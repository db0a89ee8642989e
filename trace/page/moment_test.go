package page

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"tracer/scenarios"
	"tracer/trace/explain"
	"tracer/trace/reveal"
)

// TestMoments: every moment of every packet of every lesson is in the page, in order, and the
// list knows where its packet begins and ends.
func TestMoments(t *testing.T) {
	for _, name := range scenarios.Names() {
		tr := recorded(t, name, "")
		doc := parsed(t, written(t, tr))
		later := parsed(t, inflated(t, doc, "packets"))
		moments := map[string]int{} // by the packet's name
		places := map[string]bool{"": true}
		for _, c := range append(every(doc, "circle data-place"), every(doc, "text data-hook")...) {
			places[attr(c, "data-place")+attr(c, "data-hook")] = true
		}
		for _, a := range append(every(doc, "article"), every(later, "article")...) {
			packet := attr(a, "data-packet")
			if moments[packet] != 0 {
				t.Errorf("%s: packet %s is there twice", name, packet)
			}
			for i, m := range every(a, "li") {
				moments[packet]++
				if want := fmt.Sprintf("%s.%d", packet, i+1); attr(m, "id") != want || strings.TrimSpace(text(m)) == "" {
					t.Errorf("%s: moment %s is %q: %q", name, want, attr(m, "id"), text(m))
				}
				if at := attr(m, "data-place") + attr(m, "data-hook"); !places[at] {
					t.Errorf("%s: moment %s is at %q, which is not on the drawing", name, attr(m, "id"), at)
				}
			}
		}
		next, listed := 1, append(every(doc, "li data-packet"), every(parsed(t, inflated(t, doc, "list")), "li data-packet")...)
		if len(listed) != len(tr.Journeys) {
			t.Fatalf("%s: %d packets are listed, not %d", name, len(listed), len(tr.Journeys))
		}
		for i := range tr.Journeys {
			j, want := &tr.Journeys[i], 0
			for stop := range len(j.Hops) + 1 {
				want += len(explain.Moments(j, stop))
			}
			e := listed[i]
			spans := every(e, "span data-moment")
			begin, end := attr(e, "data-moment"), attr(spans[len(spans)-1], "data-moment")
			if begin != strconv.Itoa(next) || end != strconv.Itoa(next+want-1) || moments[attr(e, "data-packet")] != want {
				t.Errorf("%s: packet %d has moments %s to %s and %d items, not %d from %d", name, j.ID, begin, end, moments[attr(e, "data-packet")], want, next)
			}
			next += want
		}
	}
}

// TestCounters: at each stop of each packet, the counters of rules that follow from their
// moments are those of the walk in the terminal.
func TestCounters(t *testing.T) {
	for _, name := range scenarios.Names() {
		tr := recorded(t, name, "")
		b := &builder{trace: tr, order: newOrder(tr)}
		hits := b.hits().hits
		for i := range tr.Journeys {
			j := &tr.Journeys[i]
			if j.Background() && b.order.begin(i) > b.order.end { // everything is shown
				continue
			}
			for stop := range len(j.Hops) + 1 {
				p := explain.Place{Stop: stop, Moment: len(explain.Moments(j, stop)) - 1}
				at := b.order.at(i, p)
				shown := reveal.Upto(tr, reveal.Position{Journey: j.ID, Stop: p.Stop, Moment: p.Moment})
				if (at >= b.order.end) == shown.Ongoing {
					t.Fatalf("%s: packet %d, stop %d: the walk has not the same end", name, j.ID, stop)
				}
				if !shown.Ongoing {
					continue
				}
				for _, n := range shown.State.Nodes {
					for _, table := range n.Rules {
						for _, c := range table.Chains {
							for _, r := range c.Rules {
								got := uint64(0)
								for _, h := range hits[ruleID{n.Name, table.Name, r.Handle, ""}] {
									if h <= at {
										got++
									}
								}
								if got != r.Packets && table.Counts(&r) {
									t.Fatalf("%s: packet %d, stop %d: %s %s %s has counted %d, not %d", name, j.ID, stop, table.Name, c.Name, r.Text, got, r.Packets)
								}
							}
						}
					}
				}
			}
		}
	}
}
