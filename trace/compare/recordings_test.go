package compare_test

import (
	"reflect"
	"slices"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/compare"
	"tracer/trace/explain"
	"tracer/trace/export"
)

// recorded returns the recording of a lesson.
func recorded(t *testing.T, name, fault string) *trace.Trace {
	t.Helper()
	in, err := scenarios.Recording(name, fault)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := export.ReadFile(in)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// faults calls f for each lesson with each of its faults.
func faults(t *testing.T, f func(name, fault string)) {
	t.Helper()
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.Faults {
			f(name, s.Faults[i].Name)
		}
	}
}

// TestSelf: a trace is equal to itself.
func TestSelf(t *testing.T) {
	check := func(name, fault string) {
		tr := recorded(t, name, fault)
		c := compare.Traces(tr, tr)
		if !c.Equal() {
			t.Errorf("%s %s: %+v %+v", name, fault, c.Differences, c.Settings)
		}
		for i := range c.Packets {
			if p := &c.Packets[i]; p.Journeys[compare.A] != p.Journeys[compare.B] || p.Incidental || p.Uncertain {
				t.Errorf("%s %s: %+v", name, fault, p)
			}
		}
	}
	for _, name := range scenarios.Names() {
		check(name, "")
	}
	faults(t, check)
}

// TestMirror: swapping the traces swaps the sides of everything.
func TestMirror(t *testing.T) {
	faults(t, func(name, fault string) {
		a, b := recorded(t, name, ""), recorded(t, name, fault)
		c, m := compare.Traces(a, b), compare.Traces(b, a)
		for i := range m.Packets {
			slices.Reverse(m.Packets[i].Journeys[:])
		}
		for i := range m.Differences {
			slices.Reverse(m.Differences[i].Facts[:])
		}
		for i := range m.Requests {
			slices.Reverse(m.Requests[i].Numbers[:])
		}
		if !reflect.DeepEqual(c.Packets, m.Packets) {
			t.Errorf("%s %s: packets differ:\n%+v\n%+v", name, fault, c.Packets, m.Packets)
		}
		if !reflect.DeepEqual(c.Differences, m.Differences) || !reflect.DeepEqual(c.Requests, m.Requests) {
			t.Errorf("%s %s: differences differ", name, fault)
		}
		for i := range m.Settings {
			m.Settings[i].Side = m.Settings[i].Side.Other()
		}
		for _, s := range c.Settings {
			if len(m.Settings) != len(c.Settings) || !slices.ContainsFunc(m.Settings, func(o compare.Setting) bool { return reflect.DeepEqual(s, o) }) {
				t.Errorf("%s %s: settings differ: %+v", name, fault, s)
			}
		}
	})
}

// TestRows: the rows of each packet are all its moments, in order, on both sides.
func TestRows(t *testing.T) {
	faults(t, func(name, fault string) {
		c := compare.Traces(recorded(t, name, ""), recorded(t, name, fault))
		for i := range c.Packets {
			p := &c.Packets[i]
			list, differs := c.Rows(p), false
			for _, s := range compare.Sides {
				want := moments(c, p, s)
				for k := range list {
					row := &list[k]
					differs = differs || row.Differs
					if !row.Has[s] {
						continue
					}
					if len(want) == 0 || row.Places[s] != want[0] {
						t.Fatalf("%s %s: packet %d of %v, row %d: %+v, want %v", name, fault, i, s, k, row, want)
					}
					want = want[1:]
				}
				if len(want) > 0 {
					t.Errorf("%s %s: packet %d of %v lacks %v", name, fault, i, s, want)
				}
			}
			if differs != p.Differs {
				t.Errorf("%s %s: packet %d differs: %t, rows: %t", name, fault, i, p.Differs, differs)
			}
		}
	})
}

// moments returns the places of a side's packet at which something happens, in order.
func moments(c *compare.Comparison, p *compare.Packet, s compare.Side) (list []explain.Place) {
	if !p.Has(s) {
		return nil
	}
	j := c.Journey(p, s)
	for stop := range len(j.Hops) + 1 {
		for at := range explain.Moments(j, stop) {
			list = append(list, explain.Place{Stop: stop, Moment: at})
		}
	}
	return list
}
