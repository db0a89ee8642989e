package sim

import (
	"reflect"
	"testing"
)

// The parameters set on interfaces instead, in kernel order: the last one wins.
func TestPerDevice(t *testing.T) {
	for _, c := range []struct {
		name string
		list []Sysctl
		eth0 deviceConf
		lo   deviceConf
		rest []Sysctl
	}{
		{name: "a router",
			list: []Sysctl{{"net.ipv4.ip_forward", "0"}, {"net.ipv4.ip_forward", "1"}},
			eth0: deviceConf{ipv4: map[devconf]uint32{confForwarding: 1}}, lo: deviceConf{ipv4: map[devconf]uint32{confForwarding: 1}}},
		{name: "one interface only",
			list: []Sysctl{{"net.ipv4.ip_forward", "1"}, {"net.ipv4.conf.eth0.forwarding", "0"}},
			eth0: deviceConf{ipv4: map[devconf]uint32{confForwarding: 0}}, lo: deviceConf{ipv4: map[devconf]uint32{confForwarding: 1}}},
		{name: "more for all, and one has more still",
			list: []Sysctl{{"net.ipv4.conf.all.rp_filter", "1"}, {"net.ipv4.conf.eth0.rp_filter", "2"}},
			eth0: deviceConf{ipv4: map[devconf]uint32{confRPFilter: 2}}, lo: deviceConf{ipv4: map[devconf]uint32{confRPFilter: 1}}},
		{name: "less for all cannot be had",
			list: []Sysctl{{"net.ipv4.conf.all.rp_filter", "0"}, {"net.ipv4.conf.all.forwarding", "0"}},
			eth0: deviceConf{ipv4: map[devconf]uint32{confForwarding: 0}}, lo: deviceConf{ipv4: map[devconf]uint32{confForwarding: 0}},
			rest: []Sysctl{{"net.ipv4.conf.all.rp_filter", "0"}}},
		{name: "IPv6",
			list: []Sysctl{{"net.ipv6.conf.eth0.disable_ipv6", "1"}, {"net.ipv6.conf.lo.disable_ipv6", "0"}},
			eth0: deviceConf{ipv4: map[devconf]uint32{}, noIPv6: true}, lo: deviceConf{ipv4: map[devconf]uint32{}},
			rest: []Sysctl{{"net.ipv6.conf.lo.disable_ipv6", "0"}}},
		{name: "what interfaces do not have",
			list: []Sysctl{{"net.bridge.bridge-nf-call-iptables", "0"}, {"net.ipv4.conf.eth1.forwarding", "1"}, {"net.ipv4.conf.eth0.mc_forwarding", "1"}, {"net.ipv4.ip_forward", "yes"}},
			eth0: deviceConf{ipv4: map[devconf]uint32{}}, lo: deviceConf{ipv4: map[devconf]uint32{}},
			rest: []Sysctl{{"net.bridge.bridge-nf-call-iptables", "0"}, {"net.ipv4.conf.eth1.forwarding", "1"}, {"net.ipv4.conf.eth0.mc_forwarding", "1"}, {"net.ipv4.ip_forward", "yes"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			conf, rest := perDevice(c.list, []string{"lo", "eth0"})
			if want := map[string]*deviceConf{"lo": &c.lo, "eth0": &c.eth0}; !reflect.DeepEqual(conf, want) {
				t.Errorf("eth0 %+v, lo %+v; want %+v, %+v", conf["eth0"], conf["lo"], c.eth0, c.lo)
			}
			if !reflect.DeepEqual(rest, c.rest) {
				t.Errorf("rest %v, want %v", rest, c.rest)
			}
		})
	}
}
