package docker

import (
	"net/netip"
	"strconv"
	"strings"

	"tracer/sim"
	"tracer/sim/iptables"
	"tracer/sim/nft"
)

// nftTable is the name of Docker's tables: one for each family, even if no network has it.
const nftTable = "docker-bridges"

// What the names of chains begin with: those of packets that enter or leave a network, to which a
// map named with jumps leads from the bridge's name, and that of published ports.
const (
	forwardIn, forwardOut         = "filter-forward-in", "filter-forward-out"
	postroutingIn, postroutingOut = "nat-postrouting-in", "nat-postrouting-out"
	natPublished                  = "nat-prerouting-and-output"
	jumps                         = "-jumps"
)

// nftWriter composes the nftables rules of a plan, but not the policy of FORWARD: with this backend,
// dockerd leaves forwarding to the administrator. Within a chain, dockerd groups its rules; the
// rules of a group are in the order in which they were added.
type nftWriter struct {
	plan
	table  *nft.Table
	groups map[string]map[group][]string // by chain
}

// group is a group of rules in a chain.
type group int

const (
	initial group = iota // what has no group of its own
	marked               // --bridge-accept-fwmark
	among                // between the containers of a network
	ports                // published ports
	rest                 // everything else
)

func writeNFT(to *sim.Node, plans []plan) {
	var out nft.Ruleset
	for _, p := range plans {
		w := nftWriter{plan: p}
		out.Tables = append(out.Tables, w.write(nftFamily(p.family)))
	}
	own, _ := to.Nftables.(nft.Ruleset) // nil: none
	to.Nftables = out.With(own)
}

func nftFamily(f iptables.Family) nft.Family {
	if f == iptables.IPv6 {
		return nft.IPv6
	}
	return nft.IPv4
}

// header returns the keyword of the family's header: ip or ip6.
func (w *nftWriter) header() string { return w.table.Family.String() }

// write returns the table of a family.
func (w *nftWriter) write(f nft.Family) nft.Table {
	w.table, w.groups = &nft.Table{Family: f, Name: nftTable}, map[string]map[group][]string{}
	w.base(f)
	for _, n := range w.networks {
		w.network(n)
	}
	for _, a := range w.endpoints {
		w.endpoint(a)
	}
	for i := range w.table.Chains {
		c := &w.table.Chains[i]
		for g := initial; g <= rest; g++ {
			for _, text := range w.groups[c.Name][g] {
				c.Rules = append(c.Rules, nft.MustRule(f, text))
			}
		}
	}
	return *w.table
}

// add adds a rule, whose parts may be empty, to a group of a chain.
func (w *nftWriter) add(chain string, g group, parts ...string) {
	if w.groups[chain] == nil {
		w.groups[chain] = map[group][]string{}
	}
	w.groups[chain][g] = append(w.groups[chain][g], strings.Join(strings.Fields(strings.Join(parts, " ")), " "))
}

// addNew adds a rule unless its group has it.
func (w *nftWriter) addNew(chain string, g group, text string) {
	for _, there := range w.groups[chain][g] {
		if there == text {
			return
		}
	}
	w.add(chain, g, text)
}

// base writes what does not depend on networks.
func (w *nftWriter) base(f nft.Family) {
	for _, name := range []string{forwardIn, forwardOut, postroutingIn, postroutingOut} {
		w.table.Sets = append(w.table.Sets, nft.JumpsByInterface(name+jumps))
	}
	const forward, output, postrouting, prerouting, raw = "filter-FORWARD", "nat-OUTPUT", "nat-POSTROUTING", "nat-PREROUTING", "raw-PREROUTING"
	for _, c := range []struct {
		name, kind, hook string
		priority         int
	}{
		{forward, "filter", "forward", 0}, {output, "nat", "output", -100}, {postrouting, "nat", "postrouting", 100},
		{prerouting, "nat", "prerouting", -100}, {natPublished, "", "", 0}, {raw, "filter", "prerouting", -300},
	} {
		one := nft.Chain{Name: c.name}
		if c.kind != "" {
			one.Base = &nft.Base{Type: c.kind, Hook: c.hook, Priority: c.priority, Policy: nft.Accept}
		}
		w.table.Chains = append(w.table.Chains, one)
	}
	w.add(forward, initial, "oifname vmap @"+forwardIn+jumps)
	w.add(forward, initial, "iifname vmap @"+forwardOut+jumps)
	w.add(postrouting, initial, "iifname vmap @"+postroutingOut+jumps)
	w.add(postrouting, initial, "oifname vmap @"+postroutingIn+jumps)
	const local = "fib daddr type local counter jump " + natPublished
	w.add(prerouting, initial, local)
	loopback := ""
	if w.proxy { // docker-proxy serves the loopback addresses
		loopback = map[nft.Family]string{nft.IPv4: "ip daddr != 127.0.0.0/8", nft.IPv6: "ip6 daddr != ::1"}[f]
	}
	w.add(output, initial, loopback, local)
}

// network writes a network's chains.
func (w *nftWriter) network(n planned) {
	for i, name := range []string{forwardIn, forwardOut, postroutingIn, postroutingOut} {
		chain := name + "__" + n.Bridge
		w.table.Chains = append(w.table.Chains, nft.Chain{Name: chain})
		w.table.Sets[i].Elements = append(w.table.Sets[i].Elements, nft.JumpFrom(n.Bridge, chain))
	}
	in, out, bridge := forwardIn+"__"+n.Bridge, forwardOut+"__"+n.Bridge, `"`+n.Bridge+`"`
	const known = "ct state established,related counter accept"
	w.add(in, initial, known)
	w.add(out, initial, known)
	icc := "accept"
	if n.NoICC {
		icc = "drop"
	}
	if n.Internal {
		w.add(in, initial, "iifname !=", bridge, `counter drop comment "INTERNAL NETWORK INGRESS"`)
		w.add(out, initial, "oifname !=", bridge, `counter drop comment "INTERNAL NETWORK EGRESS"`)
		w.add(in, among, "counter", icc, `comment "ICC"`)
		return
	}
	if w.mark != nil {
		w.add(in, marked, "meta mark", w.mark.text(), `counter accept comment "ALLOW FW MARK"`)
	}
	w.add(in, among, "iifname", bridge, "counter", icc, `comment "ICC"`)
	w.add(out, initial, `counter accept comment "OUTGOING"`)
	if n.mode == NATUnprotected {
		w.add(in, rest, `counter accept comment "UNPROTECTED"`)
	} else {
		w.add(in, rest, `counter drop comment "UNPUBLISHED PORT DROP"`)
	}
	if n.mode == Routed {
		protocol := map[nft.Family]string{nft.IPv4: "ip protocol icmp", nft.IPv6: "meta l4proto ipv6-icmp"}[w.table.Family]
		w.add(in, initial, protocol, `counter accept comment "ICMP"`)
	}
	if !n.NoMasquerade && n.mode != Routed {
		w.add(postroutingOut+"__"+n.Bridge, initial, "oifname !=", bridge, w.header(), "saddr", n.subnet.String(), `counter masquerade comment "MASQUERADE"`)
	}
	if !w.proxy { // otherwise the host's own connections could have the source 127.0.0.1
		w.add(postroutingIn+"__"+n.Bridge, initial, `fib saddr type local counter masquerade comment "MASQUERADE FROM HOST"`)
	}
}

// endpoint writes what a container needs on a network, and its ports.
func (w *nftWriter) endpoint(a endpoint) {
	if a.network.Internal {
		return // it has no ports, and nothing outside reaches it
	}
	if a.network.mode == NAT && !w.direct {
		allowed := `"` + a.network.Bridge + `"`
		if len(a.network.Trusted) > 0 {
			allowed = `{ "` + strings.Join(append([]string{a.network.Bridge}, a.network.Trusted...), `", "`) + `" }`
		}
		w.add("raw-PREROUTING", ports, w.header(), "daddr", a.address.String(), "iifname !=", allowed, `counter drop comment "DROP DIRECT ACCESS"`)
	}
	for _, p := range a.ports {
		w.publish(a, p)
	}
}

// publish writes the rules of one port.
func (w *nftWriter) publish(a endpoint, p Publish) {
	protocol := "tcp"
	if p.UDP {
		protocol = "udp"
	}
	here := protocol + " dport " + strconv.Itoa(int(p.Container))
	to := w.header() + " daddr " + a.address.String()
	if a.network.mode != NATUnprotected {
		w.addNew(forwardIn+"__"+a.network.Bridge, ports, to+" "+here+" counter accept")
	}
	if a.network.mode == Routed || a.relayed(p) {
		return
	}
	skip, at := "", ""
	if w.proxy { // docker-proxy serves the containers
		skip = `iifname != "` + a.network.Bridge + `"`
	}
	if w.table.Family == nft.IPv6 { // such sources are not forwarded (RFC 4291, 2.5.6)
		skip += " ip6 saddr != fe80::/10"
	}
	if p.host().IsValid() {
		at = w.header() + " daddr " + p.Address.String()
	}
	published := protocol + " dport " + strconv.Itoa(int(p.Host))
	w.add(natPublished, initial, skip, at, published, "counter dnat to", netip.AddrPortFrom(a.address, p.Container).String(), `comment "DNAT"`)
	if !w.proxy {
		own := w.header() + " saddr " + a.address.String() + " " + to + " " + here
		w.add(postroutingIn+"__"+a.network.Bridge, initial, own+` counter masquerade comment "MASQ TO OWN PORT"`)
	}
	if p.Address.Is4() && p.Address.IsLoopback() { // ::1 is not routed
		w.add("raw-PREROUTING", ports, `iifname != "lo"`, at, published, `counter drop comment "DROP REMOTE LOOPBACK"`)
	}
}
