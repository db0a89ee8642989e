package stitch

import (
	"encoding/binary"
	"testing"
	"time"

	"tracer/trace"
)

// A machine may stand still while a packet is on its way. What is seen so late at the next
// interface is the same packet, unless it has no identification: then it may have been sent
// again.
func TestHeldBack(t *testing.T) {
	const usual, late = 20 * time.Microsecond, 600 * time.Millisecond
	for _, c := range []struct {
		name    string
		id      uint16
		packets int
	}{
		{"identified", 7, 1},
		{"not identified", 0, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write := func(name string, wait time.Duration) Source {
				t.Helper()
				return saved(t, dir, name, func(put func(at time.Duration, frame []byte)) {
					for _, r := range []struct {
						at time.Duration
						id uint16
					}{{0, 5}, {time.Second, 6}, {2*time.Second + wait, c.id}, {4 * time.Second, 8}} {
						f := datagram(int(r.id), 64, 80)
						binary.BigEndian.PutUint16(f[14+4:], r.id)
						at := r.at
						if wait != 0 && r.id != c.id {
							at += usual
						}
						put(at, f)
					}
				})
			}
			r, err := Files(t.Context(), []Source{write("docker0.pcap", 0), write("veth0.pcap", late)}, Options{Keep: func(*trace.Journey) bool { return true }, Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			if got := len(r.Journeys) - 3; got != c.packets {
				t.Errorf("%d packets, want %d", got, c.packets)
			}
		})
	}
}
