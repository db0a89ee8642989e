package trace

import "testing"

func TestParseRoute(t *testing.T) {
	for _, s := range []string{
		"default via 192.168.52.2 dev ens160", "172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1", "10.0.0.0/8 via 10.1.1.1 dev wan0", "10.0.0.0/8 dev wan0",
	} {
		if r, err := ParseRoute(s); err != nil || r.String() != s {
			t.Errorf("%q: %q, %v", s, r, err)
		}
	}
	for s, want := range map[string]string{
		"":                             `route "": is empty`,
		"10.0.0.0":                     `route "10.0.0.0": netip.ParsePrefix("10.0.0.0"): no '/'`,
		"default via":                  `route "default via": "via" has no value`,
		"default via gateway":          `route "default via gateway": ParseAddr("gateway"): unable to parse IP`,
		"default dev eth0 metric 5":    `route "default dev eth0 metric 5": "metric" is not known`,
		"10.0.0.0/8 dev eth0 src here": `route "10.0.0.0/8 dev eth0 src here": ParseAddr("here"): unable to parse IP`,
	} {
		if _, err := ParseRoute(s); err == nil || err.Error() != want {
			t.Errorf("%q: %v", s, err)
		}
	}
}
