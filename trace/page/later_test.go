package page

import (
	"slices"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/reveal"
)

// TestMask: at the end of each packet, its account says what the walk in the terminal would say,
// which knows nothing of later packets; and so it does when the next packet has begun.
func TestMask(t *testing.T) {
	found := 0
	for _, c := range recordings(t) {
		tr := recorded(t, c[0], c[1])
		b := newTeller(newBuilder(tr, tr, explain.English()))
		for i := range tr.Journeys {
			for next := i; next < min(i+3, len(tr.Journeys)); next++ {
				at := tr.Journeys[next]
				stop := len(at.Hops)
				known := reveal.Upto(tr, reveal.Position{Journey: at.ID, Stop: stop, Moment: len(explain.Moments(&at, stop)) - 1})
				found += compareRows(t, c[0], b, known, i, b.order.last(next))
			}
		}
	}
	if found == 0 {
		t.Error("no row refers to a later packet")
	}
}

// compareRows compares the rows of a packet that are shown at a moment with those of a projection,
// and returns how many have several versions.
func compareRows(t *testing.T, name string, b *teller, known *trace.Trace, i, now int) (versions int) {
	t.Helper()
	j := &known.Journeys[i]
	for stop := range len(j.Hops) + 1 {
		var got, want []string
		for _, v := range b.rows(i, stop) {
			if v.at+v.until > 0 {
				versions++
			}
			if v.at <= now && (v.until == 0 || now < v.until) || !known.Ongoing && v.until == 0 {
				got = append(got, v.Text+"|"+v.Note)
			}
		}
		for _, r := range b.Language.Account(known, b.Signs).Stop(j, stop) {
			want = append(want, r.Text+"|"+r.Note)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s: packet %d, stop %d at moment %d:\n%q, not\n%q", name, j.ID, stop, now, got, want)
		}
	}
	return versions
}

// recordings returns the names of all recordings, each with its fault.
func recordings(t *testing.T) (list [][2]string) {
	t.Helper()
	for _, name := range scenarios.Names() {
		list = append(list, [2]string{name, ""})
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range s.Faults {
			list = append(list, [2]string{name, f.Name})
		}
	}
	return list
}
