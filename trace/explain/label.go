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

	LabelPosition // packet, of how many, hop, of how many
	LabelBackgroundPosition
	LabelShortPosition
	LabelShown         // shown, of how many
	LabelHiddenBrief   // how many
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
	LabelOneMoreBelow  //
	LabelMouseOn       //
	LabelMouseOff      //
	LabelNoBackground  //
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

	LabelPosition:           "packet %[1]d of %[2]d, hop %[3]d of %[4]d",
	LabelBackgroundPosition: "background %[1]d of %[2]d, hop %[3]d of %[4]d",
	LabelShortPosition:      "%[1]d/%[2]d  hop %[3]d/%[4]d",
	LabelShown:              "%[1]d of %[2]d",
	LabelHiddenKept:         "%[1]d background (a shows)",
	LabelHiddenBrief:        "%[1]d background (a)",
	LabelPlaying:            "playing, %[1]g s a hop",
	LabelSending:            "sending the traffic again …",
	LabelSent:               "sent again: %[1]d new packets",
	LabelSaved:              "saved to %[1]s",
	LabelNotDone:            "not done: %[1]v",
	LabelNoNetwork:          "this trace is a recording: there is no network to send to",
	LabelNothingFound:       "no packet matches %[1]q; esc clears the filter",
	LabelNoPackets:          "no packets were seen",
	LabelTooSmall:           "this terminal has %[1]d×%[2]d cells; %[3]d×%[4]d are needed",
	LabelFilter:             "filter: ",
	LabelGoTo:               "go to packet #",
	LabelNoSuchPacket:       "there is no packet %[1]s in the list",
	LabelLastEvent:          "no rewrite or drop after this one",
	LabelFirstEvent:         "no rewrite or drop before this one",
	LabelPlayed:             "played to the end",
	LabelMoreBelow:          "%[1]d more lines (pgdn)",
	LabelOneMoreBelow:       "1 more line (pgdn)",
	LabelMouseOn:            "mouse on: click on packets, hops and panes, or scroll",
	LabelNoBackground:       "no background traffic was captured",
	LabelMouseOff:           "mouse off",
	LabelEnd:                "end",
	LabelOriginal:           "original direction",
	LabelReply:              "reply direction",
	LabelNoEntry:            "no conntrack entry belongs to this packet",
	LabelNoRules:            "%[1]s has no iptables rules",
	LabelNoFrame:            "no frame was captured here",
	LabelCounted:            "packets",
	LabelMetHere:            "met on the way to this hop",
	LabelMetEarlier:         "met by this packet before or after",
	LabelChangedBytes:       "%[1]d bytes differ from the hop before (marked)",
	LabelTranslated:         "translated: %[1]s",
	LabelNotTranslated:      "not translated",

	KeyNext:           "next hop",
	KeyBack:           "previous hop",
	KeyNextPacket:     "next packet",
	KeyPreviousPacket: "previous packet",
	KeyNextEvent:      "next rewrite/drop",
	KeyNextEventBrief: "rewrite/drop",
	KeyPreviousEvent:  "prev rewrite/drop",
	KeyFirstHop:       "first hop",
	KeyLastHop:        "last hop",
	KeyFirstPacket:    "first packet",
	KeyLastPacket:     "last packet",
	KeyGoTo:           "go to a packet",
	KeyPlay:           "play, pause",
	KeySlower:         "slower",
	KeyFaster:         "faster",
	KeyNextPane:       "next pane",
	KeyPreviousPane:   "previous pane",
	KeyScrollDown:     "scroll down",
	KeyScrollUp:       "scroll up",
	KeyFilter:         "filter packets",
	KeyLeave:          "clear the filter",
	KeyKept:           "background on/off",
	KeyAgain:          "resend traffic",
	KeyExport:         "save trace, pcaps",
	KeyMouse:          "mouse on/off",
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
