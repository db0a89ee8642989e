package scenarios

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// all loads the built-in scenarios.
func all(t *testing.T) (list []*Scenario) {
	t.Helper()
	for _, name := range Names() {
		s, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	return list
}

// TestCourse: every built-in scenario has a place in the course, or comes after one that
// does; prerequisites come first; and the order that is read from the beginnings of the
// files is that of the numbers.
func TestCourse(t *testing.T) {
	byName, byNumber, groups := map[string]*Scenario{}, map[int]string{}, Groups()
	for _, s := range all(t) {
		byName[s.Name] = s
		if s.Course == 0 {
			continue
		}
		if other := byNumber[s.Course]; other != "" {
			t.Errorf("%s and %s are both number %d", other, s.Name, s.Course)
		}
		byNumber[s.Course] = s.Name
	}
	for _, s := range byName {
		if s.Course == 0 && len(s.After) == 0 {
			t.Errorf("%s has no place in the course", s.Name)
		}
		if s.Minutes == 0 {
			t.Errorf("%s does not say how long it takes", s.Name)
		}
		for _, name := range s.After {
			before := byName[name]
			switch {
			case before == nil:
				t.Errorf("%s comes after %q, which does not exist", s.Name, name)
			case s.Course > 0 && before.Course > s.Course:
				t.Errorf("%s (%d) comes after %s (%d)", s.Name, s.Course, name, before.Course)
			case slices.Index(groups, before.Group) > slices.Index(groups, s.Group):
				t.Errorf("%s is in a group before that of %s, which comes first", s.Name, name)
			}
		}
	}
	order := course()
	for i, name := range order {
		s := byName[name]
		if i > 0 && byName[order[i-1]].Course >= s.Course {
			t.Errorf("%s is out of order", name)
		}
		if i > 0 && slices.Index(groups, byName[order[i-1]].Group) > slices.Index(groups, s.Group) {
			t.Errorf("%s is in an earlier group than the lesson before it", name)
		}
	}
	if len(order) != len(byNumber) || First() != order[0] || Next(order[0]) != order[1] || Next(order[len(order)-1]) != "" {
		t.Errorf("the course is %v", order)
	}
}

// TestTexts: every built-in scenario and fault has a story, a question, an answer and the
// misconception that it refutes. They fit a terminal of 80 columns, apart from commands.
func TestTexts(t *testing.T) {
	for _, s := range all(t) {
		lessons := map[string]Lesson{s.Name: s.Lesson}
		for _, f := range s.Faults {
			lessons[s.Name+"/"+f.Name] = f.Lesson
		}
		for name, l := range lessons {
			if l.Story == "" || l.Answer == "" || l.Refutes == "" || !strings.HasSuffix(l.Refutes, ".") || strings.Contains(l.Refutes, "\n") {
				t.Errorf("%s: %+v is incomplete", name, l)
			}
			if !strings.Contains(l.Question, "?") || strings.Contains(l.Story, "?") {
				t.Errorf("%s: the question is %q, the story %q", name, l.Question, l.Story)
			}
			for line := range strings.Lines(l.Story + "\n" + l.Question + "\n" + l.Answer) {
				if len(line) > 77 && !strings.Contains(line, "iptables -") {
					t.Errorf("%s: %d bytes: %s", name, len(line), line)
				}
			}
		}
	}
}

// TestOrdered: scenarios without a number follow their prerequisites, or come last.
func TestOrdered(t *testing.T) {
	var names []string
	for _, s := range Ordered([]*Scenario{
		{Name: "lost", After: []string{"nowhere"}}, {Name: "deep", After: []string{"aside"}}, {Name: "third", Course: 3},
		{Name: "aside", After: []string{"first", "second"}}, {Name: "first", Course: 1}, {Name: "second", Course: 2}, {Name: "own"},
	}) {
		names = append(names, s.Name)
	}
	if want := []string{"first", "second", "aside", "deep", "third", "lost", "own"}; !slices.Equal(names, want) {
		t.Errorf("%v, not %v", names, want)
	}
	if list := Ordered(all(t)); len(list) != len(Names()) {
		t.Errorf("%d of %d scenarios", len(list), len(Names()))
	}
}

// TestRequests: an expectation of a fault may refer to the requests of the fault's own
// traffic only.
func TestRequests(t *testing.T) {
	const fault = "faults: { x: { title: X, traffic: [T], expect: [{ answer: A, request: 2 }] } }\n"
	const ask = `{ from: client, get: "http://10.0.0.1/" }`
	for traffic, right := range map[string]bool{ask: false, ask + ", " + ask: true} {
		_, err := Parse("x.yaml", []byte(base+strings.Replace(fault, "T", traffic, 1)))
		var problems *Problems
		if errors.As(err, &problems); (problems == nil) != right || !right && !strings.Contains(err.Error(), "faults.x.expect[0].request: there is no request 2; the traffic has 1") {
			t.Errorf("traffic [%s]: %v", traffic, err)
		}
	}
}
