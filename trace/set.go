package trace

import "net/netip"

// Set changes a header field. A value of another type than the field's is ignored, and so is
// the mark, which is not in a header.
func (p *Headers) Set(f Field, v Value) {
	switch v := v.(type) {
	case Endpoint:
		p.setEnd(f, netip.AddrPort(v))
	case TTL:
		p.TTL = uint8(v)
	case MAC:
		if f == FieldSourceMAC {
			p.SrcMAC = v
		} else {
			p.DstMAC = v
		}
	case ICMPID:
		p.ICMP.ID = uint16(v)
		p.Src = netip.AddrPortFrom(p.Src.Addr(), uint16(v))
		p.Dst = netip.AddrPortFrom(p.Dst.Addr(), uint16(v))
	case Bits:
		switch f {
		case FieldTOS:
			p.TOS = uint8(v)
		case FieldFlowLabel:
			p.FlowLabel = uint32(v)
		}
	case Number:
		p.setNumber(f, uint64(v))
	}
}

// setEnd changes the source or the destination. An end without a port keeps the old one: an
// echo's identifier.
func (p *Headers) setEnd(f Field, to netip.AddrPort) {
	end := &p.Src
	if f == FieldDestination {
		end = &p.Dst
	}
	if to.Port() == 0 {
		to = netip.AddrPortFrom(to.Addr(), end.Port())
	}
	*end = to
}

func (p *Headers) setNumber(f Field, n uint64) {
	switch f {
	case FieldID:
		p.ID = uint32(n)
	case FieldDF:
		p.DontFragment = n != 0
	case FieldWindow:
		p.TCP.Window = uint16(n)
	case FieldMSS:
		p.TCP.MSS = uint16(n)
	}
}
