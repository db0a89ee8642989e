package dissect

import (
	"testing"

	"tracer/trace"
)

// TestPacket: the packet is the same after any type of link header.
func TestPacket(t *testing.T) {
	arp := string(frames(t)["arp"][14:])
	ip := string(frames(t)["echo"][14:])
	for _, c := range []struct {
		link    trace.LinkType
		header  string
		payload string
		want    string
	}{
		{trace.LinkSLL, "\x00\x04\x00\x01\x00\x06\x02\x42\xac\x11\x00\x01\x00\x00\x08\x06", arp, `
			Linux cooked capture 0+16
			  packet type: 4 (outgoing) @0+2
			  device type: 1 @2+2
			  source: 02:42:ac:11:00:01 @6+8
			  protocol: 0x0806 (ARP) @14+2
		`},
		{trace.LinkSLL2, "\x08\x00\x00\x00\x00\x00\x00\x07\x03\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", ip, `
			Linux cooked capture v2 0+20
			  protocol: 0x0800 (IPv4) @0+2
			  interface index: 7 @4+4
			  device type: 772 @8+2
			  packet type: 0 (to this host) @10+1
			  source: none @12+8
		`},
		{trace.LinkNull, "\x02\x00\x00\x00", ip, `
			loopback 0+4
			  protocol family: 02 00 00 00 @0+4
		`},
		{trace.LinkRaw, "", ip, ""},
	} {
		name, first := "IPv4", "version"
		if c.payload == arp {
			name, first = "ARP", "hardware type"
		}
		packet := []byte(c.header + c.payload)
		ls := Packet(c.link, packet)
		if err := check(packet, ls); err != nil {
			t.Errorf("%d: %v", c.link, err)
		}
		if len(c.header) > 0 {
			same(t, "link header", text(ls[:1]), c.want)
			ls = ls[1:]
		}
		if ls[0].Name != name || ls[0].Offset != len(c.header) || ls[0].Fields[0].Name != first {
			t.Errorf("%d: the packet is\n%s", c.link, text(ls))
		}
	}
}
