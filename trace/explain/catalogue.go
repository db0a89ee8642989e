package explain

// message is the key of a sentence in a catalogue.
type message int

// catalogue holds a language's sentences. They are formats of package fmt; the
// arguments are numbered, because languages put them in different orders.
type catalogue [messages]string

const (
	byRule message = iota
	byRuleEntry
	byConntrack
	byConntrackReverse
	byUnknownRule
	earlierPacket
	background
	byRoute
	byOwnMAC
	byNeighbour
	inferred
	atHook
	unchanged
	noNAT
	noMatch
	detour
	ruleOf
	newEthernet
	delivered
	droppedByRule
	droppedByPolicy
	notForwarded
	notForwardedBy
	noRoute
	tooBig
	martian
	unseen
	unseenOutside
	captureEnded
	ambiguous
	doubtful
	packets
	onePacket
	onlyFrames
	onlyConntrack
	missedFrames
	unkeptFrames
	missedSteps
	missedEvents
	strayFrames
	undecodedFrames
	hidden
	hiddenOne
	answer
	longAnswer
	nothingMissed
	allDelivered
	someDelivered
	counterTitle
	connectionTitle
	association
	associationByEnds
	inState
	entryState
	entryStateOnly
	left
	savedIn
	notSaved
	told
	notTold
	missed
	missedNothing
	missedUnknown
	proxied
	proxiedOn
	proxiedUnseen
	proxiedOnUnseen
	inferredNAT
	inferredReverse
	inferredSource
	inferredRouter
	inferredRouters
	inferredLink
	unseenOthers
	leftAt
	hopOf
	notFollowed
	leftSurvey
	surveyed
	pointTitle
	mappingTitle
	unknownMapping
	noMappings
	mappingPorts
	mappingPlace
	connections
	oneConnection
	pathTitle
	otherPaths
	strideTitle
	lossTitle
	lossLine
	lossPassed
	lossQuiet
	lossPassedQuiet
	noLosses
	repeatedTitle
	resetTitle
	ambiguousTitle
	unsortedLine
	cutLine
	limitSightings
	limitRivals
	limitForms
	limitGaps
	limitOrdered
	limitQuiet
	limitPoints
	limitNames
	limitClock
	limitTimes
	limitPaths
	limitJourneys
	limitFrames
	limitOther
	clockKnown
	clockBound
	clockAlone
	clockSetBack
	undecodedAt
	undecodedLink
	snappedAt
	disorderAt
	shownFiltered
	toAll
	drillDown
	keptSome
	shownOf
	inContainer
	fitForLabs
	unfitForLabs
	needsFeature
	noTerminal
	terminalSize
	terminalSmall
	terminalColours
	terminalPlain
	terminalASCII
	terminalUTF8
	original
	reply
	firstSeen
	firstCaptured
	onTheWay
	onTheWire
	inside
	insideAfter
	unchangedIP
	chainEnd
	ruleNumber
	messages // their number
)

// english is the catalogue that the others follow.
var english = catalogue{
	byRule:             "by this %[1]s rule",
	byRuleEntry:        "by this %[1]s rule; conntrack entry created",
	byConntrack:        "by conntrack%[1]s: the same as %[3]s's %[2]s",
	byConntrackReverse: "by conntrack%[1]s: the reverse of %[3]s's %[2]s",
	byUnknownRule:      "by conntrack%[1]s; what made the entry was not recorded",
	earlierPacket:      "an earlier packet",
	background:         "background %[1]d",
	byRoute:            "by routing: %[1]s",
	byOwnMAC:           "%[1]s's own address",
	byNeighbour:        "the neighbour entry of %[1]s",
	inferred:           "inferred: seen to change, not by whom",
	atHook:             " at %[1]s",
	unchanged:          "unchanged",
	noNAT:              "no nat rule was evaluated",
	noMatch:            "no rule matched: policy %[1]s",
	detour:             "%[1]s: returned",
	ruleOf:             "%[1]s met: %[2]s",
	newEthernet:        "new Ethernet header",
	delivered:          "delivered to %[1]s",
	droppedByRule:      "dropped by %[1]s at %[2]s, by the rule %[3]s",
	droppedByPolicy:    "dropped by %[1]s at %[2]s: no rule of %[3]s accepted it, and its policy is drop",
	notForwarded:       "dropped by %[1]s after prerouting: it was for another machine, and net.ipv4.ip_forward is 0",
	notForwardedBy:     "dropped by %[1]s after prerouting: it was for another machine, and net.ipv4.conf.%[2]s.forwarding is 0",
	noRoute:            "dropped by %[1]s after prerouting: it has no route to %[2]s",
	tooBig:             "dropped by %[1]s after prerouting: too big for %[3]s (%[2]d bytes, MTU %[4]d), and DF is set",
	martian:            "dropped by %[1]s after prerouting, as a martian: for %[2]s by %[3]s, which is not the loopback (route_localnet is 0)",
	unseen:             "not seen any more after %[1]s",
	unseenOutside:      "not seen on any interface",
	captureEnded:       "; the capture ended there",
	ambiguous:          "ambiguous: may be %[1]s, which is equal in every byte",
	doubtful:           "ambiguous: these steps may be those of an equal packet",
	packets:            "%[1]d packets",
	onePacket:          "1 packet",
	onlyFrames:         "no rule trace of this packet, and no conntrack entry",
	onlyConntrack:      "no rule trace of this packet; the conntrack entry tells",
	missedFrames:       "%[1]d frames were missed: the kernel dropped them before they were read",
	unkeptFrames:       "%[1]d frames arrived after the recording was full and are not in it",
	missedSteps:        "rule steps were missed (gaps: %[1]d): what is shown of rules is not complete",
	missedEvents:       "connection events were missed (gaps: %[1]d)",
	strayFrames:        "%[1]d frames were on interfaces that appeared during the run",
	undecodedFrames:    "%[1]d frames could not be decoded",
	hidden:             "%[1]d packets that the nodes send by themselves (IPv6 discovery, multicast reports) are not shown",
	hiddenOne:          "1 packet that a node sent by itself (IPv6 discovery, multicast reports) is not shown",
	longAnswer:         "%[1]s ... (%[2]d characters in all)",
	answer:             "%[1]s asked %[2]s and got %[3]s",
	nothingMissed:      "nothing missed",
	allDelivered:       "all delivered",
	someDelivered:      "%[1]d delivered, %[2]d not",
	counterTitle:       "nat rules of %[1]s, and the packets each has counted",
	connectionTitle:    "connections that conntrack translated",
	association:        "%[1]s's conntrack said so at the hook: entry %[2]d, %[3]s direction%[4]s",
	associationByEnds:  "found by its addresses: %[1]s's entry %[2]d, %[3]s direction%[4]s",
	inState:            ", state %[1]s",
	entryState:         "%[1]s when this packet passed; in the end %[2]s",
	entryStateOnly:     "in the end %[1]s",
	left:               "%[1]s: %[2]s, %[3]s",
	savedIn:            "; saved in %[1]s",
	told:               "the sender is told by an ICMP error: %[1]s",
	notTold:            "the sender is told nothing",
	missed:             "%[1]s does not hold: it is %[2]s",
	missedNothing:      "%[1]s does not hold: there is none",
	missedUnknown:      "which condition did not hold cannot be told",
	proxied:            "docker-proxy on %[1]s took %[2]s's connection, and opened this one for it",
	proxiedOn:          "docker-proxy on %[1]s takes this connection, and opens another for it: %[2]s",
	proxiedUnseen:      "docker-proxy on %[1]s accepted a connection whose packets are not in this trace, and opened this one for it",
	proxiedOnUnseen:    "docker-proxy on %[1]s accepts this connection and opens another for it, whose packets are not in this trace",
	inferredNAT:        "inferred: %[1]s, as %[2]s is from the end that asked",
	inferredReverse:    "inferred: the reverse of %[2]s's %[1]s",
	inferredSource:     "SNAT or MASQUERADE",
	inferredRouter:     "inferred: a router passed it on",
	inferredRouters:    "inferred: %[1]d routers passed it on",
	inferredLink:       "inferred: sent anew on another link",
	unseenOthers:       "not seen any more after %[1]s; others of its kind went on to %[2]s",
	leftSurvey:         "%[1]s: %[2]s",
	hopOf:              "hop %[1]d of %[2]d of %[3]s, %[4]s, %[5]s",
	notFollowed:        "of no packet that was followed",
	leftAt:             "seen last at %[1]s",
	surveyed:           "%[1]s of %[2]s, seen %[3]d times in %[4]s",
	pointTitle:         "captured at",
	mappingTitle:       "addresses translated; DNAT or SNAT is inferred from which end asked",
	noMappings:         "no address was seen to be translated",
	unknownMapping:     "NAT",
	mappingPorts:       "%[1]d of them with another port",
	mappingPlace:       "between %[1]s and %[2]s",
	connections:        "%[1]d connections",
	oneConnection:      "1 connection",
	pathTitle:          "ways of packets that were for one receiver, in the order in which they were seen",
	otherPaths:         "by other ways",
	strideTitle:        "time from one point to the next",
	lossTitle:          "seen here, and never there where others of their kind were seen",
	lossLine:           "seen at %[1]s, never at %[2]s",
	lossPassed:         "seen before and after %[2]s, not captured there",
	lossQuiet:          "seen at %[1]s, not at %[2]s, where nothing at all was captured then",
	lossPassedQuiet:    "seen before and after %[2]s, where nothing at all was captured then",
	noLosses:           "every packet was seen as far as others of its kind",
	repeatedTitle:      "retransmissions, of what packets before had carried already: %[1]d",
	resetTitle:         "resets: %[1]d",
	ambiguousTitle:     "ambiguous, being equal in every byte to others under way at the same time: %[1]d",
	cutLine:            "given up early, as more packets were under way than are kept track of: %[1]d; some may be counted twice",
	unsortedLine:       "%[1]d conversations, mappings or ways are beyond what is kept apart",
	limitSightings:     "a packet is followed through at most %[1]d sightings; %[2]d times, later ones are shown as another packet",
	limitRivals:        "at most %[1]d other packets are named for an ambiguous sighting; %[2]d are left out",
	limitForms:         "a connection is recognized by at most %[1]d pairs of addresses; %[2]d packets had others",
	limitGaps:          "at most %[1]d gaps are remembered per stream; %[2]d were forgotten, so some packets may not be retransmissions",
	limitOrdered:       "with more than %[1]d places, packets with equal times at the %[2]d others stay in the order of the files",
	limitQuiet:         "with more than %[1]d places, it is unknown which captures had ended when a packet was lost",
	limitPoints:        "at most %[1]d interfaces are distinguished per file; %[2]d packets of others are shown at a single one",
	limitNames:         "interface names are cut after %[1]d bytes; %[2]d were longer",
	limitClock:         "clocks were set back more than %[1]d times or by a century; the times of %[2]d packets are not corrected",
	limitTimes:         "times before 1970 or after %[1]d cannot be shown; %[2]d packets have the nearest possible time",
	limitPaths:         "%[2]d packets took paths beyond the %[1]d that are distinguished",
	limitJourneys:      "packets are shown up to %[1]d bytes of memory; %[2]d are left out",
	limitFrames:        "frames are kept whole up to %[1]d bytes in total; %[2]d more are cut to their beginning",
	limitOther:         "the limit %[1]q of %[2]d was reached, with %[3]d beyond",
	clockKnown:         "its clock is corrected by %[1]s, ± %[2]s, as %[3]d packets that others captured too show",
	clockBound:         "its clock is corrected by %[1]s or more, as %[2]d packets show, which all went one way",
	clockSetBack:       "its clock was set back by %[1]s; times go on as if it had not been",
	clockAlone:         "no packet in common with another file: its clock is taken as it is",
	undecodedAt:        "left out, as no header could be read: %[1]d",
	undecodedLink:      "left out, as such link headers are not read (%[2]v): %[1]d",
	snappedAt:          "not captured whole: %[1]d",
	disorderAt:         "the file's packets are not in order of time, and cannot be followed; reordercap puts them so",
	shownFiltered:      "%[1]d of %[2]d packets shown; the survey is of all",
	toAll:              "all",
	drillDown:          "--filter WORDS or --flow ADDRESS shows their packets one by one; --view tui steps through them",
	shownOf:            "%[1]d of %[2]d packets shown",
	keptSome:           "%[1]d more packets are not shown: --limit",
	inContainer:        "%[1]s, in a %[2]s container",
	fitForLabs:         "flask-demo can run here",
	unfitForLabs:       "flask-demo cannot run here",
	needsFeature:       "needs %[1]s",
	noTerminal:         "standard output is no terminal: there is the text view, and no walk",
	terminalSize:       "%[1]d×%[2]d",
	terminalSmall:      "%[1]d×%[2]d: the walk needs 60×16",
	terminalColours:    "%[1]s",
	terminalPlain:      "none: words and signs say all that colours say",
	terminalASCII:      "the locale is not UTF-8: --ascii",
	terminalUTF8:       "UTF-8",
	original:           "original",
	reply:              "reply",
	firstSeen:          "sent by %[1]s on %[2]s",
	firstCaptured:      "first captured at %[1]s",
	onTheWay:           "between %[1]s and %[2]s",
	onTheWire:          "over the cable from %[1]s to %[2]s",
	inside:             "inside %[1]s, from %[2]s to %[3]s",
	insideAfter:        "inside %[1]s, after %[2]s",
	unchangedIP:        "IP header unchanged",
	chainEnd:           "end of the chain: %[1]s",
	ruleNumber:         "rule %[1]s: %[2]s",
	notSaved:           "; not saved (e in the walk saves it, or --out DIR)",
}
