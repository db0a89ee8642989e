package join

import (
	"testing"
)

// TestRivalsLimited: only some rivals of a sighting are named, and the others are counted.
func TestRivalsLimited(t *testing.T) {
	j := newJoining(&Limits{Rivals: 3})
	for i := range 10 {
		j.see(0, 1, i)
	}
	oldest := j.see(1, 1, 10)
	want(t, oldest, []int{0, 1}, nil, []int{2, 3, 4})
	w := j.Work()
	if w.Unnamed != 6 || w.Equal != 10 || w.Alike != 10 || w.Compared == 0 {
		t.Errorf("%+v", *w)
	}
	j.MarkAmbiguous(oldest, false)
	for track := range j.Open(oldest.Key) {
		for i := range track.Sightings {
			if n := len(track.Sightings[i].Rivals); n > 3 {
				t.Errorf("track %d has %d rivals", track.ID, n)
			}
		}
	}
}

// nowhere is a [line] on which nothing reaches anything.
type nowhere struct{ line }

func (nowhere) Reaches(from, to *Sighting) bool { return false }
func (nowhere) Distinct(t, o *Track[int]) bool  { return false }

// TestBehind: of a packet that was seen very often it is assumed that it was anywhere; of
// others it is asked.
func TestBehind(t *testing.T) {
	for _, behind := range []int{2, 3} {
		j := newJoining(&Limits{Rivals: 9, Behind: behind})
		j.topology = nowhere{}
		often := j.see(0, 1, 0)
		j.see(1, 1, 1)
		j.see(2, 1, 2)
		later := j.see(0, 1, 400)
		s := j.sighting(5, 1, 401)
		later.Sightings, later.Last = append(later.Sightings, *s), s.Time
		j.MarkAmbiguous(often, false)
		if got := len(later.Sightings[1].Rivals) == 1; got != (len(often.Sightings) > behind) {
			t.Errorf("%d sightings, assumed from %d on: %v", len(often.Sightings), behind, got)
		}
	}
}

// TestRecycle: the memory of closed tracks is used again, up to a limit, and given back.
func TestRecycle(t *testing.T) {
	j := newJoining(&Limits{Spare: 1})
	a, b := j.see(0, 1, 0), j.see(0, 1, 1)
	a.Client, a.Doubtful = 5, true
	room := j.Room()
	if room != cap(a.Sightings)+cap(b.Sightings) {
		t.Errorf("room for %d sightings", room)
	}
	j.Close(a)
	j.Close(b)
	j.Recycle(a)
	j.Recycle(b) // one too many
	if j.Room() >= room || j.Room() == 0 {
		t.Errorf("room for %d sightings after two tracks, of %d", j.Room(), room)
	}
	again := j.see(3, 2, 9)
	if again != a || again.ID != 3 || again.Client != 0 || again.Doubtful || again.next != nil {
		t.Errorf("a track used again: %+v", again)
	}
	want(t, again, []int{3})
	j.Close(again)
	j.Recycle(again)
	j.Release()
	if j.Room() != 0 {
		t.Errorf("room for %d sightings is left", j.Room())
	}
	if j.see(0, 1, 10) == again {
		t.Error("a track was used after its memory was given back")
	}
}

// TestRecycleLarge: the memory of a long track is not kept.
func TestRecycleLarge(t *testing.T) {
	j := newJoining(&Limits{Spare: 1})
	var long *Track[int]
	for i := range manySightings + 1 {
		long = j.see(i, 1, i)
	}
	if len(long.Sightings) != manySightings+1 || j.Room() != cap(long.Sightings) {
		t.Errorf("%d sightings, room for %d of %d", len(long.Sightings), j.Room(), cap(long.Sightings))
	}
	j.Close(long)
	j.Recycle(long)
	if j.Room() != 0 || j.see(0, 1, 99) == long {
		t.Errorf("room for %d sightings is kept", j.Room())
	}
}
