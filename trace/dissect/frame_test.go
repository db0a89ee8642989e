package dissect

import "testing"

// TestFrame compares every field of every protocol, and its place.
func TestFrame(t *testing.T) {
	all := frames(t)
	for _, c := range []struct{ frame, from, want string }{
		{"syn", "Ethernet", `
			Ethernet 0+14
			  destination: 02:42:ac:11:00:02 @0+6
			  source: 02:42:ac:11:00:01 @6+6
			  type: 0x0800 (IPv4) @12+2
			IPv4 14+20
			  version: 4 @14+1
			  IHL: 20 bytes @14+1
			  DSCP: 0 (default) @15+1
			  ECN: 0 (not ECT) @15+1
			  total length: 60 bytes @16+2
			  identification: 0x004d (77) @18+2
			  flags: DF @20+1
			  fragment offset: 0 bytes @20+2
			  time to live: 64 @22+1
			  protocol: 6 (TCP) @23+1
			  header checksum: 0x266d [correct] @24+2
			  source address: 10.0.0.1 @26+4
			  destination address: 10.0.0.2 @30+4
			TCP 34+40
			  source port: 40000 @34+2
			  destination port: 5000 @36+2
			  sequence number: 1000 @38+4
			  acknowledgment number: 0 [unused: ACK is not set] @42+4
			  data offset: 40 bytes @46+1
			  flags: SYN @47+1
			  window: 502 bytes @48+2
			  checksum: 0x7e4e [correct] @50+2
			  option: maximum segment size: 1460 bytes @54+4
			  option: SACK permitted @58+2
			  option: timestamps: value 9, echo reply 0 @60+10
			  option: no operation @70+1
			  option: window scale: 7 (multiply by 128) @71+3
		`},
		{"request", "TCP", `
			TCP 34+20
			  source port: 40000 @34+2
			  destination port: 5000 @36+2
			  sequence number: 1000 @38+4
			  acknowledgment number: 2000 @42+4
			  data offset: 20 bytes @46+1
			  flags: PSH, ACK @47+1
			  window: 502 [before window scaling] @48+2
			  checksum: 0x95df [correct] @50+2
			HTTP 54+57
			  request line: POST /a HTTP/1.1 @54+18
			  Host: flask:5000 @72+18
			  X: \x1b[2J\xff @90+10
			  line:  folded @100+9
			data 111+4
			  length: 4 bytes @111+4
			  preview: body @111+4
		`},
		{"answer", "HTTP", `
			HTTP 54+33
			  status line: HTTP/1.0 404 NOT FOUND @54+24
			  Server: W @78+9
			  incomplete: the header section does not end in this segment @87+0
		`},
		{"urgent", "TCP", `
			TCP 34+20
			  source port: 40000 @34+2
			  destination port: 5000 @36+2
			  sequence number: 1000 @38+4
			  acknowledgment number: 2000 @42+4
			  data offset: 20 bytes @46+1
			  flags: PSH, ACK, URG @47+1
			  window: 502 [before window scaling] @48+2
			  checksum: 0x19cb [correct] @50+2
			  urgent pointer: 3 @52+2
			data 54+3
			  length: 3 bytes @54+3
			  preview: abc @54+3
		`},
		{"udp", "UDP", `
			UDP 34+8
			  source port: 5353 @34+2
			  destination port: 9 @36+2
			  length: 18 bytes @38+2
			  checksum: 0x546d [correct] @40+2
			data 42+10
			  length: 10 bytes @42+10
			  preview: say "hi"\n\\ @42+10
		`},
		{"middle", "data", `
			data 34+10
			  length: 10 bytes @34+10
			  preview: the middle @34+10
		`},
		{"first", "UDP", `
			UDP 34+8
			  source port: 1 @34+2
			  destination port: 2 @36+2
			  length: 17 bytes @38+2
			  checksum: 0xc956 [not verified: it is a fragment] @40+2
			data 42+9
			  length: 9 bytes @42+9
			  preview: the start @42+9
		`},
		{"echo", "ICMP", `
			ICMP 34+8
			  type: 8 (echo request) @34+1
			  code: 0 @35+1
			  checksum: 0x332d [correct] @36+2
			  identifier: 0x0009 (9) @38+2
			  sequence number: 3 @40+2
			data 42+4
			  length: 4 bytes @42+4
			  preview: abcd @42+4
		`},
		{"error", "ICMP", `
			ICMP 34+8
			  type: 3 (destination unreachable) @34+1
			  code: 4 (fragmentation needed and DF set) @35+1
			  checksum: 0x43d3 [correct] @36+2
			  next-hop MTU: 1400 bytes @40+2
			quoted IPv4 42+20
			  version: 4 @42+1
			  IHL: 20 bytes @42+1
			  DSCP: 0 (default) @43+1
			  ECN: 0 (not ECT) @43+1
			  total length: 40 bytes [only 28 present] @44+2
			  identification: 0x004d (77) @46+2
			  flags: DF @48+1
			  fragment offset: 0 bytes @48+2
			  time to live: 64 @50+1
			  protocol: 6 (TCP) @51+1
			  header checksum: 0x2681 [correct] @52+2
			  source address: 10.0.0.1 @54+4
			  destination address: 10.0.0.2 @58+4
			quoted TCP 62+8
			  source port: 40000 @62+2
			  destination port: 5000 @64+2
			  sequence number: 1000 @66+4
		`},
		{"group", "IGMP", `
			IGMP 38+16
			  type: 0x22 (membership report, version 3) @38+1
			  checksum: 0xe8f9 [correct] @40+2
			  number of group records: 1 @44+2
			  group record: 239.1.2.3, 4 (change to exclude), 0 sources @46+8
		`},
		{"query", "DNS", `
			DNS 42+31
			  ID: 0x0005 (5) @42+2
			  flags: 0x0100 (query, recursion desired) @44+2
			  opcode: 0 (query) @44+1
			  RCODE: 0 (no error) @45+1
			  QDCOUNT: 1 question @46+2
			  ANCOUNT: 0 answer records @48+2
			  NSCOUNT: 0 authority records @50+2
			  ARCOUNT: 0 additional records @52+2
			  question: flask.example A IN @54+19
		`},
		{"reply", "DNS", `
			DNS 42+191
			  ID: 0x0005 (5) @42+2
			  flags: 0x8180 (response, recursion desired, recursion available) @44+2
			  opcode: 0 (query) @44+1
			  RCODE: 0 (no error) @45+1
			  QDCOUNT: 1 question @46+2
			  ANCOUNT: 4 answer records @48+2
			  NSCOUNT: 0 authority records @50+2
			  ARCOUNT: 1 additional record @52+2
			  question: flask.example A IN @54+19
			  answer: flask.example CNAME IN, TTL 300 s: web.example @73+38
			  answer: flask.example A IN, TTL 300 s: 172.17.0.2 @111+29
			  answer: flask.example MX IN, TTL 300 s: preference 10, mail.example @140+41
			  answer: flask.example TXT IN, TTL 300 s: "a \x1b[31mred" "text" @181+41
			  additional: . OPT, UDP payload size 1232 bytes, 0 bytes of options @222+11
		`},
		{"arp", "ARP", `
			ARP 14+28
			  hardware type: 1 (Ethernet) @14+2
			  protocol type: 0x0800 (IPv4) @16+2
			  hardware address length: 6 bytes @18+1
			  protocol address length: 4 bytes @19+1
			  operation: 2 (reply) @20+2
			  sender hardware address: 02:42:ac:11:00:01 @22+6
			  sender protocol address: 172.17.0.1 @28+4
			  target hardware address: 02:42:ac:11:00:02 @32+6
			  target protocol address: 172.17.0.2 @38+4
		`},
		{"vlan", "Ethernet", `
			Ethernet 0+18
			  destination: 02:42:ac:11:00:02 @0+6
			  source: 02:42:ac:11:00:01 @6+6
			  VLAN tag: 0x8100 (802.1Q), VLAN 10, priority 3 @12+4
			  type: 0x0800 (IPv4) @16+2
			IPv4 18+20
			  version: 4 @18+1
			  IHL: 20 bytes @18+1
			  DSCP: 0 (default) @19+1
			  ECN: 0 (not ECT) @19+1
			  total length: 28 bytes @20+2
			  identification: 0x004d (77) @22+2
			  flags: DF @24+1
			  fragment offset: 0 bytes @24+2
			  time to live: 64 @26+1
			  protocol: 17 (UDP) @27+1
			  header checksum: 0x2682 [correct] @28+2
			  source address: 10.0.0.1 @30+4
			  destination address: 10.0.0.2 @34+4
			UDP 38+8
			  source port: 1 @38+2
			  destination port: 2 @40+2
			  length: 8 bytes @42+2
			  checksum: 0xebd8 [correct] @44+2
		`},
		{"tcp6", "IPv6", `
			IPv6 14+40
			  version: 6 @14+1
			  DSCP: 46 (EF) @14+2
			  ECN: 1 (ECT(1)) @15+1
			  flow label: 0x12345 @15+3
			  payload length: 20 bytes @18+2
			  next header: 6 (TCP) @20+1
			  hop limit: 63 @21+1
			  source address: fd00::1 @22+16
			  destination address: fd00::2 @38+16
			TCP 54+20
			  source port: 40000 @54+2
			  destination port: 5000 @56+2
			  sequence number: 1000 @58+4
			  acknowledgment number: 2000 @62+4
			  data offset: 20 bytes @66+1
			  flags: PSH, ACK @67+1
			  window: 502 [before window scaling] @68+2
			  checksum: 0xf851 [correct] @70+2
		`},
		{"echo6", "ICMPv6", `
			ICMPv6 54+8
			  type: 128 (echo request) @54+1
			  code: 0 @55+1
			  checksum: 0x85ac [correct] @56+2
			  identifier: 0x0009 (9) @58+2
			  sequence number: 3 @60+2
		`},
		{"neighbor", "ICMPv6", `
			ICMPv6 54+32
			  type: 135 (neighbor solicitation) @54+1
			  code: 0 @55+1
			  checksum: 0xd247 [correct] @56+2
			  target address: fd00::2 @62+16
			  source link-layer address: 02:42:ac:11:00:01 @78+8
		`},
		{"report", "ICMPv6", `
			ICMPv6 54+28
			  type: 143 (multicast listener report, version 2) @54+1
			  code: 0 @55+1
			  checksum: 0x749d [correct] @56+2
			  number of group records: 1 @60+2
			  group record: ff02::1:ff00:1, 4 (change to exclude), 0 sources @62+20
		`},
		{"piece6", "IPv6", `
			IPv6 14+48
			  version: 6 @14+1
			  DSCP: 46 (EF) @14+2
			  ECN: 1 (ECT(1)) @15+1
			  flow label: 0x12345 @15+3
			  payload length: 12 bytes @18+2
			  next header: 44 (fragment header) @20+1
			  hop limit: 63 @21+1
			  source address: fd00::1 @22+16
			  destination address: fd00::2 @38+16
			  fragment header: 8 bytes, next header 17 (UDP), offset 1448 bytes, identification 0x00000007, more fragments follow @54+8
			data 62+4
			  length: 4 bytes @62+4
			  preview: rest @62+4
		`},
		{"lldp", "Ethernet", `
			Ethernet 0+14
			  destination: 02:42:ac:11:00:02 @0+6
			  source: 02:42:ac:11:00:01 @6+6
			  type: 0x88cc (LLDP) @12+2
			data 14+20
			  length: 20 bytes @14+20
			  preview: link layer discovery @14+20
		`},
	} {
		same(t, c.frame, part(Frame(all[c.frame]), c.from), c.want)
	}
}
