package trace

import "testing"

// forms are routes of every form, as ip lists them, with the next hops in the same line.
var forms = []string{
	"default via 192.168.52.2 dev ens160",
	"172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1",
	"10.0.0.0/8 via 10.1.1.1 dev wan0",
	"10.0.0.0/8 dev wan0 scope link",
	"10.9.9.9 dev wan0 scope link metric 100",
	"10.0.0.0/8 tos 0x10 via 10.1.1.1 dev wan0 src 10.1.1.2 metric 4294967295 onlink",
	"10.0.0.0/8 via 10.1.1.1 dev wan0 dead linkdown",
	"10.0.0.0/8 via inet6 fe80::1 dev wan0",
	"default metric 5 nexthop via 10.1.1.1 dev wan0 weight 1 nexthop via 10.2.2.1 dev wan1 weight 256 onlink nexthop dev wan2 weight 3 dead",
	"local 10.1.1.2 dev wan0 proto kernel scope host src 10.1.1.2",
	"broadcast 10.1.1.255 dev wan0 proto kernel scope link src 10.1.1.2",
	"blackhole 10.0.0.0/8", "unreachable default metric 4278198272", "prohibit 10.3.0.0/16", "throw 10.4.0.0/16",
	"10.0.0.0/8 dev nexthop scope link", "10.0.0.0/8 dev \u2003 scope link", "multicast 224.0.0.0/4 dev wan0", "anycast 10.1.1.3 dev wan0",
}

func TestParseRoute(t *testing.T) {
	for _, s := range forms {
		if r, err := ParseRoute(s); err != nil || r.String() != s {
			t.Errorf("%q: %q, %v", s, r, err)
		}
	}
	for s, want := range map[string]string{
		"":                                   `route "": is empty`,
		"blackhole":                          `route "blackhole": has no destination`,
		"10.0.0.":                            `route "10.0.0.": netip.ParsePrefix("10.0.0."): no '/'`,
		"default via":                        `route "default via": "via" has no value`,
		"default via inet6":                  `route "default via inet6": "inet6" has no value`,
		"default via gateway":                `route "default via gateway": ParseAddr("gateway"): unable to parse IP`,
		"default dev eth0 metric -5":         `route "default dev eth0 metric -5": strconv.ParseUint: parsing "-5": invalid syntax`,
		"default dev eth0 scope moon":        `route "default dev eth0 scope moon": "moon" is not known`,
		"default dev eth0 weight 5":          `route "default dev eth0 weight 5": "weight" is only for next hops, and must not be 0`,
		"default nexthop dev eth0 weight 0":  `route "default nexthop dev eth0 weight 0": "weight" is only for next hops, and must not be 0`,
		"10.0.0.0/8 dev eth0 src here":       `route "10.0.0.0/8 dev eth0 src here": ParseAddr("here"): unable to parse IP`,
		"10.0.0.0/8 dev eth0 sauce 10.0.0.1": `route "10.0.0.0/8 dev eth0 sauce 10.0.0.1": unknown option "sauce"`,
	} {
		if _, err := ParseRoute(s); err == nil || err.Error() != want {
			t.Errorf("%q: %v", s, err)
		}
	}
}

// TestParseRouteOld: for routes without an interface, the first versions wrote "dev" without
// a name.
func TestParseRouteOld(t *testing.T) {
	for s, want := range map[string]string{
		"10.0.0.0/8 dev ": "10.0.0.0/8", "default dev  proto kernel scope link": "default proto kernel scope link", "10.9.9.9/32 via 10.1.1.1 dev wan0": "10.9.9.9 via 10.1.1.1 dev wan0",
	} {
		if r, err := ParseRoute(s); err != nil || r.String() != want {
			t.Errorf("%q: %q, %v", s, r, err)
		}
	}
}
