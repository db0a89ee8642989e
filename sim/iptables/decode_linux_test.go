package iptables

import (
	"encoding/binary"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// attr writes one netlink attribute.
func attr(kind uint16, parts ...[]byte) []byte {
	value := slices.Concat(parts...)
	b := binary.NativeEndian.AppendUint16(nil, uint16(unix.NLA_HDRLEN+len(value)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = append(b, value...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func num(kind uint16, v uint32) []byte { return attr(kind, binary.BigEndian.AppendUint32(nil, v)) }

func nested(kind uint16, value string) []byte {
	return attr(kind, attr(unix.NFTA_DATA_VALUE, []byte(value)))
}

// expression writes one element of NFTA_RULE_EXPRESSIONS.
func expression(name string, data ...[]byte) []byte {
	return attr(1, attr(unix.NFTA_EXPR_NAME, []byte(name+"\x00")), attr(unix.NFTA_EXPR_DATA, data...))
}

func loadMeta(key uint32) []byte {
	return expression("meta", num(unix.NFTA_META_DREG, 1), num(unix.NFTA_META_KEY, key))
}

func loadPayload(base, offset, length uint32) []byte {
	return expression("payload", num(unix.NFTA_PAYLOAD_DREG, 1), num(unix.NFTA_PAYLOAD_BASE, base), num(unix.NFTA_PAYLOAD_OFFSET, offset), num(unix.NFTA_PAYLOAD_LEN, length))
}

func cmpValue(op uint32, value string) []byte {
	return expression("cmp", num(unix.NFTA_CMP_SREG, 1), num(unix.NFTA_CMP_OP, op), nested(unix.NFTA_CMP_DATA, value))
}

func mask(value string, more ...[]byte) []byte {
	data := [][]byte{num(unix.NFTA_BITWISE_SREG, 1), num(unix.NFTA_BITWISE_DREG, 1), num(unix.NFTA_BITWISE_LEN, uint32(len(value))),
		nested(unix.NFTA_BITWISE_MASK, value), nested(unix.NFTA_BITWISE_XOR, strings.Repeat("\x00", len(value)))}
	return expression("bitwise", append(data, more...)...)
}

func counterOf(packets, bytes uint64) []byte {
	return expression("counter", attr(unix.NFTA_COUNTER_BYTES, binary.BigEndian.AppendUint64(nil, bytes)),
		attr(unix.NFTA_COUNTER_PACKETS, binary.BigEndian.AppendUint64(nil, packets)))
}

func verdict(code int32, chain ...[]byte) []byte {
	return expression("immediate", num(unix.NFTA_IMMEDIATE_DREG, 0),
		attr(unix.NFTA_IMMEDIATE_DATA, attr(unix.NFTA_DATA_VERDICT, append([][]byte{num(unix.NFTA_VERDICT_CODE, uint32(code))}, chain...)...)))
}

func xtElement(kind, name string, rev uint32, info []byte) []byte {
	return expression(kind, attr(unix.NFTA_MATCH_NAME, []byte(name+"\x00")), num(unix.NFTA_MATCH_REV, rev), attr(unix.NFTA_MATCH_INFO, info))
}

func TestDecodeExpressions(t *testing.T) {
	tcp := slices.Concat(loadMeta(unix.NFT_META_L4PROTO), cmpValue(unix.NFT_CMP_EQ, "\x06"))
	tcpInfo := func(ports [4]uint16, tail string) []byte {
		var b []byte
		for _, p := range ports {
			b = binary.NativeEndian.AppendUint16(b, p)
		}
		return append(b, tail+"\x00\x00\x00\x00"...)
	}
	for _, c := range []struct {
		name        string
		expressions []byte
		want        string
	}{
		{"empty", nil, ""},
		{"nft pads names", slices.Concat(loadMeta(unix.NFT_META_IIFNAME), cmpValue(unix.NFT_CMP_EQ, "lo"+strings.Repeat("\x00", 14))), "-i lo"},
		{"prefix of a name", slices.Concat(loadMeta(unix.NFT_META_OIFNAME), cmpValue(unix.NFT_CMP_NEQ, "eth")), "! -o eth+"},
		{"device called eth+", slices.Concat(loadMeta(unix.NFT_META_IIFNAME), cmpValue(unix.NFT_CMP_EQ, "eth+\x00")), "[meta iifname == 0x6574682b00]"},
		{"bytes after the name", slices.Concat(loadMeta(unix.NFT_META_IIFNAME), cmpValue(unix.NFT_CMP_EQ, "lo\x00x")), "[meta iifname == 0x6c6f0078]"},
		{"name with an escape", slices.Concat(loadMeta(unix.NFT_META_IIFNAME), cmpValue(unix.NFT_CMP_EQ, "\x1b[\x00")), "[meta iifname == 0x1b5b00]"},
		{"16 bytes without an end", slices.Concat(loadMeta(unix.NFT_META_IIFNAME), cmpValue(unix.NFT_CMP_EQ, strings.Repeat("x", 16))),
			"[meta iifname == 0x78787878787878787878787878787878]"},
		{"unused interface", loadMeta(unix.NFT_META_IIFNAME), ""},
		{"unused mark", slices.Concat(loadMeta(unix.NFT_META_MARK), verdict(codeDrop)), "[meta mark] -j DROP"},
		{"less than", slices.Concat(loadMeta(unix.NFT_META_L4PROTO), cmpValue(unix.NFT_CMP_LT, "\x06")), "[meta l4proto < 0x06]"},
		{"unknown operator", slices.Concat(loadMeta(99), cmpValue(77, "\x06")), "[meta 99 op 77 0x06]"},
		{"second protocol", slices.Concat(tcp, loadMeta(unix.NFT_META_L4PROTO), cmpValue(unix.NFT_CMP_NEQ, "\x11")), "-p tcp [meta l4proto != 0x11]"},
		{"port without protocol", slices.Concat(loadPayload(unix.NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2), cmpValue(unix.NFT_CMP_EQ, "\x00\x50")),
			"[payload transport+2 2b == 0x0050]"},
		{"port of not tcp", slices.Concat(loadMeta(unix.NFT_META_L4PROTO), cmpValue(unix.NFT_CMP_NEQ, "\x06"), loadPayload(unix.NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2), cmpValue(unix.NFT_CMP_EQ, "\x00\x50")),
			"! -p tcp [payload transport+2 2b == 0x0050]"},
		{"both ports", slices.Concat(tcp, loadPayload(unix.NFT_PAYLOAD_TRANSPORT_HEADER, 0, 4), cmpValue(unix.NFT_CMP_EQ, "\x00\x35\x00\x35")), "-p tcp -m tcp --sport 53 --dport 53"},
		{"both, after one", slices.Concat(tcp, loadPayload(unix.NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2), cmpValue(unix.NFT_CMP_EQ, "\x00\x01"), loadPayload(unix.NFT_PAYLOAD_TRANSPORT_HEADER, 0, 4), cmpValue(unix.NFT_CMP_EQ, "\x00\x35\x00\x35")),
			"-p tcp -m tcp --dport 1 -m tcp --sport 53 --dport 53"},
		{"both, one zero", slices.Concat(tcp, loadPayload(unix.NFT_PAYLOAD_TRANSPORT_HEADER, 0, 4), cmpValue(unix.NFT_CMP_EQ, "\x00\x00\x00\x35")), "-p tcp [payload transport+0 4b == 0x00000035]"},
		{"from and to", slices.Concat(tcp, loadPayload(unix.NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2), cmpValue(unix.NFT_CMP_GTE, "\x00\x05"), cmpValue(unix.NFT_CMP_LTE, "\x00\x06")), "-p tcp -m tcp --dport 5:6"},
		{"masked port", slices.Concat(tcp, loadPayload(unix.NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2), mask("\xff\x00"), cmpValue(unix.NFT_CMP_EQ, "\x01\x00")),
			"-p tcp [payload transport+2 2b & 0xff00 == 0x0100]"},
		{"backward range", slices.Concat(tcp, loadPayload(unix.NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2), expression("range", num(unix.NFTA_RANGE_SREG, 1), num(unix.NFTA_RANGE_OP, unix.NFT_CMP_EQ),
			nested(unix.NFTA_RANGE_FROM_DATA, "\x00\x09"), nested(unix.NFTA_RANGE_TO_DATA, "\x00\x01"))), "-p tcp [payload transport+2 2b == 0x0009-0x0001]"},
		{"masked protocol", slices.Concat(loadPayload(unix.NFT_PAYLOAD_NETWORK_HEADER, 9, 1), mask("\x0f"), cmpValue(unix.NFT_CMP_EQ, "\x06")), "[payload network+9 1b & 0x0f == 0x06]"},
		{"prefix of 3 bits", slices.Concat(loadPayload(unix.NFT_PAYLOAD_NETWORK_HEADER, 12, 4), mask("\xe0\x00\x00\x00"), cmpValue(unix.NFT_CMP_EQ, "\xe0\x00\x00\x00")), "-s 224.0.0.0/3"},
		{"host bits beyond the mask", slices.Concat(loadPayload(unix.NFT_PAYLOAD_NETWORK_HEADER, 12, 4), mask("\xff\x80\x00\x00"), cmpValue(unix.NFT_CMP_EQ, "\x0a\x01\x00\x00")),
			"[payload network+12 4b & 0xff800000 == 0x0a010000]"},
		{"mask of nothing", slices.Concat(loadPayload(unix.NFT_PAYLOAD_NETWORK_HEADER, 12, 4), mask("\x00\x00\x00\x00"), cmpValue(unix.NFT_CMP_EQ, "\x00\x00\x00\x00")),
			"[payload network+12 4b & 0x00000000 == 0x00000000]"},
		{"shorter value", slices.Concat(loadPayload(unix.NFT_PAYLOAD_NETWORK_HEADER, 16, 4), cmpValue(unix.NFT_CMP_EQ, "\x0a")), "[payload network+16 4b == 0x0a]"},
		{"second source", slices.Concat(loadPayload(unix.NFT_PAYLOAD_NETWORK_HEADER, 12, 1), cmpValue(unix.NFT_CMP_NEQ, "\x0a"), cmpValue(unix.NFT_CMP_NEQ, "\x0b")), "! -s 10.0.0.0/8 [payload network+12 1b != 0x0b]"},
		{"shift, not mask", slices.Concat(loadPayload(unix.NFT_PAYLOAD_NETWORK_HEADER, 12, 4), mask("\xff\x00\x00\x00", num(6, 1)), cmpValue(unix.NFT_CMP_EQ, "\x0a\x00\x00\x00")),
			"[payload network+12 4b bitwise] [cmp]"},
		{"bitwise of nothing", mask("\xff"), "[bitwise]"},
		{"link layer", slices.Concat(loadPayload(0, 0, 6), cmpValue(unix.NFT_CMP_EQ, "\x02")), "[payload] [cmp]"},
		{"setting, not loading", expression("meta", num(3, 1), num(unix.NFTA_META_KEY, unix.NFT_META_MARK)), "[meta]"},
		{"other register", slices.Concat(loadMeta(unix.NFT_META_IIFNAME), expression("cmp", num(unix.NFTA_CMP_SREG, 2), num(unix.NFTA_CMP_OP, unix.NFT_CMP_EQ), nested(unix.NFTA_CMP_DATA, "lo\x00"))), "[cmp]"},
		{"unknown attribute", slices.Concat(loadMeta(unix.NFT_META_IIFNAME), expression("cmp", num(unix.NFTA_CMP_SREG, 1), num(unix.NFTA_CMP_OP, unix.NFT_CMP_EQ), nested(unix.NFTA_CMP_DATA, "lo\x00"), num(9, 1))), "[cmp]"},
		{"unknown high attribute", slices.Concat(loadMeta(unix.NFT_META_IIFNAME), expression("cmp", num(unix.NFTA_CMP_SREG, 1), num(unix.NFTA_CMP_OP, unix.NFT_CMP_EQ), nested(unix.NFTA_CMP_DATA, "lo\x00"), num(99, 1))), "[cmp]"},
		{"overwritten by an unknown", slices.Concat(loadMeta(unix.NFT_META_IIFNAME), expression("numgen"), cmpValue(unix.NFT_CMP_EQ, "lo\x00")), "[numgen] [cmp]"},
		{"counter before a condition", slices.Concat(counterOf(5, 300), loadMeta(unix.NFT_META_IIFNAME), cmpValue(unix.NFT_CMP_EQ, "lo\x00"), verdict(codeDrop)),
			"-i lo [counter packets 5 bytes 300] -j DROP"},
		{"odd counter", expression("counter", num(1, 1)), "[counter]"},
		{"log and accept", slices.Concat(counterOf(0, 0), expression("log"), verdict(codeAccept)), "[log] -j ACCEPT"},
		{"after a jump", slices.Concat(verdict(codeJump, attr(unix.NFTA_VERDICT_CHAIN, []byte("X\x00"))), loadMeta(unix.NFT_META_IIFNAME), cmpValue(unix.NFT_CMP_EQ, "lo\x00"), verdict(codeAccept)),
			"-i lo [-j X] -j ACCEPT"},
		{"jump nowhere", verdict(codeJump), "[immediate]"},
		{"goto", verdict(codeGoto, attr(unix.NFTA_VERDICT_CHAIN, []byte("X\x00"))), "-g X"},
		{"unknown verdict", verdict(7), "[immediate]"},
		{"no verdict", expression("immediate", num(unix.NFTA_IMMEDIATE_DREG, 0)), "[immediate]"},
		{"no data", attr(1, attr(unix.NFTA_EXPR_NAME, []byte("meta\x00"))), "[meta]"},
		{"no name", attr(1), "[]"},
		{"old tcp match", slices.Concat(tcp, xtElement("match", "tcp", 0, tcpInfo([4]uint16{0, 65535, 80, 80}, "\x00\x00\x00\x02"))), "-p tcp -m tcp ! --dport 80"},
		{"tcp flags", slices.Concat(tcp, xtElement("match", "tcp", 0, tcpInfo([4]uint16{0, 65535, 80, 80}, "\x00\x17\x02\x00"))), "-p tcp -m tcp --dport 80 --tcp-flags FIN,SYN,RST,ACK SYN"},
		{"tcp port 0", slices.Concat(tcp, xtElement("match", "tcp", 0, tcpInfo([4]uint16{0, 65535, 0, 0}, "\x00\x00\x00\x00"))), "-p tcp [match tcp rev 0]"},
		{"tcp match without -p", xtElement("match", "tcp", 0, tcpInfo([4]uint16{0, 65535, 80, 80}, "\x00\x00\x00\x00")), "[match tcp rev 0]"},
		{"short info", slices.Concat(tcp, xtElement("match", "tcp", 0, make([]byte, 11))), "-p tcp [match tcp rev 0]"},
		{"short addrtype", xtElement("match", "addrtype", 1, make([]byte, 7)), "[match addrtype rev 1]"},
		{"empty addrtype", xtElement("match", "addrtype", 1, make([]byte, 8)), "[match addrtype rev 1]"},
		{"other revision", xtElement("match", "addrtype", 0, []byte{4, 0, 4, 0, 0, 0, 0, 0}), "[match addrtype rev 0]"},
		{"short conntrack", xtElement("match", "conntrack", 3, make([]byte, 153)), "[match conntrack rev 3]"},
		{"short DNAT", xtElement("target", "DNAT", 2, make([]byte, 41)), "[target DNAT rev 2]"},
		{"empty DNAT", xtElement("target", "DNAT", 2, make([]byte, 48)), "[target DNAT rev 2]"},
		{"MASQUERADE of no range", xtElement("target", "MASQUERADE", 0, make([]byte, 24)), "[target MASQUERADE rev 0]"},
	} {
		r, err := decodeExpressions(IPv4, c.expressions)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := r.String(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
		if understood(r) == strings.Contains(c.want, "[") {
			t.Errorf("%s: understood %v", c.name, understood(r))
		}
	}
}

func TestDecodeCounter(t *testing.T) {
	r, err := decodeExpressions(IPv4, slices.Concat(counterOf(5, 300), verdict(codeDrop)))
	if want := (Rule{Target: Drop, Packets: 5, Bytes: 300}); err != nil || !reflect.DeepEqual(r, want) {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestDecodeMalformed(t *testing.T) {
	whole := expression("cmp", num(unix.NFTA_CMP_SREG, 1), num(unix.NFTA_CMP_OP, unix.NFT_CMP_EQ), nested(unix.NFTA_CMP_DATA, "lo\x00"))
	for _, b := range [][]byte{
		{1}, {3, 0, 1, 0}, binary.NativeEndian.AppendUint32(nil, 0xffff), whole[:len(whole)-4], attr(1, []byte{1, 2}), attr(1, attr(unix.NFTA_EXPR_DATA, []byte{1})),
	} {
		if r, err := decodeExpressions(IPv4, b); !errors.Is(err, errAttr) {
			t.Errorf("%x: %v, %v", b, r, err)
		}
	}
}

func TestDecodeMessages(t *testing.T) {
	head := []byte{2, 0, 0, 0}
	name := func(kind uint16, s string) []byte { return attr(kind, []byte(s+"\x00")) }
	base := func(table, chain, kind string, hook, priority uint32) []byte {
		return slices.Concat(head, name(unix.NFTA_CHAIN_TABLE, table), name(unix.NFTA_CHAIN_NAME, chain), name(unix.NFTA_CHAIN_TYPE, kind), num(unix.NFTA_CHAIN_POLICY, 1),
			attr(unix.NFTA_CHAIN_HOOK, num(unix.NFTA_HOOK_HOOKNUM, hook), num(unix.NFTA_HOOK_PRIORITY, priority)))
	}
	for _, c := range []struct {
		message []byte
		want    Chain
	}{
		{base("nat", "PREROUTING", "nat", 0, 0xffffff9c), Chain{Name: "PREROUTING", Policy: Accept}},
		{base("nat", "PREROUTING", "nat", 0, 5), Chain{Name: "PREROUTING", Policy: Accept, Foreign: "type nat hook prerouting priority 5"}},
		{base("nat", "FORWARD", "filter", 2, 0), Chain{Name: "FORWARD", Policy: Accept, Foreign: "type filter hook forward priority 0"}},
		{base("nat", "x", "fil\x1bter", 77, 0xffffffff), Chain{Name: "x", Policy: Accept, Foreign: "type fil?ter hook 77 priority -1"}},
		{slices.Concat(head, name(unix.NFTA_CHAIN_TABLE, "nat"), name(unix.NFTA_CHAIN_NAME, "DOCKER")), Chain{Name: "DOCKER"}},
		{slices.Concat(head, name(unix.NFTA_CHAIN_TABLE, "nat"), name(unix.NFTA_CHAIN_NAME, "INPUT")), Chain{Name: "INPUT", Foreign: "no hook calls it"}},
	} {
		table, got, err := decodeChain(c.message)
		if err != nil || table != "nat" || !reflect.DeepEqual(got, c.want) {
			t.Errorf("got %q %+v, %v; want %+v", table, got, err, c.want)
		}
	}
	bad := slices.Concat(head, name(unix.NFTA_CHAIN_NAME, "X"), attr(unix.NFTA_CHAIN_HOOK))
	if _, c, err := decodeChain(bad); !errors.Is(err, errAttr) {
		t.Errorf("hook without a number: %+v, %v", c, err)
	}
	message := slices.Concat(head, name(unix.NFTA_RULE_TABLE, "nat"), name(unix.NFTA_RULE_CHAIN, "X"),
		attr(unix.NFTA_RULE_HANDLE, binary.BigEndian.AppendUint64(nil, 7)), attr(unix.NFTA_RULE_EXPRESSIONS, verdict(codeReturn)))
	table, chain, r, err := decodeRule(IPv4, message)
	if want := (Rule{Target: Return, Handle: 7}); err != nil || table != "nat" || chain != "X" || !reflect.DeepEqual(r, want) {
		t.Errorf("got %s %s %+v, %v", table, chain, r, err)
	}
	for _, short := range [][]byte{nil, {2, 0, 0}} {
		_, _, err1 := decodeChain(short)
		_, _, _, err2 := decodeRule(IPv4, short)
		if err1 == nil || err2 == nil {
			t.Errorf("%x: %v, %v", short, err1, err2)
		}
	}
}
