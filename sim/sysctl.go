package sim

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// A scenario may set kernel parameters that are instructive and per network namespace:
// the kernel keeps their values in struct net or its members. That a parameter is
// writable in a namespace proves nothing: net.netfilter.nf_hooks_lwtunnel switches the
// whole machine, permanently. Parameters that cost memory or write to the machine's log
// (log_martians) are excluded, too.

// tunable is one of these parameters. An asterisk in its key stands for an interface.
type tunable struct {
	key   string
	value value
}

// value is the range of a parameter: a whole number, or a pair in ascending order.
type value struct {
	low, high int
	two       bool
}

var (
	onOff   = value{0, 1, false}
	seconds = value{1, 432000, false}
	times   = value{0, 127, false}
)

func to(high int) value { return value{0, high, false} }

// tunables returns all of them, in documentation order.
var tunables = sync.OnceValue(listTunables)

func listTunables() []tunable {
	var list []tunable
	add := func(prefix string, v value, names ...string) {
		for _, name := range names {
			list = append(list, tunable{prefix + name, v})
		}
	}
	add("net.ipv4.", onOff, "ip_forward", "ip_nonlocal_bind", "ip_forward_use_pmtu", "ip_forward_update_priority",
		"icmp_echo_ignore_all", "icmp_echo_ignore_broadcasts", "icmp_ignore_bogus_error_responses", "icmp_errors_use_inbound_ifaddr")
	add("net.ipv4.", value{1, 255, false}, "ip_default_ttl")
	add("net.ipv4.", to(3), "ip_no_pmtu_disc")
	add("net.ipv4.", value{1, 65535, true}, "ip_local_port_range")
	add("net.ipv4.", to(65535), "ip_unprivileged_port_start", "icmp_ratelimit")
	add("net.ipv4.", onOff, "tcp_sack", "tcp_dsack", "tcp_window_scaling", "tcp_rfc1337", "tcp_abort_on_overflow",
		"tcp_slow_start_after_idle", "tcp_no_metrics_save", "tcp_autocorking")
	add("net.ipv4.", to(2), "tcp_ecn", "tcp_timestamps", "tcp_syncookies", "tcp_mtu_probing", "tcp_tw_reuse")
	add("net.ipv4.", value{1, 127, false}, "tcp_syn_retries")
	add("net.ipv4.", times, "tcp_synack_retries", "tcp_retries1", "tcp_retries2", "tcp_orphan_retries")
	add("net.ipv4.", value{1, 127, false}, "tcp_keepalive_probes")
	add("net.ipv4.", value{1, 32767, false}, "tcp_keepalive_time", "tcp_keepalive_intvl")
	add("net.ipv4.", value{1, 3600, false}, "tcp_fin_timeout")
	add("net.ipv4.", value{48, 65535, false}, "tcp_base_mss", "tcp_min_snd_mss")

	add("net.ipv4.conf.*.", onOff, "forwarding", "proxy_arp", "proxy_arp_pvlan", "arp_filter", "arp_notify", "route_localnet", "accept_local",
		"send_redirects", "accept_redirects", "secure_redirects", "shared_media", "accept_source_route",
		"src_valid_mark", "promote_secondaries", "ignore_routes_with_linkdown")
	add("net.ipv4.conf.*.", to(2), "rp_filter", "arp_announce", "arp_accept")
	add("net.ipv4.conf.*.", to(8), "arp_ignore")
	add("net.ipv6.", onOff, "bindv6only", "ip_nonlocal_bind")
	add("net.ipv6.conf.*.", onOff, "disable_ipv6", "forwarding", "accept_redirects", "autoconf", "proxy_ndp")
	add("net.ipv6.conf.*.", to(2), "accept_ra", "accept_dad")
	add("net.ipv6.conf.*.", to(10), "dad_transmits", "router_solicitations")
	add("net.ipv6.conf.*.", value{1, 255, false}, "hop_limit")
	for _, neigh := range []string{"net.ipv4.neigh.*.", "net.ipv6.neigh.*."} {
		add(neigh, to(10), "mcast_solicit", "ucast_solicit", "mcast_resolicit")
		add(neigh, value{10, 3600_000, false}, "base_reachable_time_ms", "retrans_time_ms")
		add(neigh, seconds, "gc_stale_time", "delay_first_probe_time")
	}
	add("net.bridge.", onOff, "bridge-nf-call-iptables", "bridge-nf-call-ip6tables", "bridge-nf-call-arptables",
		"bridge-nf-filter-vlan-tagged", "bridge-nf-filter-pppoe-tagged", "bridge-nf-pass-vlan-input-dev")
	add("net.netfilter.nf_conntrack_", onOff, "acct", "checksum", "timestamp", "tcp_be_liberal", "tcp_loose", "tcp_ignore_invalid_rst")
	add("net.netfilter.nf_conntrack_", times, "tcp_max_retrans")
	add("net.netfilter.nf_conntrack_", seconds, "generic_timeout", "icmp_timeout", "icmpv6_timeout", "udp_timeout", "udp_timeout_stream",
		"tcp_timeout_syn_sent", "tcp_timeout_syn_recv", "tcp_timeout_established", "tcp_timeout_fin_wait", "tcp_timeout_close_wait",
		"tcp_timeout_last_ack", "tcp_timeout_time_wait", "tcp_timeout_close", "tcp_timeout_max_retrans", "tcp_timeout_unacknowledged")
	add("net.core.", value{1, 65535, false}, "somaxconn")
	return list
}

// find returns the tunable of a parameter, and the interface in its key, if any.
// Interface names may contain dots.
func (s Sysctl) find() (_ tunable, device string, ok bool) {
	for _, t := range tunables() {
		before, after, star := strings.Cut(t.key, "*")
		switch {
		case !star && s.Key == t.key:
			return t, "", true
		case star && len(s.Key) > len(before)+len(after) && strings.HasPrefix(s.Key, before) && strings.HasSuffix(s.Key, after):
			return t, s.Key[len(before) : len(s.Key)-len(after)], true
		}
	}
	return tunable{}, "", false
}

// device returns the interface in the parameter's key, "all", "default", or "".
func (s Sysctl) device() string {
	_, device, _ := s.find()
	return device
}

// check returns an error if a node with these interfaces cannot have this parameter.
func (s Sysctl) check(interfaces map[string]bool) error {
	t, device, ok := s.find()
	general := strings.Contains(t.key, ".conf.") && (device == "all" || device == "default")
	switch {
	case !ok:
		return fmt.Errorf("%q is not one of the parameters that can be set (docs/scenarios.md lists them)", s.Key)
	case device != "" && device != "lo" && !general && !interfaces[device]:
		return fmt.Errorf("%q: there is no interface %q", s.Key, device)
	}
	if err := t.value.check(s.Value); err != nil {
		return fmt.Errorf("%s: %w", s.Key, err)
	}
	return nil
}

func (v value) check(text string) error {
	words := strings.Fields(text)
	want, count := "a whole number", 1
	if v.two {
		want, count = "two whole numbers, in order,", 2
	}
	before := v.low
	ok := len(words) == count
	for _, w := range words {
		n, err := strconv.Atoi(w)
		ok = ok && err == nil && n >= before && n <= v.high
		before = n
	}
	if !ok {
		return fmt.Errorf("%q is not %s from %d to %d", text, want, v.low, v.high)
	}
	return nil
}

// path is the parameter's file. An interface's name is one path element, even if it
// contains dots.
func (s Sysctl) path() string {
	t, device, ok := s.find()
	if !ok || device == "" {
		return sysctlPath(s.Key)
	}
	before, after, _ := strings.Cut(t.key, "*")
	return sysctlPath(before) + device + strings.ReplaceAll(after, ".", "/")
}

// sysctlPath is the file of a parameter whose key has no interface.
func sysctlPath(key string) string {
	return "/proc/sys/" + strings.ReplaceAll(key, ".", "/")
}
