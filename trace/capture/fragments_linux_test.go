package capture

import (
	"encoding/binary"
	"testing"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// TestFragmentFilter: the kernel's filter and isFragment accept the same frames.
func TestFragmentFilter(t *testing.T) {
	var program []bpf.RawInstruction
	for _, f := range filterFragments {
		program = append(program, bpf.RawInstruction{Op: f.Code, Jt: f.Jt, Jf: f.Jf, K: f.K})
	}
	instructions, known := bpf.Disassemble(program)
	if !known {
		t.Fatal("the filter is malformed")
	}
	filter, err := bpf.NewVM(instructions)
	if err != nil {
		t.Fatal(err)
	}
	frame := func(etherType, at20 uint16) []byte {
		b := make([]byte, 60)
		binary.BigEndian.PutUint16(b[12:], etherType)
		binary.BigEndian.PutUint16(b[20:], at20)
		return b
	}
	for _, c := range []struct {
		name string
		data []byte
		want bool
	}{
		{"whole", frame(unix.ETH_P_IP, 0), false},
		{"not to be fragmented", frame(unix.ETH_P_IP, 0x4000), false},
		{"first fragment", frame(unix.ETH_P_IP, 0x2000), true},
		{"second fragment", frame(unix.ETH_P_IP, 0x20b9), true},
		{"last fragment", frame(unix.ETH_P_IP, 0x0172), true},
		{"IPv6", frame(unix.ETH_P_IPV6, unix.IPPROTO_UDP<<8), false},
		{"IPv6 fragment", frame(unix.ETH_P_IPV6, unix.IPPROTO_FRAGMENT<<8|64), true},
		{"ARP", frame(unix.ETH_P_ARP, 0x1fff), false},
		{"VLAN", frame(unix.ETH_P_8021Q, 0x1fff), false},
		{"short", frame(unix.ETH_P_IP, 0x1fff)[:21], false},
		{"long enough", frame(unix.ETH_P_IP, 0x1fff)[:22], true},
	} {
		n, err := filter.Run(c.data)
		if err != nil || n > 0 != c.want || isFragment(c.data) != c.want {
			t.Errorf("%s: the filter returns %d, %v, isFragment %v", c.name, n, err, isFragment(c.data))
		}
	}
}

// TestFragmentFlood: fragments that did not fit in the ring are counted as lost, and a
// Source that expects none counts all of them.
func TestFragmentFlood(t *testing.T) {
	stamping(t)
	p := newPair(t, receiveQueue)
	var s *Source
	p.right.do(func() (err error) {
		s, err = Listen()
		return err
	})
	defer s.Close()
	through := p.left.sender(p.leftVeth)
	const count = slotCount + 500
	sent := map[string]bool{}
	for i := range count {
		b := p.over(100, 0)
		binary.BigEndian.PutUint16(b[etherTypeOffset:], unix.ETH_P_IP)
		binary.BigEndian.PutUint16(b[fragmentOffset:], 1)
		binary.BigEndian.PutUint32(b[40:], uint32(i))
		sent[string(b)] = true
		if err := through.send(b); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		source *Source
		most   int
	}{{s, slotCount}, {p.rightSrc, 0}} {
		c.source.Stop()
		got := 0
		if err := read(c.source, func(f frame) {
			if sent[string(f.Data)] {
				got++
			} else if isFragment(f.Data) {
				t.Errorf("a fragment was not sent: %x", f.Data)
			}
		}); err != nil {
			t.Fatal(err)
		}
		lost, err := c.source.Lost()
		if err != nil || got > c.most || got+int(lost) != count {
			t.Errorf("%d of %d fragments, %d lost, %v; at most %d can be known", got, count, lost, err, c.most)
		}
		if c.most > 0 && got == 0 {
			t.Error("no fragment")
		}
	}
}
