package netstate

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"tracer/sim/labtest"
	"tracer/sim/netns"
	"tracer/trace"
)

// rounds is the number of random configurations that TestLookup tries, asked the number of
// routes that it looks up in each.
const rounds, asked = 12, 60

// TestLookup: with random routing policies and tables, the lookup finds the same table and
// route as the kernel ("ip route get fibmatch"), or fails for the same reason.
func TestLookup(t *testing.T) {
	ip := labtest.Peer(t, "ip")
	seed := labtest.Seed(t)
	compared := map[string]int{}
	for round := range uint64(rounds) {
		g := &policyGenerator{Rand: labtest.RandomOf(seed + round)}
		ns := g.network(t, ip)
		n := read(t, ns).Node
		for range asked {
			f := g.flow()
			r, ok := n.Lookup(f)
			if f.Out != "" && (!ok || r.Drops()) {
				continue // bound sockets send anyway
			}
			got := describe(&r, ok)
			if slices.Equal(n.Policy, trace.DefaultPolicy(false)) { // the kernel has one table then
				got = strings.Replace(got, "table local", "table main", 1)
			}
			want := ask(t, ns, ip, f, true)
			if got != want {
				t.Errorf("seed %d: %+v:\ntracer: %s\nip:     %s\nrules:  %v", seed+round, f, got, want, n.Policy)
			}
			what, _, _ := strings.Cut(want, ":")
			compared[what]++
			if f.In == "" && ok && !r.Drops() && r.Route.Type == trace.RouteUnicast {
				if way := chosen(t, ns, ip, f); !slices.ContainsFunc(r.Hops, func(h trace.NextHop) bool { return h.Gateway == way.Gateway && h.Interface == way.Interface }) {
					t.Errorf("seed %d: %+v: the kernel goes %s, none of %+v", seed+round, f, way.Short(), r.Hops)
				}
				compared["ways"]++
				if len(r.Hops) > 1 {
					compared["several ways"]++
				}
			}
		}
	}
	t.Logf("%v", compared)
	for _, what := range []string{"table main", "table local", "table 100", "Network is unreachable", "Permission denied", "ways"} {
		if compared[what] == 0 {
			t.Errorf("no route of the kind: %s", what)
		}
	}
}

// describe returns what ip would say.
func describe(r *trace.Routed, ok bool) string {
	switch {
	case !ok, r.Table == 0 && r.Rule.Action == trace.PolicyUnreachable:
		return "Network is unreachable"
	case r.Table == 0 && r.Rule.Action == trace.PolicyBlackhole, r.Route.Type == trace.RouteBlackhole:
		return "Invalid argument"
	case r.Table == 0 && r.Rule.Action == trace.PolicyProhibit, r.Route.Type == trace.RouteProhibit:
		return "Permission denied"
	case r.Route.Type == trace.RouteUnreachable:
		return "No route to host"
	}
	table := fmt.Sprint(r.Table)
	switch r.Table {
	case trace.TableMain:
		table = "main"
	case trace.TableLocal:
		table = "local"
	}
	return "table " + table + ": " + r.Route.String()
}

// chosen asks the kernel for the next hop of a packet that the node itself sends.
func chosen(t *testing.T, ns *netns.Namespace, ip string, f trace.Flowi) trace.Route {
	t.Helper()
	text := answer(t, ns, ip, f, false)
	words := strings.Fields(text)
	end := slices.Index(words, "dev")
	if end < 0 {
		t.Fatalf("ip says %s", text)
	}
	r, err := trace.ParseRoute(strings.Join(slices.DeleteFunc(words[:end+2], func(w string) bool { return w == "table" || w == "tos" || strings.HasPrefix(w, "0x") }), " "))
	if err != nil {
		t.Fatalf("ip says %s: %v", text, err)
	}
	return r
}

// ask asks the kernel for the matching route, or else for the kind of its decision.
func ask(t *testing.T, ns *netns.Namespace, ip string, f trace.Flowi, match bool) string {
	t.Helper()
	text := answer(t, ns, ip, f, match)
	if reason, failed := strings.CutPrefix(text, "RTNETLINK answers: "); failed {
		return reason
	}
	if !match {
		return kind(text)
	}
	words, table := strings.Fields(text), "main"
	for i := 0; i+1 < len(words); i++ {
		if words[i] == "table" {
			table, words = words[i+1], append(words[:i:i], words[i+2:]...)
		}
	}
	r, err := trace.ParseRoute(strings.Join(words, " "))
	if err != nil {
		return text + ": " + err.Error()
	}
	return "table " + table + ": " + r.String()
}

// answer runs "ip route get".
func answer(t *testing.T, ns *netns.Namespace, ip string, f trace.Flowi, match bool) string {
	t.Helper()
	args := []string{"-o", "route", "get"}
	if match {
		args = append(args, "fibmatch")
	}
	args = append(args, f.Destination.String())
	add := func(name, value string) {
		if value != "" && value != "0" {
			args = append(args, name, value)
		}
	}
	if f.Source.IsValid() {
		add("from", f.Source.String())
	}
	add("iif", f.In)
	add("oif", f.Out)
	add("mark", fmt.Sprint(f.Mark))
	add("tos", fmt.Sprintf("%x", f.TOS)) // ip reads hexadecimal numbers
	add("ipproto", fmt.Sprint(f.Protocol))
	add("sport", fmt.Sprint(f.SourcePort))
	add("dport", fmt.Sprint(f.DestinationPort))
	var out []byte
	labtest.Do(t, ns, func() error {
		out, _ = exec.Command(ip, args...).CombinedOutput() // a failure is an answer
		return nil
	})
	return strings.TrimSpace(strings.ReplaceAll(string(out), "\\\t", ""))
}

// policyGenerator makes random routing policies.
type policyGenerator struct{ *rand.Rand }

func pick[V any](g *policyGenerator, list ...V) V { return list[g.IntN(len(list))] }

// network makes a namespace that forwards, with four interfaces, random routes in five
// tables, and random rules. eth2 has no carrier; every other time its routes are not used.
func (g *policyGenerator) network(t *testing.T, ip string) *netns.Namespace {
	ns := labtest.Loopback(t)
	var b strings.Builder
	for i := range 4 {
		fmt.Fprintf(&b, "link add eth%d type veth peer name far%d\naddr add 10.0.%d.1/24 dev eth%d\nlink set eth%d up\n", i, i, i, i, i)
		if i != 2 {
			fmt.Fprintf(&b, "link set far%d up\n", i)
		}
	}
	for range 60 {
		b.WriteString("route append " + g.route() + "\n")
	}
	for range g.IntN(12) {
		b.WriteString("rule add " + g.rule() + "\n")
	}
	labtest.Do(t, ns, func() error {
		cmd := exec.Command(ip, "-force", "-batch", "-")
		cmd.Stdin = strings.NewReader(b.String())
		_ = cmd.Run() // some routes are impossible
		return nil
	})
	write(t, ns, "net/ipv4/ip_forward", "1")
	for _, name := range []string{"all", "eth0", "eth1", "eth2", "eth3"} {
		write(t, ns, "net/ipv4/conf/"+name+"/rp_filter", "0")
	}
	write(t, ns, "net/ipv4/conf/eth2/ignore_routes_with_linkdown", pick(g, "0", "1"))
	return ns
}

// destination returns one of few prefixes, which overlap.
func (g *policyGenerator) destination() string {
	return pick(g, "default", "10.0.0.0/8", "10.7.0.0/16", "10.7.7.0/24", "10.7.7.7", "10.8.0.0/16", "10.8.8.0/24", "10.0.0.128/25", "127.5.0.0/16", "10.0.1.1")
}

func (g *policyGenerator) way() string {
	i := g.IntN(4)
	return pick(g, fmt.Sprintf("via 10.0.%d.%d dev eth%d", i, 2+g.IntN(3), i), fmt.Sprintf("dev eth%d", i), fmt.Sprintf("via 192.0.2.1 dev eth%d onlink", i))
}

func (g *policyGenerator) route() string {
	to, table := g.destination(), pick(g, "main", "main", "100", "101", "1000", "local")
	var way string
	switch {
	case g.IntN(6) == 0 && table != "local":
		to = pick(g, "blackhole ", "unreachable ", "prohibit ", "throw ") + to
	case g.IntN(6) == 0:
		way = "nexthop " + g.way() + " weight 3 nexthop " + g.way()
	default:
		way = g.way()
	}
	if table == "local" { // would hide the others
		to = pick(g, "10.7.7.7", "127.5.0.0/16", "10.0.1.1")
		if g.IntN(6) == 0 {
			return pick(g, "local 10.7.7.8 dev lo table local", "local 10.7.1.0/24 dev eth1 table 100")
		}
	}
	return to + " " + pick(g, "", "", "", "tos 0x10 ") + "table " + table + pick(g, "", "", fmt.Sprintf(" metric %d", g.IntN(4))) + " " + way
}

func (g *policyGenerator) rule() string {
	rule := pick(g, "", "", "", "not ")
	for _, condition := range []string{
		pick(g, "from 20.1.0.0/16", "from 20.0.0.0/8"), pick(g, "to 10.7.0.0/16", "to 10.8.8.8"), pick(g, "iif eth0", "iif eth1", "iif lo"), "oif eth3",
		pick(g, "fwmark 1", "fwmark 0x2/0x3", "fwmark 0/0x4"), "tos 0x10", "ipproto tcp", "ipproto udp dport 53", "sport 1000-2000", "dport 80",
	} {
		if g.IntN(7) == 0 {
			rule += condition + " "
		}
	}
	rule += fmt.Sprintf("priority %d ", g.IntN(180)*200)
	return rule + pick(g, "table 100", "table 101", "table 1000", "table main suppress_prefixlength 0", "table main suppress_prefixlength 16", "table 77",
		"goto 32766", "goto 32767", "nop", "blackhole", "unreachable", "prohibit", "table main", "table 100 suppress_prefixlength 8")
}

func (g *policyGenerator) flow() trace.Flowi {
	f := trace.Flowi{
		Destination: netip.MustParseAddr(pick(g, "10.7.7.7", "10.7.7.8", "10.7.1.1", "10.8.8.8", "10.8.1.1", "10.0.1.7", "10.0.0.200", "10.0.1.1", "10.0.3.255", "8.8.8.8", "10.9.9.9")),
		Mark:        pick[uint32](g, 0, 0, 1, 2, 3, 6), TOS: pick[uint8](g, 0, 0, 0x10, 0x04),
	}
	if g.IntN(3) > 0 {
		f.In, f.Source = fmt.Sprintf("eth%d", g.IntN(4)), netip.MustParseAddr(pick(g, "20.1.2.3", "20.2.2.2", "30.1.1.1"))
	} else {
		f.Out = pick(g, "", "", "eth3", "eth1")
		if f.Out == "" && g.IntN(3) == 0 {
			f.Destination = netip.MustParseAddr("127.5.5.5")
		}
	}
	f.Protocol = pick[uint8](g, 6, 17)
	f.SourcePort, f.DestinationPort = uint16(pick(g, 999, 1000, 1500, 3000)), uint16(pick(g, 53, 80, 443))
	return f
}
