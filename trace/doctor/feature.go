package doctor

import "strconv"

// Feature is something needed to build or observe a lab.
type Feature uint8

// The features, in the order in which they are tried: a feature only needs earlier ones.
const (
	UserNamespaces  Feature = iota + 1 // for unprivileged users
	Rights                             // root, or the root of a user namespace
	Namespaces                         // network namespaces
	Parameters                         // a writable /proc/sys
	Veth                               // veth pairs
	Bridge                             // Linux bridges
	NFTables                           // nf_tables with counters, as iptables-nft uses it
	NAT                                // nat chains
	AddrType                           // xt_addrtype: -m addrtype
	TCP                                // xt_tcpudp: -m tcp
	ConntrackMatch                     // xt_conntrack: -m conntrack
	DNAT                               // xt_nat: -j DNAT
	Masquerade                         // xt_MASQUERADE
	PacketSockets                      // AF_PACKET
	RuleTrace                          // nftrace messages over netlink
	ConntrackEvents                    // nf_conntrack_netlink
	TraceConntrack                     // conntrack's attributes in nftrace messages, since Linux 6.16
	BridgeNetfilter                    // br_netfilter
)

var names = [...]string{
	UserNamespaces: "user namespaces", Rights: "rights", Namespaces: "network namespaces", Parameters: "kernel parameters", Veth: "veth", Bridge: "bridge", NFTables: "nf_tables", NAT: "nat",
	AddrType: "addrtype match", TCP: "tcp match", ConntrackMatch: "conntrack match", DNAT: "DNAT target", Masquerade: "MASQUERADE target",
	PacketSockets: "packet sockets", RuleTrace: "rule trace", ConntrackEvents: "conntrack events",
	TraceConntrack: "conntrack in the rule trace", BridgeNetfilter: "br_netfilter",
}

// String returns the name of the feature.
func (f Feature) String() string {
	if f > 0 && int(f) < len(names) {
		return names[f]
	}
	return "feature " + strconv.Itoa(int(f))
}

// Features lists all features.
func Features() (list []Feature) {
	for f := UserNamespaces; int(f) < len(names); f++ {
		list = append(list, f)
	}
	return list
}

// Required reports whether flask-demo cannot run without the feature.
func (f Feature) Required() bool {
	return f != UserNamespaces && f != Parameters && f != TraceConntrack && f != BridgeNetfilter
}

// needs lists the features without which it is pointless to try this one.
func (f Feature) needs() []Feature {
	switch f {
	case UserNamespaces, Rights:
		return nil
	case Namespaces:
		return []Feature{Rights}
	case NAT, RuleTrace:
		return []Feature{Namespaces, NFTables}
	case AddrType, TCP, ConntrackMatch, DNAT, Masquerade:
		return []Feature{Namespaces, NFTables, NAT}
	case TraceConntrack:
		return []Feature{Namespaces, NFTables, NAT, RuleTrace}
	case ConntrackEvents:
		return []Feature{Namespaces, NFTables, NAT, Masquerade}
	case BridgeNetfilter:
		return []Feature{Namespaces, Bridge}
	}
	return []Feature{Namespaces}
}
