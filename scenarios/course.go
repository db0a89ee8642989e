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
