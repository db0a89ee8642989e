package nflink

import (
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

func TestDecodeGeneration(t *testing.T) {
	body := slices.Concat(make([]byte, 4), Uint32(unix.NFTA_GEN_ID, 9), Uint32(unix.NFTA_GEN_PROC_PID, 1))
	if g, err := decodeGeneration(body); g != 9 || err != nil {
		t.Errorf("%d, %v", g, err)
	}
	for n := range 12 {
		if _, err := decodeGeneration(body[:n]); err == nil {
			t.Errorf("%d bytes are accepted", n)
		}
	}
}
