package explain

// Message is the key of a sentence or label in a catalogue. Views use those that are
// exported, with [Language.Format]; the English text shows what the arguments are.
type Message int

const (
	// Who changed a field.
	byRule Message = iota + 1
	byRuleEntry
	byConntrack
	byConntrackReverse
	byUnknownRule
	byRoute
	byOwnMAC
	byNeighbour
	atHook
	inferred
	inferredNAT
	inferredReverse
	inferredSource
	inferredRouter
	inferredLink
	ruleOf

	// Packets.
	earlierPacket
	background
	original
	reply
	unknownEnd
	between
	toAll
	hopOf
	NotFollowed

	// The account of a stop.
	firstSeen
	firstCaptured
	onTheWay
	onTheWire
	inside
	insideAfter
	unchanged
	unchangedIP
	noNAT
	noMatch
	chainEnd
	ruleNumber
	detour
	unmatched
	unmatchedNothing
	unmatchedUnknown
	doubtful
	ambiguous
	onlyFrames
	onlyConntrack
	proxied
	proxiedUnseen
	proxiedOn
	proxiedOnUnseen

	// How a packet ended.
	delivered
	droppedByRule
	droppedByPolicy
	notForwarded
	notForwardedBy
	noRoute
	tooBig
	martian
	unseen
	unseenOthers
	unseenOutside
	captureEnded
	leftAt
	reported
	notReported

	// The connection of a packet.
	association
	associationByEnds
	inState
	entryState
	entryStateOnly
	LabelTranslated
	LabelNotTranslated
	LabelNoEntry

	// A trace as a whole.
	packets
	allDelivered
	tally
	deliveredOf
	droppedOf
	unseenOf
	CaptureComplete
	lostFrames
	unkeptFrames
	lostSteps
	lostEvents
	strayFrames
	undecodedFrames
	Hidden
	ShownOf
	answer
	longAnswer
	Counters
	Connections
	left
	savedIn
	notSaved

	// A survey of captures.
	surveyed
	conversations
	connections
	pointTitle
	mappingTitle
	noMappings
	unknownMapping
	mappingPorts
	mappingPlace
	pathTitle
	otherPaths
	segmentTitle
	lossTitle
	lossLine
	lossPassed
	lossQuiet
	lossPassedQuiet
	noLosses
	repeatedTitle
	resetTitle
	ambiguousTitle
	cutLine
	unsortedLine
	clockKnown
	clockBound
	clockAlone
	clockSetBack
	undecodedAt
	undecodedLink
	snappedAt
	disorderAt
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
	ShownFiltered
	DrillDown
	LeftOut

	// A scenario before it is run.
	HeadAnswer
	HeadNetwork
	HeadTraffic
	HeadFaults
	HeadRules
	NodeRole
	BridgeOf
	CableTo
	PortOf
	ServicePort
	RouteTo
	ServiceAnswers
	ServiceUDP
	ServiceRuns
	ServiceProxy
	ServiceNames
	ServiceBound

	// What a machine can do.
	inContainer
	fitForLabs
	unfitForLabs
	Needs
	noTerminal
	terminalSize
	terminalSmall
	terminalPlain
	terminalASCII
	terminalUTF8
	costPlainUsers
	costAll
	costNamespaces
	costParameters
	costVeth
	costBridge
	costRules
	costPublish
	costDocker
	costMasquerade
	costCapture
	costRuleTrace
	costEvents
	costTraceEntry
	costBridgeNetfilter
	needsNFTables
	needsLinux616

	// The walk: headings, notes, keys.
	LabelPackets
	LabelHops
	LabelChanges
	LabelRules
	LabelConntrack
	LabelLayers
	LabelHex
	LabelNetwork
	LabelHelp
	LabelSurvey
	LabelPosition
	LabelBackgroundPosition
	LabelShortPosition
	LabelShown
	LabelHiddenBrief
	LabelHiddenKept
	LabelPlaying
	LabelSending
	LabelSent
	LabelSaved
	LabelNotDone
	LabelNoNetwork
	LabelNothingFound
	LabelNoPackets
	LabelTooSmall
	LabelFilter
	LabelGoTo
	LabelNoSuchPacket
	LabelLastEvent
	LabelFirstEvent
	LabelPlayed
	LabelMoreBelow
	LabelMouseOn
	LabelMouseOff
	LabelNoBackground
	LabelEnd
	LabelOriginal
	LabelReply
	LabelNoRules
	LabelNoFrame
	LabelMetHere
	LabelMetEarlier
	LabelChangedBytes
	KeyNext
	KeyBack
	KeyNextPacket
	KeyPreviousPacket
	KeyNextEvent
	KeyNextEventBrief
	KeyPreviousEvent
	KeyFirstHop
	KeyLastHop
	KeyFirstPacket
	KeyLastPacket
	KeyGoTo
	KeyPlay
	KeySlower
	KeyFaster
	KeyNextPane
	KeyPreviousPane
	KeyScrollDown
	KeyScrollUp
	KeyFilter
	KeyLeave
	KeyKept
	KeyAgain
	KeyExport
	KeyMouse
	KeyHelp
	KeyQuit
	messages // their number
)
