package sim

import (
	"os"
	"strings"
	"testing"
)

func TestSysctlCheck(t *testing.T) {
	interfaces := map[string]bool{"eth0": true, "eth0.100": true, "conf": true}
	for _, c := range []struct{ key, value, want string }{
		{"net.ipv4.ip_forward", "1", ""},
		{"net.ipv4.ip_forward", " 0 ", ""},
		{"net.ipv4.ip_forward", "2", `net.ipv4.ip_forward: "2" is not a whole number from 0 to 1`},
		{"net.ipv4.ip_forward", "", "is not a whole number"},
		{"net.ipv4.ip_forward", "1\n1", "is not a whole number"},
		{"net.ipv4.ip_local_port_range", "32768 60999", ""},
		{"net.ipv4.ip_local_port_range", "60999 32768", "is not two whole numbers, in order, from 1 to 65535"},
		{"net.ipv4.ip_local_port_range", "32768", "is not two whole numbers"},
		{"net.ipv4.conf.all.rp_filter", "2", ""},
		{"net.ipv4.conf.default.rp_filter", "1", ""},
		{"net.ipv4.conf.lo.rp_filter", "1", ""},
		{"net.ipv4.conf.eth0.rp_filter", "1", ""},
		{"net.ipv4.conf.eth0.100.rp_filter", "1", ""},
		{"net.ipv4.conf.conf.rp_filter", "1", ""},
		{"net.ipv4.conf.eth1.rp_filter", "1", `there is no interface "eth1"`},
		{"net.ipv4.conf...rp_filter", "1", `there is no interface "."`},
		{"net.ipv4.conf..rp_filter", "1", "is not one of the parameters"},
		{"net.ipv4.conf.../../../kernel.rp_filter", "1", "there is no interface"},
		{"net.ipv4.neigh.all.mcast_solicit", "1", "there is no interface"},
		{"net.netfilter.nf_hooks_lwtunnel", "1", "is not one of the parameters that can be set (docs/scenarios.md lists them)"},
		{"net.netfilter.nf_log.2", "nfnetlink_log", "is not one of the parameters"},
		{"net.ipv4.tcp_congestion_control", "bbr", "is not one of the parameters"},
		{"kernel.core_pattern", "|/bin/sh", "is not one of the parameters"},
		{"net/ipv4/ip_forward", "1", "is not one of the parameters"},
		{"", "", "is not one of the parameters"},
	} {
		err := Sysctl{c.key, c.value}.check(interfaces)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s=%q: %v", c.key, c.value, err)
		}
	}
}

func TestSysctlPath(t *testing.T) {
	for key, want := range map[string]string{
		"net.ipv4.ip_forward":                 "/proc/sys/net/ipv4/ip_forward",
		"net.ipv4.conf.all.rp_filter":         "/proc/sys/net/ipv4/conf/all/rp_filter",
		"net.ipv4.conf.eth0.100.rp_filter":    "/proc/sys/net/ipv4/conf/eth0.100/rp_filter",
		"net.ipv4.conf.conf.rp_filter":        "/proc/sys/net/ipv4/conf/conf/rp_filter",
		"net.ipv4.conf.ipv4.conf.rp_filter":   "/proc/sys/net/ipv4/conf/ipv4.conf/rp_filter",
		"net.ipv6.neigh.a.b.ucast_solicit":    "/proc/sys/net/ipv6/neigh/a.b/ucast_solicit",
		"net.bridge.bridge-nf-call-arptables": "/proc/sys/net/bridge/bridge-nf-call-arptables",
	} {
		if got := (Sysctl{Key: key}).path(); got != want {
			t.Errorf("%s: %s, not %s", key, got, want)
		}
	}
}

// TestSysctlsDocumented: the parameters that a scenario may set are listed where the
// error message says.
func TestSysctlsDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/scenarios.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text2, _ := strings.Cut(string(text), "## Kernel parameters")
	for _, tunable := range tunables() {
		key := tunable.key
		prefix := key[:strings.LastIndex(key, ".")+1]
		_, line, ok := strings.Cut(text2, "`"+prefix+"`")
		line, _, _ = strings.Cut(line, "\n")
		name := strings.TrimPrefix(key, prefix)
		if !ok || !strings.Contains(line, "`"+name+"`") {
			t.Errorf("%s is not in the documentation, in the row of %s", key, prefix)
		}
	}
}
