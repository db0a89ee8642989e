package scenarios

import (
	"bytes"
	"cmp"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Next returns the scenario that follows one in the course, or "".
func Next(name string) string {
	order := course()
	i := slices.Index(order, name)
	if i < 0 || i+1 == len(order) {
		return ""
	}
	return order[i+1]
}

// First returns the first scenario of the course.
func First() string { return course()[0] }

// course returns the names of the scenarios with a number in the course, in order. Only the
// beginning of each file is decoded: before each run, there is no time for more.
func course() []string {
	type place struct {
		name   string
		Course int
	}
	var places []place
	for _, name := range Names() {
		text, err := files.ReadFile(name + ".yaml")
		if err != nil {
			continue // Names lists what there is
		}
		head, _, _ := bytes.Cut(text, []byte("\nstory:"))
		p := place{name: name}
		if yaml.Unmarshal(head, &p) == nil && p.Course > 0 {
			places = append(places, p)
		}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.Course, b.Course) })
	names := make([]string, len(places))
	for i, p := range places {
		names[i] = p.name
	}
	return names
}

// Ordered returns scenarios in the order of the course. One without a number follows the
// last of its prerequisites.
func Ordered(list []*Scenario) []*Scenario {
	var ordered, rest []*Scenario
	for _, s := range list {
		if s.Course > 0 {
			ordered = append(ordered, s)
		} else {
			rest = append(rest, s)
		}
	}
	slices.SortStableFunc(ordered, func(a, b *Scenario) int { return cmp.Compare(a.Course, b.Course) })
	for placed := true; placed && len(rest) > 0; {
		placed = false
		rest = slices.DeleteFunc(rest, func(s *Scenario) bool {
			at := -1
			for _, name := range s.After {
				at = max(at, slices.IndexFunc(ordered, func(o *Scenario) bool { return o.Name == name }))
			}
			if at >= 0 {
				ordered, placed = slices.Insert(ordered, at+1, s), true
			}
			return at >= 0
		})
	}
	return append(ordered, rest...)
}
