package scenarios

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// The words that an expectation may use, as in trace.json.
var (
	outcomes     = []string{"delivered", "dropped", "unseen"}
	fields       = []string{"src", "dst", "ttl", "src_mac", "dst_mac", "icmp_id", "tos", "ip_id", "df", "window", "mss", "mark", "flow_label"}
	hooks        = []string{"prerouting", "input", "forward", "output", "postrouting", "ingress", "egress"}
	causes       = []string{"rule", "conntrack", "routing", "neighbour"}
	tables       = []string{"raw", "mangle", "nat", "filter", "security"}
	identities   = []string{"mark", "wire", "connection", "headers"}
	translations = []string{"dnat", "snat", "masquerade", "redirect", "netmap"}
	entries      = []string{"created", "unconfirmed"}
	directions   = []string{"original", "reply"}
	tcpStates    = []string{"SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE", "SYN_SENT2"}
	everys       = []string{"packet", "frame"}
	reasons      = []string{
		"rule", "policy", "not forwarding", "no route", "too big", "martian", "capture ended", "others went on", "reject",
		"ttl", "reverse path", "martian source", "ingress", "blackhole", "no neighbour", "no listener", "not joined",
		"reassembly", "not traced", "no carrier", "not counted", "other host", "scope", "no ipv6",
	}
)

func (p *parser) expectation(n *yaml.Node, path string) Expectation {
	e := Expectation{Line: n.Line, Packets: -1}
	says := false // whether it says something about a packet
	own := []field{
		{"proves", false, func(n *yaml.Node, path string) { e.Proves = items(&p.reader, n, path, p.name) }},
		{"answer", false, func(n *yaml.Node, path string) { e.Answer = p.text(n, path) }},
		{"replies", false, func(n *yaml.Node, path string) { e.Replies = items(&p.reader, n, path, p.reply) }},
		{"request", false, func(n *yaml.Node, path string) { e.Request = p.number(n, path, 1, maxElements["traffic"]) }},
		{"packet", false, func(n *yaml.Node, path string) { e.Packet = p.text(n, path) }},
		{"from", false, func(n *yaml.Node, path string) { e.From = p.text(n, path) }},
		{"nth", false, func(n *yaml.Node, path string) { e.Nth = p.number(n, path, 1, 1<<20) }},
		{"every", false, func(n *yaml.Node, path string) { e.Every = p.word(n, path, everys) }},
		{"count", false, func(n *yaml.Node, path string) {
			e.Count, e.Counted = p.number(n, path, 0, 1<<30), true
		}},
	}
	for _, f := range p.properties(&e) {
		read := f.read
		f.read = func(n *yaml.Node, path string) {
			says = true
			read(n, path)
		}
		own = append(own, f)
	}
	p.mapping(n, path, append(own,
		field{"rule", false, func(n *yaml.Node, path string) { e.Rule = p.rule(n, path) }},
		field{"packets", false, func(n *yaml.Node, path string) { e.Packets = p.number(n, path, 0, 1<<30) }},
		field{"listing", false, func(n *yaml.Node, path string) { e.Listing = p.listing(n, path) }},
		field{"lines", false, func(n *yaml.Node, path string) { e.Lines = items(&p.reader, n, path, p.text) }},
	)...)
	p.consistent(n, path, &e, says)
	return e
}

// consistent notes keys that do not go together. says is whether there are properties of a
// packet.
func (p *parser) consistent(n *yaml.Node, path string, e *Expectation, says bool) {
	switch {
	case e.subjects() != 1:
		p.note(n, path, "must have exactly one of answer, packet or count, every, rule, listing")
	case len(e.Replies) > 0 && e.Answer == "":
		p.note(n, path, "has replies, but no answer")
	case (e.Rule != "") != (e.Packets >= 0):
		p.note(n, path, "must have both rule and packets, or neither")
	case (e.Listing != "") != (len(e.Lines) > 0):
		p.note(n, path, "must have both listing and lines, or neither")
	case e.Request != 0 && (e.Rule != "" || e.Listing != "" || e.Every == "frame"):
		p.note(n, path, "has request, which only packets and answers have; rules, listings and frames have none")
	case e.Nth != 0 && (e.Packet == "" || e.Counted):
		p.note(n, path, "has nth, which selects one packet; set packet, not count")
	case e.Every == "frame" && says:
		p.note(n, path, "must not have other properties with every: frame")
	case (e.Packet != "" && !e.Counted || e.Every == "packet") && !says:
		p.note(n, path, "has nothing to check; set count, hops, outcome, changes or another property")
	}
}

// subjects returns how many things an expectation is about.
func (e *Expectation) subjects() (n int) {
	for _, given := range []bool{e.Answer != "", e.Packet != "" || e.Counted, e.Every != "", e.Rule != "", e.Listing != ""} {
		if given {
			n++
		}
	}
	return n
}

// properties returns the keys that say something about a packet.
func (p *parser) properties(e *Expectation) []field {
	texts := func(list *[]string, read func(n *yaml.Node, path string) string) func(*yaml.Node, string) {
		return func(n *yaml.Node, path string) {
			*list = append([]string{}, items(&p.reader, n, path, read)...) // an empty list says something, too
		}
	}
	oneOf := func(words []string) func(n *yaml.Node, path string) string {
		return func(n *yaml.Node, path string) string { return p.word(n, path, words) }
	}
	return []field{
		{"direction", false, func(n *yaml.Node, path string) { e.Direction = p.word(n, path, directions) }},
		{"hops", false, texts(&e.Hops, p.text)},
		{"identity", false, texts(&e.Identity, oneOf(identities))},
		{"outcome", false, func(n *yaml.Node, path string) { e.Outcome = p.word(n, path, outcomes) }},
		{"node", false, func(n *yaml.Node, path string) { e.Node = p.text(n, path) }},
		{"hook", false, func(n *yaml.Node, path string) { e.Hook = p.word(n, path, hooks) }},
		{"by", false, func(n *yaml.Node, path string) { e.By = p.text(n, path) }},
		{"reason", false, func(n *yaml.Node, path string) { e.Reason = p.word(n, path, reasons) }},
		{"reported_by", false, func(n *yaml.Node, path string) { e.ReportedBy = p.text(n, path) }},
		{"changes", false, func(n *yaml.Node, path string) { e.Changes = items(&p.reader, n, path, p.change) }},
		{"steps", false, texts(&e.Steps, p.text)},
		{"missed", false, texts(&e.Missed, p.rule)},
		{"untouched_by", false, func(n *yaml.Node, path string) { e.UntouchedBy = p.word(n, path, tables) }},
		{"nat", false, texts(&e.NAT, oneOf(translations))},
		{"entry", false, func(n *yaml.Node, path string) { e.Entry = p.word(n, path, entries) }},
		{"conntrack_state", false, func(n *yaml.Node, path string) { e.TCPState = p.word(n, path, tcpStates) }},
	}
}

func (p *parser) change(n *yaml.Node, path string) (c ExpectedChange) {
	p.mapping(n, path,
		field{"field", true, func(n *yaml.Node, path string) { c.Field = p.word(n, path, fields) }},
		field{"from", false, func(n *yaml.Node, path string) { c.From = p.text(n, path) }},
		field{"to", false, func(n *yaml.Node, path string) { c.To = p.text(n, path) }},
		field{"hook", false, func(n *yaml.Node, path string) { c.Hook = p.word(n, path, hooks) }},
		field{"cause", false, func(n *yaml.Node, path string) { c.Cause = p.word(n, path, causes) }},
		field{"by", false, func(n *yaml.Node, path string) { c.By = p.text(n, path) }},
		field{"neighbour", false, func(n *yaml.Node, path string) { c.Neighbour, _ = parsed(&p.reader, n, path, parseAddress) }},
	)
	return c
}

// reply reads what a reply to a ping must be like.
func (p *parser) reply(n *yaml.Node, path string) (r ExpectedReply) {
	p.mapping(n, path,
		field{"seq", true, func(n *yaml.Node, path string) { r.Sequence = p.number(n, path, 1, 65535) }},
		field{"ttl", false, func(n *yaml.Node, path string) { r.TTL = p.number(n, path, 1, 255) }},
	)
	return r
}

// rule reads a rule in the form "TABLE CHAIN RULE".
func (p *parser) rule(n *yaml.Node, path string) string {
	s := p.text(n, path)
	if s != "" && len(strings.SplitN(s, " ", 3)) != 3 {
		p.note(n, path, "%q is not TABLE CHAIN RULE", s)
	}
	return s
}

// listing reads "NODE COMMAND".
func (p *parser) listing(n *yaml.Node, path string) string {
	s := p.text(n, path)
	if s != "" && len(strings.Fields(s)) < 2 {
		p.note(n, path, "%q must be NODE COMMAND", s)
	}
	return s
}
