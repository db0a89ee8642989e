package tui

// intent is what the user wants, independent of the key pressed.
type intent uint8

const (
	nothing intent = iota
	nextMoment
	previousMoment
	nextHop
	previousHop
	nextPacket
	previousPacket
	nextEvent
	previousEvent
	firstHop
	lastHop
	firstPacket
	lastPacket
	goTo
	play
	slower
	faster
	nextPane
	previousPane
	scrollDown
	scrollUp
	filterPackets
	leave // the filter, and playing
	showBackground
	openRun
	toggleMask
	toggleStage
	showStory
	showAnswer
	sendAgain
	chooseFault
	exportTrace
	toggleMouse
	toggleHelp
	switchSide // of a comparison, where only one is shown
	quit
	suspend
)
