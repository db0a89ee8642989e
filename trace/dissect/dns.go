package dissect

import "fmt"

const (
	dnsLength  = 12 // of the header (RFC 1035, 4.1.1)
	maxEntries = 40 // questions and records shown
)

// The bits, opcodes and response codes of the header (RFC 1035, 4.1.1; RFC 4035,
// 3.1.6; IANA, "DNS Parameters").
var (
	dnsFlags = []flag{
		{0x0400, "authoritative answer"}, {0x0200, "truncated"}, {0x0100, "recursion desired"},
		{0x0080, "recursion available"}, {0x0020, "authentic data"}, {0x0010, "checking disabled"},
	}
	dnsOpcodes = map[uint32]string{0: "query", 1: "inverse query", 2: "status", 4: "notify", 5: "update"}
	dnsCodes   = map[uint32]string{
		0: "no error", 1: "format error", 2: "server failure", 3: "NXDOMAIN: no such name", 4: "not implemented", 5: "refused",
		6: "name exists when it should not", 7: "record exists when it should not", 8: "record that should exist does not",
		9: "not authoritative", 10: "name not in zone",
	}
)

// dns reads a DNS message (RFC 1035).
func (h *header) dns() protocol {
	h.id("ID")
	flags, names := h.peek(2), "query"
	if flags&0x8000 != 0 {
		names = "response"
	}
	if set := flagNames(flags, dnsFlags); set != "none" {
		names += ", " + set
	}
	h.bits(2, "flags", fmt.Sprintf("0x%04x (%s)", flags, names))
	h.add(1, "opcode", named(flags>>11&15, dnsOpcodes[flags>>11&15]))
	h.add(1, "RCODE", named(flags&15, dnsCodes[flags&15]))
	var totals [4]int
	for i, c := range [4][2]string{
		{"QDCOUNT", "question"}, {"ANCOUNT", "answer record"}, {"NSCOUNT", "authority record"}, {"ARCOUNT", "additional record"},
	} {
		totals[i] = int(h.peek(2))
		h.add(2, c[0], count(totals[i], c[1]))
	}
	h.entries(totals)
	return protocol{}
}

// entries reads the four sections of a message: questions and three kinds of records.
func (h *header) entries(totals [4]int) {
	shown := 0
	for i, section := range [4]string{"question", "answer", "authority", "additional"} {
		for n := range totals[i] {
			place := fmt.Sprintf("%s %d of %d", section, n+1, totals[i])
			if shown == maxEntries {
				h.add(h.end-h.next, "not shown", place+" and everything after it")
				return
			}
			r, value := *h, ""
			if i == 0 {
				value = r.question()
			} else {
				value = r.record()
			}
			if h.problem = r.problem; h.problem.kind != "" {
				h.problem.header = "DNS " + place
				return
			}
			h.add(r.next-h.next, section, value)
			shown++
		}
	}
}
