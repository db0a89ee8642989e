package capture

import (
	"bytes"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/trace"
)

// pair is a veth pair between two namespaces, each with a Source that was opened before
// there was any link:
//
//	Source                    Source
//	left  10.9.0.1/24 ─────── right  10.9.0.2/24
type pair struct {
	left, right       *namespace
	leftSrc, rightSrc *Source
	leftVeth          netlink.Link
	rightVeth         netlink.Link
}

func newPair(t testing.TB, buffer int) *pair {
	t.Helper()
	p := &pair{left: newNamespace(t), right: newNamespace(t)}
	p.leftSrc, p.rightSrc = p.left.listen(buffer), p.right.listen(buffer)
	p.left.veth("left", p.right, "right")
	p.left.up("left", "10.9.0.1/24")
	p.right.up("right", "10.9.0.2/24")
	p.left.running("left")
	p.right.running("right")
	p.leftVeth, p.rightVeth = p.left.link("left"), p.right.link("right")
	return p
}

// over returns a test frame from left to right.
func (p *pair) over(n int, number uint64) []byte {
	return ethernet(p.rightVeth.Attrs().HardwareAddr, p.leftVeth.Attrs().HardwareAddr, n, number)
}

func TestUDPOutAndIn(t *testing.T) {
	stamping(t)
	p := newPair(t, receiveQueue)
	left, right := record(t, p.leftSrc), record(t, p.rightSrc)

	var server, client net.PacketConn
	p.right.do(func() (err error) {
		server, err = net.ListenPacket("udp4", "10.9.0.2:4000")
		return err
	})
	defer server.Close()
	p.left.do(func() (err error) {
		client, err = net.ListenPacket("udp4", "10.9.0.1:0")
		return err
	})
	defer client.Close()

	const count = 50
	server.SetReadDeadline(time.Now().Add(patience))
	for i := range count {
		text := fmt.Sprintf("datagram %d", i)
		if _, err := client.WriteTo([]byte(text), server.LocalAddr()); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 100)
		n, _, err := server.ReadFrom(got)
		if err != nil || string(got[:n]) != text {
			t.Fatalf("received %q, %v; want %q", got[:n], err, text)
		}
	}
	udp := func(f frame) bool {
		return gopacket.NewPacket(f.Data, layers.LayerTypeEthernet, gopacket.Lazy).Layer(layers.LayerTypeUDP) != nil
	}
	keep := func(frames []frame) (out []frame) {
		for _, f := range frames {
			if udp(f) {
				out = append(out, f)
			}
		}
		return out
	}
	out, in := keep(left.until(count, udp)), keep(right.until(count, udp))
	if len(out) != count || len(in) != count {
		t.Fatalf("%d frames out and %d in, want %d each", len(out), len(in), count)
	}
	for i := range count {
		if out[i].direction() != trace.Out || out[i].InterfaceIndex != p.leftVeth.Attrs().Index {
			t.Errorf("frame %d: left has %v at %d", i, out[i].direction(), out[i].InterfaceIndex)
		}
		if in[i].direction() != trace.In || in[i].InterfaceIndex != p.rightVeth.Attrs().Index {
			t.Errorf("frame %d: right has %v at %d", i, in[i].direction(), in[i].InterfaceIndex)
		}
		if !bytes.Equal(out[i].Data, in[i].Data) || out[i].Length != len(out[i].Data) || in[i].Length != len(in[i].Data) {
			t.Errorf("frame %d: out %d of %d bytes, in %d of %d bytes, or they differ",
				i, len(out[i].Data), out[i].Length, len(in[i].Data), in[i].Length)
		}
		if in[i].Timestamp.Before(out[i].Timestamp) {
			t.Errorf("frame %d: in at %v, before out at %v", i, in[i].Timestamp, out[i].Timestamp)
		}
		if i > 0 && (out[i].Timestamp.Before(in[i-1].Timestamp)) {
			t.Errorf("frame %d: out at %v, before %d was in at %v", i, out[i].Timestamp, i-1, in[i-1].Timestamp)
		}
	}
	for _, s := range []*Source{p.leftSrc, p.rightSrc} {
		if n, err := s.Lost(); n != 0 || err != nil {
			t.Errorf("lost %d, %v", n, err)
		}
	}
}

// TestNotPromiscuous: a Source shows frames for other machines without changing the
// interface.
//
//	Source
//	left ──────────── right   sends a frame for somebody else
func TestNotPromiscuous(t *testing.T) {
	n, there := newNamespace(t), newNamespace(t)
	n.veth("left", there, "right")
	there.up("right", "")
	n.up("left", "")
	n.running("left")
	before := n.link("left").Attrs()
	s := n.listen(receiveQueue)
	r := record(t, s)
	through := there.sender(there.link("right"))
	// A frame for another machine shows that the Source is reading.
	if err := through.send(ethernet([]byte{2, 0, 0, 0, 0, 9}, make([]byte, 6), 64, 1)); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "frame", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return len(numbered(r.frames)) == 1
	})
	after := n.link("left").Attrs()
	if after.Promisc != 0 || after.RawFlags&unix.IFF_PROMISC != 0 || after.RawFlags != before.RawFlags {
		t.Errorf("flags %#x, promiscuity %d; before listen %#x, %d", after.RawFlags, after.Promisc, before.RawFlags, before.Promisc)
	}
	r.end()
}

// TestBridgeOrder: a bridge passes a frame up with the stamp that it got at the port. Only
// the order in the queue shows which interface it passed first.
//
//	Source
//	bridge
//	  └─ port ─────── peer   sends frames for the bridge
func TestBridgeOrder(t *testing.T) {
	stamping(t)
	n, there := newNamespace(t), newNamespace(t)
	s := n.listen(receiveQueue)
	n.do(func() error {
		return n.links.LinkAdd(&netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "bridge"}})
	})
	n.veth("port", there, "peer")
	n.do(func() error {
		bridge, err := n.links.LinkByName("bridge")
		if err != nil {
			return err
		}
		port, err := n.links.LinkByName("port")
		if err != nil {
			return err
		}
		return n.links.LinkSetMaster(port, bridge)
	})
	n.up("bridge", "")
	n.up("port", "")
	there.up("peer", "")
	there.running("peer")
	n.running("bridge", "port")
	bridge, port := n.link("bridge").Attrs(), n.link("port").Attrs()

	r := record(t, s)
	through := there.sender(there.link("peer"))
	const count = 200
	for i := range count {
		if err := through.send(ethernet(bridge.HardwareAddr, there.link("peer").Attrs().HardwareAddr, 64, uint64(i))); err != nil {
			t.Fatal(err)
		}
	}
	frames := numbered(r.until(2*count, func(f frame) bool {
		_, ok := number(f.Data)
		return ok
	}))
	if len(frames) != 2*count {
		t.Fatalf("%d frames, want %d", len(frames), 2*count)
	}
	// Per number: frames of different CPUs may be mixed in the queue.
	at := map[uint64][]frame{}
	for _, f := range frames {
		i, _ := number(f.Data)
		at[i] = append(at[i], f)
	}
	for i, pair := range at {
		if len(pair) != 2 || pair[0].InterfaceIndex != port.Index || pair[1].InterfaceIndex != bridge.Index {
			t.Fatalf("frame %d: %+v, want port %d and then bridge %d", i, pair, port.Index, bridge.Index)
		}
		if pair[0].direction() != trace.In || pair[1].direction() != trace.In {
			t.Errorf("frame %d: %v, %v", i, pair[0].direction(), pair[1].direction())
		}
		if !pair[0].Timestamp.Equal(pair[1].Timestamp) {
			t.Errorf("frame %d: port at %v, bridge at %v, want the same stamp", i, pair[0].Timestamp, pair[1].Timestamp)
		}
	}
}

// TestTagRestored: the kernel takes a VLAN tag out of a frame, and the Source puts it back.
func TestTagRestored(t *testing.T) {
	p := newPair(t, receiveQueue)
	r := record(t, p.rightSrc)
	through := p.left.sender(p.leftVeth)
	var sent [][]byte
	for i, tag := range [][]byte{{0x81, 0x00, 0x60, 0x0a}, {0x88, 0xa8, 0x00, 0x14}} {
		plain := p.over(200, uint64(i))
		frame := bytes.Join([][]byte{plain[:12], tag, plain[12:]}, nil)
		sent = append(sent, frame)
		if err := through.send(frame); err != nil {
			t.Fatal(err)
		}
	}
	got := r.until(len(sent), func(f frame) bool { return len(f.Data) == 204 })
	i := 0
	for _, f := range got {
		if len(f.Data) != 204 {
			continue
		}
		if !bytes.Equal(f.Data, sent[i]) || f.Length != 204 {
			t.Errorf("frame %d of length %d:\n%x\nwant\n%x", i, f.Length, f.Data[:30], sent[i][:30])
		}
		i++
	}
}
