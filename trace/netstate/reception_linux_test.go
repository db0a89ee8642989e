package netstate

import (
	"fmt"
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"tracer/sim/labtest"
	"tracer/trace"
)

// TestReversePath: an interface's effective rp_filter is the greater of its own and that of
// "all"; other parameters are on if either is.
func TestReversePath(t *testing.T) {
	ns := newNetwork(t)
	for _, c := range []struct{ all, own, want uint8 }{{0, 0, 0}, {0, 1, 1}, {1, 0, 1}, {1, 2, 2}, {2, 1, 2}, {2, 0, 2}} {
		write(t, ns, "net/ipv4/conf/all/rp_filter", fmt.Sprint(c.all))
		write(t, ns, "net/ipv4/conf/eth0/rp_filter", fmt.Sprint(c.own))
		n := read(t, ns).Node
		if got := n.Interface("eth0").ReversePath; got != c.want {
			t.Errorf("all %d, own %d: %d", c.all, c.own, got)
		}
	}
	for name, get := range map[string]func(*trace.Interface) bool{
		"accept_local":   func(i *trace.Interface) bool { return i.AcceptLocal },
		"src_valid_mark": func(i *trace.Interface) bool { return i.ReverseByMark },
	} {
		for _, c := range []struct {
			all, own string
			want     bool
		}{{"0", "0", false}, {"0", "1", true}, {"1", "0", true}} {
			write(t, ns, "net/ipv4/conf/all/"+name, c.all)
			write(t, ns, "net/ipv4/conf/eth0/"+name, c.own)
			if n := read(t, ns).Node; get(n.Interface("eth0")) != c.want {
				t.Errorf("%s: all %s, own %s: not %v", name, c.all, c.own, c.want)
			}
		}
	}
}

// TestLinkState: which interfaces are up and connected, as ip lists them, and the settings of
// bridges and their ports.
func TestLinkState(t *testing.T) {
	ns := newNetwork(t)
	run(t, ns, "ip link set far0 down\nip link set veth1 type bridge_slave hairpin on\nip link set docker0 promisc on")
	n := read(t, ns).Node
	for _, l := range list[struct {
		Name  string   `json:"ifname"`
		Flags []string `json:"flags"`
	}](t, ns, "ip -j link") {
		up, connected := slices.Contains(l.Flags, "UP"), slices.Contains(l.Flags, "LOWER_UP")
		if i := n.Interface(l.Name); i.Down == up || i.NoCarrier != (up && !connected) {
			t.Errorf("%s: %+v, and ip says %v", l.Name, i.Reception, l.Flags)
		}
	}
	if !n.Interface("eth0").NoCarrier || !n.Interface("veth2").Down {
		t.Errorf("%+v", n.Interfaces)
	}
	if !n.Interface("veth1").Hairpin || n.Interface("eth0").Hairpin {
		t.Error("hairpin")
	}
	if !n.Interface("docker0").Promiscuous || n.Interface("eth0").Promiscuous || n.Interface("veth1").Promiscuous {
		t.Error("promiscuous")
	}
	path, failed := labtest.Peer(t, "ip"), false
	labtest.Do(t, ns, func() error {
		failed = exec.Command(path, "link", "set", "docker0", "type", "bridge", "nf_call_iptables", "1").Run() != nil
		return nil
	})
	if n := read(t, ns).Node; n.Interface("docker0").BridgeNetfilter == failed {
		t.Errorf("nf_call_iptables: %+v; ip failed: %v", n.Interface("docker0"), failed)
	}
}

// TestGroups: the multicast groups of the interfaces are those that ip lists.
func TestGroups(t *testing.T) {
	ns := newNetwork(t)
	run(t, ns, "ip addr add 239.1.2.3/32 dev eth0 autojoin")
	n := read(t, ns).Node
	compared := 0
	for _, l := range list[struct {
		Name   string `json:"ifname"`
		Groups []struct {
			Address string `json:"address"`
		} `json:"maddr"`
	}](t, ns, "ip -j maddr") {
		var want []netip.Addr
		for _, g := range l.Groups {
			if a, err := netip.ParseAddr(g.Address); err == nil {
				want = append(want, a)
			}
		}
		got := slices.Clone(n.Interface(l.Name).Groups)
		slices.SortFunc(got, netip.Addr.Compare)
		slices.SortFunc(want, netip.Addr.Compare)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v; ip says %v", l.Name, got, want)
		}
		compared += len(want)
	}
	if i := n.Interface("eth0"); compared < 10 || !i.Joined(netip.MustParseAddr("239.1.2.3")) || i.Joined(netip.MustParseAddr("239.1.2.4")) {
		t.Errorf("%d groups, %v", compared, i.Groups)
	}
}

// TestGroupsText: lines of other forms are skipped, and a name can be anything.
func TestGroupsText(t *testing.T) {
	joined := map[int][]netip.Addr{}
	groups4("Idx\tDevice\n\t\t\t\t010000E0 1\nx\ty\n\t\t\t\t010000E0 1\n7\t\u2003a b : 1\n\t\t\t\tzz\n\n\t\t\t\t010000E0     1 0:00000000\t\t0\n", joined)
	groups6("7 \u2003 a ff020000000000000000000000000001 1 0000000C 0\nx\n7 a ff02 1 0 0\n", joined)
	if want := []netip.Addr{netip.MustParseAddr("224.0.0.1"), netip.MustParseAddr("ff02::1")}; len(joined) != 1 || !slices.Equal(joined[7], want) {
		t.Errorf("%v", joined)
	}
}

// TestLegacyTables: the tables of the older iptables are known by name.
func TestLegacyTables(t *testing.T) {
	ns := newNetwork(t)
	if n := read(t, ns).Node; len(n.LegacyTables) > 0 {
		t.Errorf("%v", n.LegacyTables)
	}
	path := labtest.Peer(t, "iptables-legacy")
	var out []byte
	var err error
	labtest.Do(t, ns, func() error {
		out, err = exec.Command(path, "-t", "mangle", "-A", "FORWARD", "-j", "DROP").CombinedOutput()
		return nil
	})
	if err != nil {
		t.Skipf("this kernel has only nf_tables: %v: %s", err, out)
	}
	if n := read(t, ns).Node; !slices.Equal(n.LegacyTables, []string{"mangle"}) || len(n.Rules) > 0 {
		t.Errorf("%v, %v", n.LegacyTables, n.Rules)
	}
}

// TestRouteForms: routes of all tables are written as ip writes them.
func TestRouteForms(t *testing.T) {
	ip, seed := labtest.Peer(t, "ip"), labtest.Seed(t)
	for round := range uint64(3) {
		g := &policyGenerator{Rand: labtest.RandomOf(seed + round)}
		ns := g.network(t, ip)
		before := written(read(t, ns).Node)
		listed := strings.Split(strings.TrimSpace(strings.ReplaceAll(run(t, ns, "ip -o -4 route show table all"), "\\\t", "")), "\n")
		for i, line := range listed {
			words := strings.Fields(line)
			if k := slices.Index(words, "table"); k >= 0 {
				words = slices.Delete(words, k, k+2)
			}
			listed[i] = strings.Join(words, " ")
		}
		slices.Sort(listed)
		if !slices.Equal(before, listed) {
			t.Errorf("%s\nip says\n%s", strings.Join(before, "\n"), strings.Join(listed, "\n"))
		}
		if len(before) < 40 {
			t.Errorf("%d routes", len(before))
		}
	}
}

// written returns all routes as text, sorted.
func written(n trace.Node) (out []string) {
	add := func(list []trace.Route) {
		for _, r := range list {
			if r.Destination.Addr().Is4() {
				out = append(out, r.String())
			}
		}
	}
	add(n.Routes)
	for _, table := range n.Tables {
		add(table.Routes)
	}
	slices.Sort(out)
	return out
}
