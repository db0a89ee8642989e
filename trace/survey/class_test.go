package survey

import (
	"slices"
	"testing"

	"tracer/trace"
)

func TestGaps(t *testing.T) {
	usual := []int{0, 1, 2, 3}
	for _, c := range []struct {
		points, quiet []int
		want          []gap
	}{
		{[]int{0, 1, 2, 3}, nil, nil},
		{[]int{0, 1}, nil, []gap{{1, 2, false, false}}},
		{[]int{0, 1}, []int{2}, []gap{{1, 2, false, true}}},
		{[]int{0, 2, 3}, nil, []gap{{0, 1, true, false}}},
		{[]int{0, 2}, nil, []gap{{0, 1, true, false}, {2, 3, false, false}}},
		{[]int{2, 3}, nil, nil}, // it may have been sent from there
		{[]int{0, 5}, nil, nil}, // another way
	} {
		if got := gaps(c.points, c.quiet, &route{&path{points: usual}, places(usual)}); !slices.Equal(got, c.want) {
			t.Errorf("%v, %v quiet: %v, want %v", c.points, c.quiet, got, c.want)
		}
	}
}

// The usual path is the longest that is not rare.
func TestUsual(t *testing.T) {
	with := func(packets int, points ...int) *path {
		return &path{points: points, Finding: trace.Finding{Packets: packets}}
	}
	c := &class{paths: [2]map[string]*path{
		{"a": with(960, 0), "b": with(40, 0, 1)},
		{"a": with(900, 0), "b": with(60, 0, 1), "c": with(40, 0, 1, 2)},
	}, count: [2]int{1000, 1000}}
	if got := c.usual(trace.Original); got == nil || got.path != c.paths[0]["a"] {
		t.Errorf("%+v", got)
	}
	if got := c.usual(trace.Reply); got == nil || got.path != c.paths[1]["b"] {
		t.Errorf("%+v", got)
	}
}
