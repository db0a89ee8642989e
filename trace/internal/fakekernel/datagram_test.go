package fakekernel

import (
	"testing"

	"tracer/trace"
	"tracer/trace/packet"
)

// TestDatagrams: the frames and the headers in messages are well-formed, and nothing a
// network does changes their key.
func TestDatagrams(t *testing.T) {
	out, in := trace.Ends{Source: Inside, Destination: Service}, trace.Ends{Source: Service, Destination: Inside}
	q := Datagram{Ends: out, TTL: 63, Protocol: UDP, Payload: "query"}
	for name, d := range map[string]Datagram{
		"tcp":   {Protocol: TCP, Flags: trace.SYN, Seq: 7},
		"udp":   {Protocol: UDP, Payload: "query"},
		"echo":  {Protocol: ICMP, Type: 8, Seq: 3, Payload: "abcdefghijklmnopqrst"},
		"short": {Protocol: ICMP, Type: 8, Seq: 3, Payload: "abc"},
		"error": {Protocol: ICMP, Type: 3, Quoted: &q},
	} {
		d.Ends, d.TTL = out, 64
		a := d.Bytes()
		d.Ends, d.TTL, d.source = in, 63, trace.MAC{2, 0, 0, 0, 0, 1}
		if d.Quoted != nil {
			other := q
			other.Ends = in
			d.Quoted = &other
		}
		b := d.Bytes()
		p, err := packet.NewDecoder().Frame(a)
		r, err2 := packet.NewDecoder().Frame(b)
		h, err3 := packet.NewDecoder().Headers(b[:14], b[14:34], b[34:min(len(b), 54)])
		if err != nil || err2 != nil || err3 != nil || p.Key != r.Key || h.Key != p.Key || p.Hash != r.Hash {
			t.Errorf("%s: %v %v %v\n%+v\n%+v\n%+v", name, err, err2, err3, p.Key, r.Key, h.Key)
		}
	}
}
