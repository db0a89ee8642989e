package judge

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// fields returns a frame's fields as a trace writes them, by their names.
func (s *Sighting) fields() map[string]string {
	f := map[string]string{"src_mac": s.SrcMAC, "dst_mac": s.DstMAC}
	if !s.IP {
		return f
	}
	f["src"], f["dst"] = end(s.Src), end(s.Dst)
	f["ttl"], f["tos"] = fmt.Sprint(s.TTL), fmt.Sprintf("%#x", s.TOS)
	f["ip_id"], f["df"] = fmt.Sprint(s.ID), map[bool]string{false: "0", true: "1"}[s.DF]
	switch {
	case s.Protocol == layers.IPProtocolTCP && s.Offset == 0:
		f["window"] = fmt.Sprint(s.Window)
		if s.MSS != 0 {
			f["mss"] = fmt.Sprint(s.MSS)
		}
	case s.Protocol == layers.IPProtocolICMPv4 && s.Offset == 0 && s.Quote == nil:
		f["icmp_id"] = fmt.Sprint(s.Echo)
	}
	return f
}

func end(a netip.AddrPort) string {
	if a.Port() == 0 {
		return a.Addr().String()
	}
	return a.String()
}

// changes checks that exactly the differences between consecutive frames are reported.
func (j *judging) changes(p *trace.Journey) {
	for i := 1; i < len(p.Hops); i++ {
		from, to := j.sighting(p, i-1), j.sighting(p, i)
		if from == nil || to == nil || from.IP != to.IP {
			continue
		}
		if ambiguous(p) {
			j.Unknown["changes of ambiguous journeys"]++
			continue
		}
		fragmented := from.More || from.Offset > 0 || to.More || to.Offset > 0
		first, last := map[string]string{}, map[string]string{}
		for _, c := range p.Hops[i].Changes {
			j.Stated["changes"]++
			if c.Cause.Kind == trace.CauseInferred {
				j.Unknown["inferred causes of "+c.Field.String()]++
			}
			name := c.Field.String()
			if before, said := last[name]; said && before != c.From.String() {
				j.wrong(WrongChange, "%s at %s: %s becomes %s, then %s is changed", j.name(p), to.At, name, before, c.From)
			}
			if _, said := first[name]; !said {
				first[name] = c.From.String()
			}
			last[name] = c.To.String()
		}
		j.compare(p, i, from.fields(), to.fields(), first, last, fragmented)
	}
}

func (j *judging) compare(p *trace.Journey, hop int, from, to, first, last map[string]string, fragmented bool) {
	at := p.Hops[hop].Place()
	for name, a := range from {
		b, both := to[name]
		if !both || fragmented && name != "ttl" {
			continue // a fragment has no ports; its flags and identification are its own
		}
		if strings.HasSuffix(name, "_mac") && (a == "00:00:00:00:00:00" || b == "00:00:00:00:00:00") {
			continue // lo has no addresses
		}
		x, said := first[name]
		switch {
		case !said && a != b:
			j.wrong(WrongChange, "%s at %s: that %s changes from %s to %s is not reported:%s", j.name(p), at, name, a, b, path(p))
		case said && (x != a || last[name] != b):
			j.wrong(WrongChange, "%s at %s: %s is said to change from %s to %s, but it is %s, then %s:%s", j.name(p), at, name, x, last[name], a, b, path(p))
		}
	}
}
