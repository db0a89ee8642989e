package judge

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"tracer/trace"
)

// target is a rule's target as iptables-save prints it: the words after -j.
type target struct {
	name    string
	options map[string]string
}

// parseTarget reads a rule's text. It knows the syntax of targets, not every target.
func parseTarget(text string) (t target) {
	words := strings.Fields(text)
	i := slices.IndexFunc(words, func(w string) bool { return w == "-j" || w == "-g" })
	if i < 0 || i+1 >= len(words) {
		return t
	}
	t = target{words[i+1], map[string]string{}}
	for i += 2; i < len(words); i++ {
		value := ""
		if i+1 < len(words) && !strings.HasPrefix(words[i+1], "--") {
			value = words[i+1]
		}
		t.options[words[i]] = value
	}
	return t
}

// mayDrop reports whether a rule, iptables' or nft's, can end a packet's journey: always, or
// depending on what it finds in a map.
func mayDrop(text string) bool {
	return drops(text) || strings.HasPrefix(text, "[") && strings.Contains(text, `{"vmap":`)
}

// drops reports whether a rule ends the journey of each packet that matches it.
func drops(text string) bool {
	if strings.HasPrefix(text, "[") { // nft's JSON
		return !strings.Contains(text, `{"vmap":`) && (strings.Contains(text, `{"drop": null}`) || strings.Contains(text, `{"reject":`))
	}
	name := parseTarget(text).name
	return name == "DROP" || name == "REJECT"
}

// could reports whether a rule of a node can change a field from one value to another.
func (j *judging) could(node, text string, field trace.Field, from, to trace.Value) bool {
	if strings.HasPrefix(text, "[") {
		return nftCould(text, field)
	}
	t := parseTarget(text)
	switch field {
	case trace.FieldSource, trace.FieldDestination, trace.FieldICMPID:
		return j.couldTranslate(node, &t, field, from, to)
	case trace.FieldTTL:
		return t.name == "TTL" || t.name == "HL"
	case trace.FieldTOS:
		return t.name == "TOS" || t.name == "DSCP" || t.name == "ECN"
	case trace.FieldMSS:
		return t.name == "TCPMSS"
	case trace.FieldMark:
		return t.name == "CONNMARK" || t.name == "MARK" && sets(t.options["--set-xmark"], from, to)
	}
	return false
}

// couldTranslate is like could, but for a nat target. An echo's identifier is translated along
// with its source.
func (j *judging) couldTranslate(node string, t *target, field trace.Field, from, to trace.Value) bool {
	destination, echo := field == trace.FieldDestination, field == trace.FieldICMPID
	switch t.name {
	case "DNAT":
		return destination && within(t.options["--to-destination"], from, to)
	case "REDIRECT":
		return destination && ports(t.options["--to-ports"], to)
	case "SNAT":
		return echo || !destination && within(t.options["--to-source"], nil, to)
	case "MASQUERADE":
		return echo || !destination && j.owns(node, to)
	case "NETMAP":
		return echo || mapsTo(t.options["--to"], from, to)
	}
	return false
}

// nftCould is could for a rule in nft's JSON, judging by the fields that it names.
func nftCould(text string, field trace.Field) bool {
	words := map[trace.Field][]string{
		trace.FieldDestination: {`{"dnat"`, `{"redirect"`}, trace.FieldSource: {`{"snat"`, `{"masquerade"`}, trace.FieldICMPID: {`{"snat"`, `{"masquerade"`},
		trace.FieldMark: {`{"mangle"`}, trace.FieldTOS: {`{"mangle"`}, trace.FieldTTL: {`{"mangle"`}, trace.FieldMSS: {`{"mangle"`},
	}
	return slices.ContainsFunc(words[field], func(w string) bool { return strings.Contains(text, w) })
}

// mapsTo reports whether NETMAP to a network turns one endpoint into another: it leaves the
// host part unchanged.
func mapsTo(text string, from, to trace.Value) bool {
	a, ok := from.(trace.Endpoint)
	b, ok2 := to.(trace.Endpoint)
	net, err := netip.ParsePrefix(text)
	if !ok || !ok2 || err != nil || !net.Contains(netip.AddrPort(b).Addr()) {
		return false
	}
	x, y := netip.AddrPort(a).Addr(), netip.AddrPort(b).Addr()
	was, err := x.Prefix(net.Bits())
	if err != nil || x.BitLen() != y.BitLen() {
		return false
	}
	u, v, p, q := x.AsSlice(), y.AsSlice(), was.Addr().AsSlice(), net.Masked().Addr().AsSlice()
	for i := range u { // without the network parts, the same
		if u[i]^p[i] != v[i]^q[i] {
			return false
		}
	}
	return true
}

// sets reports whether MARK --set-xmark VALUE/MASK turns one mark into another.
func sets(text string, from, to trace.Value) bool {
	a, ok := from.(trace.Bits)
	b, ok2 := to.(trace.Bits)
	value, mask, _ := strings.Cut(text, "/")
	v, err := strconv.ParseUint(value, 0, 32)
	m, err2 := strconv.ParseUint(mask, 0, 32)
	return ok && ok2 && err == nil && err2 == nil && uint32(b) == uint32(a)&^uint32(m)^uint32(v)
}

// within reports whether an endpoint is within a range such as 10.0.0.1-10.0.0.9:80-89. A
// range without ports leaves a destination's port alone; a source's may have to change.
func within(text string, from, to trace.Value) bool {
	e, ok := to.(trace.Endpoint)
	if !ok {
		return false
	}
	got := netip.AddrPort(e)
	addresses, span, hasPorts := strings.Cut(text, ":")
	if got.Addr().Is6() && !strings.HasPrefix(text, ":") || strings.HasPrefix(text, "::") {
		addresses, span, hasPorts = strings.Cut(strings.TrimPrefix(text, "["), "]:")
	}
	low, high, isRange := strings.Cut(addresses, "-")
	if !isRange {
		high = low
	}
	if low != "" {
		a, err := netip.ParseAddr(low)
		b, err2 := netip.ParseAddr(high)
		if err != nil || err2 != nil || got.Addr().Less(a) || b.Less(got.Addr()) {
			return false
		}
	}
	if hasPorts {
		return ports(span, to)
	}
	was, ok := from.(trace.Endpoint)
	return !ok || netip.AddrPort(was).Port() == got.Port()
}

// ports reports whether an endpoint's port is within a range such as 80-89.
func ports(text string, to trace.Value) bool {
	e, ok := to.(trace.Endpoint)
	got := int(netip.AddrPort(e).Port())
	if !ok || text == "" || got == 0 {
		return ok
	}
	low, high, isRange := strings.Cut(text, "-")
	if !isRange {
		high = low
	}
	a, err := strconv.Atoi(low)
	b, err2 := strconv.Atoi(high)
	return err == nil && err2 == nil && a <= got && got <= b
}

// owns reports whether an endpoint's address is one that the network's lines give to a node.
func (j *judging) owns(node string, v trace.Value) bool {
	e, ok := v.(trace.Endpoint)
	if !ok {
		return false
	}
	want := netip.AddrPort(e).Addr().String() + "/"
	return slices.ContainsFunc(j.Network.Lines, func(l Line) bool {
		return l.Node == node && strings.Contains(l.Text, " address add ") && strings.Contains(l.Text, " "+want)
	})
}
