package iptables

// matchKinds and targetKinds list the matches and targets that the engine knows. To add one,
// write its file and name it here.
var (
	matchKinds = []extension{
		tcpKind, udpKind, icmpKind, icmp6Kind, addrTypeKind, commentKind, connMarkKind, connTrackKind, dscpKind, hopLimitKind, ipRangeKind, lengthKind, limitKind,
		macKind, markKind, multiportKind, ownerKind, packetTypeKind, recentKind, stateKind, statisticKind, stringKind, mssKind, tosKind, ttlKind,
	}
	targetKinds = []extension{
		setConnMarkKind, dnatKind, setDSCPKind, setHopLimitKind, logKind, setMarkKind, masqueradeKind, netmapKind, redirectKind, rejectKind, snatKind,
		setMSSKind, setTOSKind, setTTLKind,
	}
)

// find returns the match or target with a name in a family, or nil.
func find(list []extension, f Family, name string) extension {
	for _, e := range list {
		if e.in(f) && e.title() == name {
			return e
		}
	}
	return nil
}

// names lists those of a family.
func names(list []extension, f Family) (names []string) {
	for _, e := range list {
		if e.in(f) {
			names = append(names, e.title())
		}
	}
	return names
}

// decodeMatch reads an xtables match. It returns an [Opaque] unless it knows the meaning of
// every bit.
func decodeMatch(x xtension, of Protocol) Match {
	if e := find(matchKinds, x.family, x.name); e != nil {
		if m, ok := e.decode(x, of); ok {
			return m.(Match)
		}
	}
	return Opaque{XtMatch, x.name, x.revision}
}

// decodeTarget reads an xtables target, like decodeMatch.
func decodeTarget(x xtension, of Protocol) Target {
	if e := find(targetKinds, x.family, x.name); e != nil {
		if t, ok := e.decode(x, of); ok {
			return t.(Target)
		}
	}
	return Opaque{XtTarget, x.name, x.revision}
}
