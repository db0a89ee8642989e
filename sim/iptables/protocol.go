package iptables

import "strconv"

// Protocol is "-p". The zero value is every protocol.
type Protocol struct {
	Number ProtocolNumber
	Not    bool
}

// ProtocolNumber is the protocol field of the IP header.
type ProtocolNumber uint8

// Protocols that rules are commonly made for. Any other number will do.
const (
	ICMP ProtocolNumber = 1
	TCP  ProtocolNumber = 6
	UDP  ProtocolNumber = 17
	DCCP ProtocolNumber = 33
	SCTP ProtocolNumber = 132
)

// String returns the name iptables prints, or the number if it has none.
// iptables knows a few names itself and takes the others from /etc/protocols;
// these are the ones of Debian's file, which hardly differs elsewhere.
func (n ProtocolNumber) String() string {
	switch n {
	case 0:
		return "all"
	case ICMP:
		return "icmp"
	case 2:
		return "igmp"
	case 3:
		return "ggp"
	case 4:
		return "ipencap"
	case 5:
		return "st"
	case TCP:
		return "tcp"
	case 8:
		return "egp"
	case 9:
		return "igp"
	case 12:
		return "pup"
	case UDP:
		return "udp"
	case 20:
		return "hmp"
	case 22:
		return "xns-idp"
	case 27:
		return "rdp"
	case 29:
		return "iso-tp4"
	case DCCP:
		return "dccp"
	case 36:
		return "xtp"
	case 37:
		return "ddp"
	case 38:
		return "idpr-cmtp"
	case 41:
		return "ipv6"
	case 43:
		return "ipv6-route"
	case 44:
		return "ipv6-frag"
	case 45:
		return "idrp"
	case 46:
		return "rsvp"
	case 47:
		return "gre"
	case 50:
		return "esp"
	case 51:
		return "ah"
	case 57:
		return "skip"
	case 58:
		return "ipv6-icmp"
	case 59:
		return "ipv6-nonxt"
	case 60:
		return "ipv6-opts"
	case 73:
		return "rspf"
	case 81:
		return "vmtp"
	case 88:
		return "eigrp"
	case 89:
		return "ospf"
	case 93:
		return "ax.25"
	case 94:
		return "ipip"
	case 97:
		return "etherip"
	case 98:
		return "encap"
	case 103:
		return "pim"
	case 108:
		return "ipcomp"
	case 112:
		return "vrrp"
	case 115:
		return "l2tp"
	case 124:
		return "isis"
	case SCTP:
		return "sctp"
	case 133:
		return "fc"
	case 135:
		return "mobility-header"
	case 136:
		return "udplite"
	case 137:
		return "mpls-in-ip"
	case 138:
		return "manet"
	case 139:
		return "hip"
	case 140:
		return "shim6"
	case 141:
		return "wesp"
	case 142:
		return "rohc"
	case 143:
		return "ethernet"
	}
	return strconv.Itoa(int(n))
}
