package explain

import "fmt"

// Label is the key of a short text of an interactive view: a heading, what a key
// does, an answer to it.
type Label int

// The labels. Those with arguments say which.
const (
	LabelPackets Label = iota
	LabelHops
	LabelChanges
	LabelRules
	LabelConntrack
	LabelLayers
	LabelHex
	LabelNetwork
	LabelHelp
	LabelSurvey

	LabelPosition      // packet, of how many, hop, of how many
	LabelShown         // shown, of how many
	LabelHiddenKept    // how many
	LabelPlaying       // seconds
	LabelSending       //
	LabelSent          // how many packets are new
	LabelSaved         // where
	LabelNotDone       // error
	LabelNoNetwork     //
	LabelNothingFound  // the filter
	LabelNoPackets     //
	LabelTooSmall      // width, height, least width, least height
	LabelFilter        //
	LabelGoTo          //
	LabelNoSuchPacket  // what was asked for
	LabelLastEvent     //
	LabelFirstEvent    //
	LabelPlayed        //
	LabelMoreBelow     // lines
	LabelEnd           // the hop's number
	LabelOriginal      //
	LabelReply         //
	LabelNoEntry       //
	LabelNoRules       // node
	LabelNoFrame       //
	LabelCounted       // packets, bytes
	LabelMetHere       //
	LabelMetEarlier    //
	LabelChangedBytes  // how many
	LabelTranslated    // kinds
	LabelNotTranslated //

	KeyNext
	KeyBack
	KeyNextPacket
	KeyPreviousPacket
	KeyNextEvent
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
	KeyKept
	KeyAgain
	KeyExport
	KeyMouse
	KeyHelp
	KeyQuit
	labels // their number
)

// englishLabels belongs to the English catalogue, and the others follow it.
var englishLabels = [labels]string{
	LabelPackets:   "packets",
	LabelHops:      "hops",
	LabelChanges:   "what happened",
	LabelRules:     "rules",
	LabelConntrack: "conntrack",
	LabelLayers:    "layers",
	LabelHex:       "hex",
	LabelSurvey:    "survey",
	LabelNetwork:   "network",
	LabelHelp:      "keys",

	LabelPosition:      "packet %[1]d of %[2]d, hop %[3]d of %[4]d",
	LabelShown:         "%[1]d of %[2]d",
	LabelHiddenKept:    "%[1]d hidden (a)",
	LabelPlaying:       "playing, %[1]g s a hop",
	LabelSending:       "sending the traffic again …",
	LabelSent:          "sent again: %[1]d new packets",
	LabelSaved:         "saved to %[1]s",
	LabelNotDone:       "not done: %[1]v",
	LabelNoNetwork:     "this trace is a recording: there is no network to send to",
	LabelNothingFound:  "no packet matches %[1]q",
	LabelNoPackets:     "no packets were seen",
	LabelTooSmall:      "this terminal has %[1]d×%[2]d cells; %[3]d×%[4]d are needed",
	LabelFilter:        "filter: ",
	LabelGoTo:          "go to packet #",
	LabelNoSuchPacket:  "there is no packet #%[1]s in the list",
	LabelLastEvent:     "no rewrite or drop after this one",
	LabelFirstEvent:    "no rewrite or drop before this one",
	LabelPlayed:        "played to the end",
	LabelMoreBelow:     "%[1]d more lines (pgdn)",
	LabelEnd:           "end",
	LabelOriginal:      "original direction",
	LabelReply:         "reply direction",
	LabelNoEntry:       "no conntrack entry belongs to this packet",
	LabelNoRules:       "%[1]s has no iptables rules",
	LabelNoFrame:       "no frame was captured here",
	LabelCounted:       "packets",
	LabelMetHere:       "met on the way to this hop",
	LabelMetEarlier:    "met by this packet before or after",
	LabelChangedBytes:  "%[1]d bytes differ from the hop before (marked)",
	LabelTranslated:    "translated: %[1]s",
	LabelNotTranslated: "not translated",

	KeyNext:           "next hop",
	KeyBack:           "hop before",
	KeyNextPacket:     "next packet",
	KeyPreviousPacket: "packet before",
	KeyNextEvent:      "next rewrite or drop",
	KeyPreviousEvent:  "rewrite or drop before",
	KeyFirstHop:       "first hop",
	KeyLastHop:        "last hop",
	KeyFirstPacket:    "first packet",
	KeyLastPacket:     "last packet",
	KeyGoTo:           "go to a packet",
	KeyPlay:           "play, pause",
	KeySlower:         "slower",
	KeyFaster:         "faster",
	KeyNextPane:       "next pane",
	KeyPreviousPane:   "pane before",
	KeyScrollDown:     "scroll the pane down",
	KeyScrollUp:       "scroll the pane up",
	KeyFilter:         "filter packets",
	KeyKept:           "show or hide what nodes send by themselves",
	KeyAgain:          "send the traffic again",
	KeyExport:         "export trace.json and pcaps",
	KeyMouse:          "mouse on, off",
	KeyHelp:           "keys",
	KeyQuit:           "quit",
}

// Label returns a label, with its arguments filled in.
func (v Voice) Label(l Label, args ...any) string {
	if len(args) == 0 {
		return v.l[l]
	}
	return fmt.Sprintf(v.l[l], args...)
}
