package docker

import (
	"fmt"
	"slices"
)

// Default is the release for scenarios that name none.
const Default = "29"

// release is a release of Docker Engine, as far as networks are concerned.
type release struct {
	version string
	traits
	backend
}

// releases lists what is modeled, the oldest first.
func releases() []release {
	tables, nftables := backend{writeIPTables, resolverIPTables}, backend{writeNFT, resolverNFT}
	return []release{
		{"20.10", stages | returns | skipOwn | masqueradeOwn | addressMACs | movedPeer | internalGateway | withoutIPv6 | linkLocal, tables},
		{"28", forwardChains | stages | skipOwn | closed | sortedPorts | keepAddress | bridgeMTU | filterBridged | hostAsks | signedConf, tables},
		{"29", forwardChains | closed | sortedPorts | keepAddress | bridgeMTU | filterBridged | hostAsks | signedConf | marks | routedAll, tables},
		{"29-nftables", closed | sortedPorts | keepAddress | bridgeMTU | hostAsks | signedConf | marks | routedAll | wholeMarks | masqueradeOnce, nftables},
	}
}

// Versions lists the supported releases.
func Versions() (list []string) {
	for _, r := range releases() {
		list = append(list, r.version)
	}
	return list
}

func findRelease(version string) (release, error) {
	list := releases()
	if i := slices.IndexFunc(list, func(r release) bool { return r.version == version }); i >= 0 {
		return list[i], nil
	}
	return release{}, fmt.Errorf("engine %q is not supported; the releases are %q", version, Versions())
}

// traits is a set of things that some releases do, and others do not.
type traits uint

// The traits of rules. Between 20.10 and 28, direct access to containers was closed and the
// rules for forwarding moved to chains of Docker's own; 29 dropped rules that this had made
// superfluous.
const (
	// forwardChains: rules for forwarding are in DOCKER-FORWARD, DOCKER-CT and DOCKER-BRIDGE,
	// and are appended. Without it, they are in FORWARD itself, and are inserted.
	forwardChains traits = 1 << iota
	// stages: DOCKER-ISOLATION-STAGE-1 and -2 separate networks from each other, and internal
	// networks from the rest. Without it, DOCKER-INTERNAL does the latter, and [closed] the
	// former.
	stages
	// returns: a rule RETURN is at the end of DOCKER-USER and of the stages.
	returns
	// skipOwn: nat DOCKER begins with RETURN for packets of containers, so docker-proxy gets
	// them. Without it, the DNAT rules of other networks apply.
	skipOwn
	// masqueradeOwn: there are rules for containers that connect to a port of their own, even
	// if docker-proxy runs, and so no packet ever matches them.
	masqueradeOwn
	// closed: packets from outside of a network reach its containers through published ports
	// only. Rules in raw drop those that are addressed to a container or, from another
	// machine, to a port that is published at 127.0.0.1; a rule in DOCKER drops the rest.
	closed
	// marks: --bridge-accept-fwmark.
	marks
	// routedAll: a container's published ports are open on all of its routed networks. Without
	// it, on one of its networks only, whatever the modes: see [Engine.first].
	routedAll
	// wholeMarks: labs cannot express how this engine compares parts of marks.
	wholeMarks
	// masqueradeOnce: adding the masquerade rule for a container's own port twice is an error, so
	// without docker-proxy a port can be published only once.
	masqueradeOnce
)

// The traits of everything else.
const (
	// addressMACs: a container's MAC consists of 02:42 and its IPv4 address; those of bridges
	// begin with 02:42, too. Without it, all are random.
	addressMACs traits = 1 << (iota + 16)
	// movedPeer: both ends of a veth pair are created on the host, so the container's end
	// gets an index there and keeps it. Without it, that end is created in the container,
	// where the next index after the loopback's is 2.
	movedPeer
	// internalGateway: containers of internal networks have a default route.
	internalGateway
	// withoutIPv6: there are no rules for IPv6, and containers have no IPv6 at all, unless one of
	// their networks does. Without it, the loopback does.
	withoutIPv6
	// linkLocal: bridges with IPv6 have the address fe80::1, too.
	linkLocal
	// sortedPorts: the ports of a container are sorted. Without it, see [mappedOrder].
	sortedPorts
	// keepAddress: docker-proxy answers datagrams from the address that was asked. Without it,
	// the kernel chooses the address.
	keepAddress
	// bridgeMTU: a bridge has the MTU of its network from the beginning. Without it, the kernel
	// gives it the least of those of its ports, or 1500.
	bridgeMTU
	// filterBridged: without docker-proxy, iptables is made to see what bridges forward.
	filterBridged
	// hostAsks: a container's DNS server asks the host's name servers from the host. It asks
	// none for containers that have only internal networks. If no name server answers, it
	// replies SERVFAIL. Without this trait, queries leave from the container.
	hostAsks
	// signedConf: comments in a container's resolv.conf say where its contents come from.
	signedConf
)

func (t traits) has(one traits) bool { return t&one != 0 }
