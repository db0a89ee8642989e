package iptables

import "strconv"

// Protocol is "-p". The zero value matches every protocol.
type Protocol struct {
	Number ProtocolNumber
	Not    bool
}

// ProtocolNumber is the protocol field of the IP header.
type ProtocolNumber uint8

// The protocols that rules commonly use. Any other number is valid, too.
const (
	ICMP   ProtocolNumber = 1
	TCP    ProtocolNumber = 6
	UDP    ProtocolNumber = 17
	DCCP   ProtocolNumber = 33
	ICMPv6 ProtocolNumber = 58
	SCTP   ProtocolNumber = 132
)

// String returns the name that iptables prints, or the number of a protocol without a
// name.
func (n ProtocolNumber) String() string {
	if name := protocolNames[n]; name != "" {
		return name
	}
	return strconv.Itoa(int(n))
}

// protocolNames holds the names that iptables knows itself or takes from /etc/protocols,
// in Debian's version; other distributions hardly differ.
var protocolNames = [256]string{
	0: "all", 1: "icmp", 2: "igmp", 3: "ggp", 4: "ipencap", 5: "st", 6: "tcp", 8: "egp", 9: "igp",
	12: "pup", 17: "udp", 20: "hmp", 22: "xns-idp", 27: "rdp", 29: "iso-tp4", 33: "dccp",
	36: "xtp", 37: "ddp", 38: "idpr-cmtp", 41: "ipv6", 43: "ipv6-route", 44: "ipv6-frag",
	45: "idrp", 46: "rsvp", 47: "gre", 50: "esp", 51: "ah", 57: "skip", 58: "ipv6-icmp",
	59: "ipv6-nonxt", 60: "ipv6-opts", 73: "rspf", 81: "vmtp", 88: "eigrp", 89: "ospf",
	93: "ax.25", 94: "ipip", 97: "etherip", 98: "encap", 103: "pim", 108: "ipcomp", 112: "vrrp",
	115: "l2tp", 124: "isis", 132: "sctp", 133: "fc", 135: "mobility-header", 136: "udplite",
	137: "mpls-in-ip", 138: "manet", 139: "hip", 140: "shim6", 141: "wesp", 142: "rohc",
	143: "ethernet",
}
