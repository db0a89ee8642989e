package export

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"tracer/trace"
)

// The first version of schema 1 had only text for facts that now have keys of their own:
//
//	conntrack   "tcp ESTABLISHED src=… [ASSURED]"          conntrack_state, _unreplied, _assured
//	rule_text   rule: "filter FORWARD -j DROP"             table, chain; the text stays
//	            policy: "filter FORWARD"                   table, chain; the text stays
//	            too big: "1500 bytes, and lan0 takes 1400" length, interface, mtu
//	            martian: "127.0.0.2 by eth0"               dst, interface
//	            no route: "10.9.9.9"                       dst
//	            not forwarding: "eth0"                     interface
//	            others went on: "host/docker0"             others_node, others_interface
//	            of a cause: "… -j DNAT --to-destination …" translation

// oldEntry fills in what the text of an entry says.
func oldEntry(e *trace.Entry) {
	words := strings.Fields(e.Text)
	if len(words) < 2 || e.State != 0 || e.Unreplied || e.Assured {
		return
	}
	_ = e.State.UnmarshalText([]byte(words[1])) // an address, if there is no state
	e.Unreplied, e.Assured = slices.Contains(words, "[UNREPLIED]"), slices.Contains(words, "[ASSURED]")
}

// oldOutcome fills in what the text of an outcome's rule says, and removes the text if it
// is not a rule.
func oldOutcome(o *trace.Outcome) (err error) {
	text := o.Rule.Text
	if text == "" || o.Rule.Table != "" || o.Rule.Chain != "" {
		return nil
	}
	o.Rule.Text = ""
	switch o.Reason {
	case trace.ReasonTooBig:
		_, err = fmt.Sscanf(text, "%d bytes, and %s takes %d", &o.Length, &o.Interface, &o.MTU)
	case trace.ReasonMartian:
		var address string
		address, o.Interface, _ = strings.Cut(text, " by ")
		o.Destination, err = netip.ParseAddr(address)
	case trace.ReasonNoRoute:
		o.Destination, err = netip.ParseAddr(text)
	case trace.ReasonNotForwarding:
		o.Interface = text
	case trace.ReasonOthersWentOn:
		// A slash may be part of a machine's name, but not of an interface's.
		o.Others.Node = text
		if i := strings.LastIndexByte(text, '/'); i >= 0 {
			o.Others.Node, o.Others.Interface = text[:i], text[i+1:]
		}
	default:
		o.Rule.Table, o.Rule.Chain, _ = strings.Cut(text, " ")
		o.Rule.Chain, _, _ = strings.Cut(o.Rule.Chain, " ")
		o.Rule.Text = text
	}
	return err
}

// oldTranslation returns the translation of a rule's target.
func oldTranslation(rule string) trace.Translation {
	_, target, _ := strings.Cut(rule, "-j ")
	target, _, _ = strings.Cut(target, " ")
	switch target {
	case "DNAT":
		return trace.DNAT
	case "SNAT":
		return trace.SNAT
	case "MASQUERADE":
		return trace.Masquerade
	}
	return 0
}
