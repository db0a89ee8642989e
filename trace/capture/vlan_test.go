package capture

import (
	"bytes"
	"testing"
)

func TestRestoreTag(t *testing.T) {
	const room = "...."
	for _, test := range []struct{ name, frame, want string }{
		{"frame", "DDDDDDSSSSSS\x08\x00payload", "DDDDDDSSSSSS\x88\xa8\x60\x0a\x08\x00payload"},
		{"addresses only", "DDDDDDSSSSSS", "DDDDDDSSSSSS\x88\xa8\x60\x0a"},
		{"too short", "DDDDDDSSSSS", "DDDDDDSSSSS"},
		{"empty", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := restoreTag([]byte(room+test.frame), 0x88a8, 0x600a)
			if !bytes.Equal(got, []byte(test.want)) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
