package capture

import "testing"

func TestDirectionString(t *testing.T) {
	for d, want := range map[Direction]string{0: "unknown", In: "in", Out: "out", 9: "Direction(9)"} {
		if got := d.String(); got != want {
			t.Errorf("Direction(%d) is %q, want %q", uint8(d), got, want)
		}
	}
}
