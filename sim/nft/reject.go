package nft

import (
	"strconv"

	"tracer/sim/rule"
)

// Types of answers (enum nft_reject_types).
const (
	rejectICMP  = 0 // of the family: ICMP or ICMPv6
	rejectReset = 1
	rejectInet  = 2 // ICMP or ICMPv6
)

// answer is a code of an ICMP error, by name.
type answer struct {
	name string
	code uint8
}

// The codes that a rule can answer with, for ICMP (type 3), ICMPv6 (type 1), and either
// (enum nft_reject_inet_code).
var (
	icmpAnswers = []answer{
		{"net-unreachable", 0}, {"host-unreachable", 1}, {"prot-unreachable", 2}, {"port-unreachable", 3},
		{"net-prohibited", 9}, {"host-prohibited", 10}, {"admin-prohibited", 13},
	}
	icmp6Answers = []answer{
		{"no-route", 0}, {"admin-prohibited", 1}, {"addr-unreachable", 3}, {"port-unreachable", 4}, {"policy-fail", 5}, {"reject-route", 6},
	}
	inetAnswers = []answer{{"no-route", 0}, {"port-unreachable", 1}, {"host-unreachable", 2}, {"admin-prohibited", 3}}
)

// Codes of "port unreachable", which nft does not print where it is the default.
const (
	portUnreachable     = 3
	portUnreachable6    = 4
	portUnreachableInet = 1
)

// String returns "reject with icmp admin-prohibited".
func (r Reject) String() string {
	switch {
	case r.Reset:
		return "reject with tcp reset"
	case r.Type == rejectInet && r.Code == portUnreachableInet, r.Type == rejectICMP && r.Family == r.table && r.Code == r.defaultCode():
		return "reject"
	case r.Type == rejectInet:
		return "reject with icmpx " + answerName(inetAnswers, r.Code)
	case r.Family == IPv6:
		return "reject with icmpv6 " + answerName(icmp6Answers, r.Code)
	}
	return "reject with icmp " + answerName(icmpAnswers, r.Code)
}

func (r Reject) defaultCode() uint8 {
	if r.Family == IPv6 {
		return portUnreachable6
	}
	return portUnreachable
}

func answerName(list []answer, code uint8) string {
	for _, a := range list {
		if a.code == code {
			return a.name
		}
	}
	return strconv.Itoa(int(code))
}

func answerCode(list []answer, name string) (uint8, bool) {
	for _, a := range list {
		if a.name == name {
			return a.code, true
		}
	}
	return 0, false
}

// neutral returns the answers to packets of either version of IP. In a table of both, the kernel
// takes the code of a rejectICMP as it is for either (nft_reject_inet_eval in
// net/netfilter/nft_reject_inet.c).
func (r Reject) neutral() *rule.Reject {
	switch {
	case r.Reset:
		return &rule.Reject{Reset: true}
	case r.Type == rejectInet && int(r.Code) < len(inetCodes):
		codes := inetCodes[r.Code]
		return &codes
	}
	return &rule.Reject{Code: r.Code, Code6: r.Code}
}

// inetCodes are the codes of ICMP and ICMPv6 for those of inetAnswers (icmp_code_v4 and
// icmp_code_v6 in net/netfilter/nft_reject.c).
var inetCodes = [...]rule.Reject{
	{Code: 0, Code6: 0},
	portUnreachableInet: {Code: portUnreachable, Code6: portUnreachable6},
	{Code: 1, Code6: 3},
	{Code: 13, Code6: 1},
}
