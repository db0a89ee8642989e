package iptables

// matchKinds and targetKinds list the matches and targets that the engine knows. To add one,
// write its file and name it here.
var (
	matchKinds = []extension{
		tcpKind, udpKind, icmpKind, addrTypeKind, commentKind, connMarkKind, connTrackKind, dscpKind, ipRangeKind, lengthKind, limitKind,
		macKind, markKind, multiportKind, ownerKind, packetTypeKind, recentKind, stateKind, statisticKind, stringKind, mssKind, tosKind, ttlKind,
	}
	targetKinds = []extension{
		setConnMarkKind, dnatKind, setDSCPKind, logKind, setMarkKind, masqueradeKind, netmapKind, redirectKind, rejectKind, snatKind,
		setMSSKind, setTOSKind, setTTLKind,
	}
)

func find(list []extension, name string) extension {
	for _, e := range list {
		if e.title() == name {
			return e
		}
	}
	return nil
}

func names(list []extension) (names []string) {
	for _, e := range list {
		names = append(names, e.title())
	}
	return names
}

// decodeMatch reads an xtables match. It returns an [Opaque] unless it knows the meaning of
// every bit.
func decodeMatch(x xtension, of Protocol) Match {
	if e := find(matchKinds, x.name); e != nil {
		if m, ok := e.decode(x, of); ok {
			return m.(Match)
		}
	}
	return Opaque{XtMatch, x.name, x.revision}
}

// decodeTarget reads an xtables target, like decodeMatch.
func decodeTarget(x xtension, of Protocol) Target {
	if e := find(targetKinds, x.name); e != nil {
		if t, ok := e.decode(x, of); ok {
			return t.(Target)
		}
	}
	return Opaque{XtTarget, x.name, x.revision}
}
