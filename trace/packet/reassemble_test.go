package packet

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/ip4defrag"
	"github.com/google/gopacket/layers"

	"tracer/sim/labtest"
)

// fragment splits the payload of a datagram at multiples of 8 bytes.
func fragment(payload []byte, at []int) (frames [][]byte) {
	from := 0
	for i, to := range append(at, len(payload)) {
		f := make([]byte, ethernetHeader+ipv4Header, 2000)
		f[12] = 8
		ip := f[ethernetHeader:]
		ip[0], ip[8], ip[9] = 0x45, 64, 17
		binary.BigEndian.PutUint16(ip[2:], uint16(ipv4Header+to-from))
		binary.BigEndian.PutUint16(ip[4:], 7)
		offset := uint16(from / 8)
		if i < len(at) {
			offset |= 0x2000
		}
		binary.BigEndian.PutUint16(ip[6:], offset)
		copy(ip[12:], []byte{10, 0, 0, 1, 10, 0, 0, 2})
		frames = append(frames, append(f, payload[from:to]...))
		from = to
	}
	return frames
}

// TestReassemble: fragments in any order yield the datagram, as gopacket's own reassembly
// does, and nothing if one is missing.
func TestReassemble(t *testing.T) {
	first := labtest.Seed(t)
	for seed := first; seed < first+200; seed++ {
		r := labtest.RandomOf(seed)
		payload := make([]byte, 100+r.IntN(3000))
		for i := range payload {
			payload[i] = byte(r.IntN(256))
		}
		var at []int
		for n := 0; n < len(payload)-8; {
			if n += 8 * (1 + r.IntN(60)); n <= len(payload)-8 {
				at = append(at, n)
			}
		}
		frames := fragment(payload, at)
		r.Shuffle(len(frames), func(i, k int) { frames[i], frames[k] = frames[k], frames[i] })
		whole, ok := Reassemble(frames)
		if !ok || !bytes.Equal(whole[ethernetHeader+ipv4Header:], payload) {
			t.Fatalf("TRACER_SEED=%d: %d fragments: %v, %d bytes of %d", seed, len(frames), ok, len(whole), len(payload))
		}
		d := ip4defrag.NewIPv4Defragmenter()
		var judge *layers.IPv4
		for _, f := range frames {
			p := gopacket.NewPacket(f, layers.LayerTypeEthernet, gopacket.Default)
			if out, err := d.DefragIPv4(p.Layer(layers.LayerTypeIPv4).(*layers.IPv4)); err == nil && out != nil {
				judge = out
			}
		}
		if len(frames) > 1 && (judge == nil || !bytes.Equal(judge.Payload, whole[ethernetHeader+ipv4Header:])) {
			t.Fatalf("TRACER_SEED=%d: gopacket reassembles something else", seed)
		}
		if len(frames) > 1 {
			k := r.IntN(len(frames))
			if _, ok := Reassemble(slices.Delete(slices.Clone(frames), k, k+1)); ok {
				t.Fatalf("TRACER_SEED=%d: complete without fragment %d", seed, k)
			}
		}
	}
}
