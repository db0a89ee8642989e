package trace

import (
	"encoding/binary"
	"net/netip"

	"github.com/google/gopacket/layers"
)

// Tell notes, on the packets that were not delivered, which ICMP error was sent
// because of them, and arrived. An error quotes the packet that it is about (RFC 792), with the
// headers that it had where it ended.
func (t *Trace) Tell() {
	errors := map[quote]int{}
	for i := range t.Journeys {
		j := &t.Journeys[i]
		if q, ok := t.quoted(j); ok && errors[q] == 0 && j.Outcome.Kind == OutcomeDelivered {
			errors[q] = j.ID
		}
	}
	for i := range t.Journeys {
		j := &t.Journeys[i]
		if !j.Outcome.Lost() {
			continue
		}
		for h := len(j.Hops) - 1; h >= 0 && j.Outcome.ToldBy == 0; h-- {
			j.Outcome.ToldBy = errors[quoteOf(&j.Hops[h].Packet)]
		}
	}
}

// quote is what tells a quoted packet from others. TCP's sequence number does so
// also where the IP identification is 0.
type quote struct {
	id       uint16
	protocol layers.IPProtocol
	src, dst netip.Addr
	seq      uint32
}

func quoteOf(p *Packet) quote {
	return quote{p.key.ID, p.Protocol, p.Src.Addr(), p.Dst.Addr(), p.TCP.Seq}
}

// quoted returns what an ICMP error quotes, from the first frame of it.
func (t *Trace) quoted(j *Journey) (q quote, ok bool) {
	if len(j.Hops) == 0 || j.Hops[0].Packet.Protocol != layers.IPProtocolICMPv4 || j.Hops[0].Packet.echo() {
		return q, false
	}
	f := t.Frame(j.Hops[0].Frame)
	const ethernet, icmp, header = 14, 8, 20
	if f == nil || len(f.Data) < ethernet+header {
		return q, false
	}
	outer := int(f.Data[ethernet]&0xf) * 4
	at := ethernet + outer + icmp
	if len(f.Data) < at+header+icmp {
		return q, false
	}
	b := f.Data[at:]
	q = quote{
		id: binary.BigEndian.Uint16(b[4:]), protocol: layers.IPProtocol(b[9]),
		src: netip.AddrFrom4([4]byte(b[12:16])), dst: netip.AddrFrom4([4]byte(b[16:20])),
	}
	inner := int(b[0]&0xf) * 4
	if q.protocol == layers.IPProtocolTCP && len(b) >= inner+8 {
		q.seq = binary.BigEndian.Uint32(b[inner+4:])
	}
	return q, true
}
