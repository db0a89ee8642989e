package scenarios

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"tracer/sim"
)

// Routes and routing rules have the syntax of ip(8):
//
//	default via 10.0.0.1
//	10.9.0.0/16 via 10.0.0.1 dev eth0 src 10.0.0.2 metric 20 table 100
//	10.9.0.0/16 nexthop via 10.0.0.1 weight 2 nexthop via 10.0.1.1
//	blackhole 10.9.0.0/16
//
//	from 10.1.0.0/24 to 10.9.0.0/16 iif eth0 fwmark 0x1/0xff lookup 100 priority 50
//	fwmark 1 prohibit
//
// A default route is IPv6's if its gateway is; without a gateway it must be written ::/0.
// Rules for IPv6 begin with -6.

// words takes the words of an entry one by one.
type words []string

// next removes the first word. It is "" if there is none.
func (w *words) next() (word string) {
	if len(*w) > 0 {
		word, *w = (*w)[0], (*w)[1:]
	}
	return word
}

// number takes a number.
func (w *words) number(of string, low, high uint64) (uint32, error) {
	word := w.next()
	n, err := strconv.ParseUint(word, 0, 32)
	if err != nil || n < low || n > high {
		return 0, fmt.Errorf("%s %q is not a number from %d to %d", of, word, low, high)
	}
	return uint32(n), nil
}

func (w *words) address() (netip.Addr, error) { return parseAddress(w.next()) }

// prefix takes a prefix; an address stands for itself alone, and "all" or "default" for any of
// a family.
func (w *words) prefix(any netip.Addr) (netip.Prefix, error) {
	word := w.next()
	if word == "all" || word == "default" {
		return netip.PrefixFrom(any, 0), nil
	}
	if a, err := netip.ParseAddr(word); err == nil && plain(a) {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	return parsePrefix(word)
}

// table takes the name or number of a routing table.
func (w *words) table() (sim.Table, error) {
	for _, t := range []sim.Table{sim.TableDefault, sim.TableMain, sim.TableLocal} {
		if len(*w) > 0 && (*w)[0] == t.String() {
			w.next()
			return t, nil
		}
	}
	const most = 1<<31 - 1
	n, err := w.number("table", 1, most)
	return sim.Table(n), err
}

// parseRoute reads a route.
func parseRoute(s string) (r sim.Route, err error) {
	w := words(strings.Fields(s))
	if len(w) > 0 {
		if k, ok := sim.ParseRouteKind(w[0]); ok {
			r.Kind = k
			w.next()
		}
	}
	if len(w) == 0 || w[0] == "via" || w[0] == "dev" {
		return r, errors.New(`want "DESTINATION via ADDRESS", "DESTINATION dev INTERFACE" or "blackhole DESTINATION"`)
	}
	if w[0] != "default" {
		r.Destination, err = parsePrefix(w.next())
	} else {
		r.Destination, err = w.prefix(netip.IPv4Unspecified())
	}
	defaulted := err == nil && r.Destination.Bits() == 0
	for err == nil && len(w) > 0 {
		err = routeOption(&r, &w)
	}
	if defaulted && leadsToIPv6(&r) {
		r.Destination = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
	}
	return r, err
}

// leadsToIPv6 reports whether a route's gateway, or that of its first next hop, is an IPv6
// address.
func leadsToIPv6(r *sim.Route) bool {
	return r.Gateway.Is6() || len(r.NextHops) > 0 && r.NextHops[0].Gateway.Is6()
}

// routeOption reads one option of a route.
func routeOption(r *sim.Route, w *words) (err error) {
	hop := sim.NextHop{Gateway: r.Gateway, Interface: r.Interface}
	switch word := w.next(); word {
	case "via", "dev":
		err = hopOption(&hop, word, w)
		r.Gateway, r.Interface = hop.Gateway, hop.Interface
	case "src":
		r.Source, err = w.address()
	case "metric":
		r.Metric, err = w.number(word, 0, 1<<32-1)
	case "table":
		r.Table, err = w.table()
	case "nexthop":
		r.NextHops = append(r.NextHops, sim.NextHop{})
		for err == nil && len(*w) > 0 && (*w)[0] != "nexthop" {
			err = hopOption(&r.NextHops[len(r.NextHops)-1], w.next(), w)
		}
	default:
		err = fmt.Errorf("%q is none of via, dev, src, metric, table, nexthop", word)
	}
	return err
}

// hopOption reads one option of a next hop.
func hopOption(h *sim.NextHop, word string, w *words) (err error) {
	switch word {
	case "via":
		h.Gateway, err = w.address()
	case "dev":
		if h.Interface = w.next(); h.Interface == "" {
			err = errors.New("dev has no interface")
		}
	case "weight":
		const most = 256 // the kernel keeps it in one byte
		var n uint32
		n, err = w.number(word, 1, most)
		h.Weight = int(n)
	default:
		err = fmt.Errorf("%q is none of via, dev, weight", word)
	}
	return err
}

// parseRoutingRule reads a rule of ip-rule(8).
func parseRoutingRule(s string) (r sim.RoutingRule, err error) {
	w := words(strings.Fields(s))
	acts, any := 0, netip.IPv4Unspecified()
	if len(w) > 0 && w[0] == "-6" {
		w.next()
		r.IPv6, any = true, netip.IPv6Unspecified()
	}
	for err == nil && len(w) > 0 {
		word := w.next()
		kind, drops := sim.ParseRouteKind(word)
		switch {
		case word == "from":
			r.From, err = w.prefix(any)
		case word == "to":
			r.To, err = w.prefix(any)
		case word == "iif":
			r.In = w.next()
		case word == "fwmark":
			r.Mark, r.Mask, err = parseMark(w.next())
		case word == "priority" || word == "pref":
			r.Priority, err = w.number(word, 1, sim.MaxPriority)
		case word == "lookup" || word == "table":
			acts++
			r.Table, err = w.table()
		case drops && kind != sim.Unicast:
			acts++
			r.Kind = kind
		default:
			err = fmt.Errorf("%q is none of from, to, iif, fwmark, priority, lookup, blackhole, unreachable, prohibit", word)
		}
	}
	if err == nil && acts != 1 {
		err = errors.New("must have exactly one of lookup TABLE, blackhole, unreachable, prohibit")
	}
	return r, err
}

// parseMark reads "1", "0x1" or "0x1/0xff".
func parseMark(s string) (mark, mask uint32, err error) {
	value, under, masked := strings.Cut(s, "/")
	if !masked {
		under = "0xffffffff"
	}
	a, err1 := strconv.ParseUint(value, 0, 32)
	b, err2 := strconv.ParseUint(under, 0, 32)
	if err1 != nil || err2 != nil || b == 0 {
		return 0, 0, fmt.Errorf("fwmark %q is not a number, or two such as 0x1/0xff", s)
	}
	return uint32(a), uint32(b), nil
}
