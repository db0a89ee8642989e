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
	if s.Six {
		f["flow_label"] = fmt.Sprintf("%#x", s.FlowLabel)
	} else {
		f["ip_id"], f["df"] = fmt.Sprint(s.ID), map[bool]string{false: "0", true: "1"}[s.DF]
	}
	switch {
	case s.Protocol == layers.IPProtocolTCP && s.Offset == 0:
		f["window"] = fmt.Sprint(s.Window)
		if s.MSS != 0 {
			f["mss"] = fmt.Sprint(s.MSS)
		}
	case s.icmp() && s.echoes() && s.Offset == 0 && !s.More || s.Protocol == layers.IPProtocolICMPv4 && s.Offset == 0 && s.Quote == nil:
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
		to := j.sighting(p, i)
		if to == nil {
			continue
		}
		if ambiguous(p) {
			j.Unknown["changes of ambiguous journeys"]++
			continue
		}
		first, last := j.stated(p, i)
		var wrong []string
		for _, k := range parents(p, i) {
			from := j.sighting(p, k)
			if from == nil || from.IP != to.IP {
				wrong = nil
				break
			}
			fragmented := from.More || from.Offset > 0 || to.More || to.Offset > 0
			if wrong = compare(from.fields(), to.fields(), first, last, fragmented); len(wrong) == 0 {
				break
			}
		}
		for _, text := range wrong {
			j.wrong(WrongChange, "%s at %s: %s:%s", j.name(p), p.Hops[i].Place(), text, path(p))
		}
	}
}

// stated returns the values that a hop's fields had before its changes, and after them.
func (j *judging) stated(p *trace.Journey, hop int) (first, last map[string]string) {
	first, last = map[string]string{}, map[string]string{}
	for _, c := range p.Hops[hop].Changes {
		j.Stated["changes"]++
		if c.Cause.Kind == trace.CauseInferred {
			j.Unknown["inferred causes of "+c.Field.String()]++
		}
		name := c.Field.String()
		if before, said := last[name]; said && before != c.From.String() {
			j.wrong(WrongChange, "%s at %s: %s becomes %s, then %s is changed", j.name(p), p.Hops[hop].Place(), name, before, c.From)
		}
		if _, said := first[name]; !said {
			first[name] = c.From.String()
		}
		last[name] = c.To.String()
	}
	return first, last
}

// compare returns what is wrong with the stated changes between two frames.
func compare(from, to, first, last map[string]string, fragmented bool) (wrong []string) {
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
			wrong = append(wrong, fmt.Sprintf("the change of %s from %s to %s is not stated", name, a, b))
		case said && (x != a || last[name] != b):
			wrong = append(wrong, fmt.Sprintf("%s is said to change from %s to %s, but it is %s, then %s", name, x, last[name], a, b))
		}
	}
	return wrong
}
