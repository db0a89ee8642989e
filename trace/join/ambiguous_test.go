package join

import "testing"

// TestTwins: of packets that were under way at the same time, and equal in every byte, no
// sighting is certain once one is missing.
func TestTwins(t *testing.T) {
	j := newJoining(nil)
	a, b := j.see(0, 1, 0), j.see(0, 1, 50)
	j.see(1, 1, 100)
	j.MarkAmbiguous(a, false)
	want(t, a, []int{0, 1}, []int{b.ID}, []int{b.ID})
	want(t, b, []int{0}, []int{a.ID})
	if !a.Doubtful || !b.Doubtful {
		t.Error("what happened between the sightings is not in doubt")
	}
}

// TestNoTwins: what tells equal packets apart.
func TestNoTwins(t *testing.T) {
	for name, make := range map[string]func(j *joining) (a, b *Track[int]){
		"one after the other": func(j *joining) (a, b *Track[int]) {
			a = j.see(0, 1, 0)
			j.see(1, 1, 1)
			b = j.see(0, 1, 2)
			j.see(1, 1, 3)
			return a, b
		},
		"long after the other": func(j *joining) (a, b *Track[int]) {
			a = j.see(0, 1, 0)
			j.see(1, 1, 1)
			b = j.see(0, 1, 300)
			j.see(1, 1, 301)
			return a, b
		},
		"other addresses": func(j *joining) (a, b *Track[int]) {
			a, b = j.see(0, 1, 0), j.see(0, 2, 1)
			j.see(1, 2, 2)
			j.see(1, 1, 2)
			return a, b
		},
		"another hash": func(j *joining) (a, b *Track[int]) {
			a = j.see(0, 1, 0)
			s := j.sighting(0, 2, 1)
			s.Packet.Hash = 1
			b, _ = j.Add(s)
			j.see(1, 1, 2)
			j.see(1, 2, 3)
			return a, b
		},
	} {
		j := newJoining(nil)
		a, b := make(j)
		j.MarkAmbiguous(a, false)
		if a.Doubtful || b.Doubtful || a.Ambiguous() || b.Ambiguous() {
			t.Errorf("%s: %+v %+v", name, a, b)
		}
		if len(a.Sightings) != 2 || len(b.Sightings) != 2 {
			t.Errorf("%s: %d and %d sightings", name, len(a.Sightings), len(b.Sightings))
		}
	}
}

// TestPossible: a sighting may belong to an earlier, equal packet that was not seen there,
// unless that is known to have been dropped, or too old.
func TestPossible(t *testing.T) {
	for name, c := range map[string]struct {
		after   int // milliseconds
		dropped bool
		rivals  []int
	}{
		"lost":    {300, false, []int{1}},
		"dropped": {300, true, nil},
		"too old": {2000, false, nil},
	} {
		j := newJoining(nil)
		a, b := j.see(0, 1, 0), j.see(0, 1, c.after)
		s := j.sighting(1, 1, c.after+1)
		b.Sightings, b.Last = append(b.Sightings, *s), s.Time
		j.MarkAmbiguous(a, c.dropped)
		t.Log(name)
		want(t, a, []int{0})
		want(t, b, []int{0, 1}, nil, c.rivals)
		if a.Doubtful || b.Doubtful {
			t.Errorf("%s: in doubt", name)
		}
	}
}
