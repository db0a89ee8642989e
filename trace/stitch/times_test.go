package stitch

import (
	"testing"
	"time"
)

// Every time that is handed on can be shown, and compared with any other.
func TestLegal(t *testing.T) {
	for _, c := range []struct {
		time, want time.Time
		strange    bool
	}{
		{time.Unix(1_700_000_000, 5), time.Unix(1_700_000_000, 5), false},
		{time.Time{}, earliest, false},
		{time.Unix(-1, 0), earliest, true},
		{time.Unix(1<<40, 0), latest, true},
		{latest.Add(time.Nanosecond), latest, true},
	} {
		if got, strange := legal(c.time); !got.Equal(c.want) || strange != c.strange {
			t.Errorf("%v: %v, %v", c.time, got, strange)
		}
	}
	if latest.Year() != lastYear || latest.Sub(earliest) <= 0 {
		t.Errorf("%v", latest)
	}
}
