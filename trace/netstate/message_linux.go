package netstate

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/rule"
	"tracer/trace"
)

// message is a decoded message of nf_tables: the family, and attributes by type. If an
// attribute occurs twice, the last one counts; lists are read with elements.
type message struct {
	family uint8
	attrs  map[uint16][]byte
}

var errMessage = errors.New("malformed message of nf_tables")

// newMessage decodes a message, which begins with struct nfgenmsg.
func newMessage(b []byte) (message, error) {
	const header = 4
	if len(b) < header {
		return message{}, errMessage
	}
	m, err := parse(b[header:])
	m.family = b[0]
	return m, err
}

func parse(b []byte) (message, error) {
	m := message{attrs: map[uint16][]byte{}}
	err := elements(b, func(kind uint16, value []byte) error {
		m.attrs[kind] = value
		return nil
	})
	return m, err
}

// elements calls f for each attribute.
func elements(b []byte, f func(kind uint16, value []byte) error) error {
	if len(b) == 0 {
		return nil
	}
	ad, err := netlink.NewAttributeDecoder(b)
	if err != nil {
		return err
	}
	for ad.Next() {
		if err := f(ad.Type(), ad.Bytes()); err != nil {
			return err
		}
	}
	return ad.Err()
}

// nested returns the attributes within one, or none if it is missing.
func (m *message) nested(kind uint16) (message, error) { return parse(m.attrs[kind]) }

func (m *message) text(kind uint16) string { return unix.ByteSliceToString(m.attrs[kind]) }

func (m *message) uint32(kind uint16) uint32 {
	if b := m.attrs[kind]; len(b) == 4 {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (m *message) uint64(kind uint16) uint64 {
	if b := m.attrs[kind]; len(b) == 8 {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// Attributes that package unix does not have (enum nft_hook_attributes and enum
// nft_devices_attributes).
const (
	hookDevice  = 3
	hookDevices = 4
)

// attach decodes where a base chain is attached.
func (c *chain) attach(m *message) error {
	if m.attrs[unix.NFTA_CHAIN_HOOK] == nil {
		return nil
	}
	h, err := m.nested(unix.NFTA_CHAIN_HOOK)
	if err != nil {
		return err
	}
	c.Hook = hookOf(m.family, h.uint32(unix.NFTA_HOOK_HOOKNUM))
	c.Priority = int(int32(h.uint32(unix.NFTA_HOOK_PRIORITY)))
	c.Type = m.text(unix.NFTA_CHAIN_TYPE)
	if c.Policy = "ACCEPT"; m.uint32(unix.NFTA_CHAIN_POLICY) == 0 && m.attrs[unix.NFTA_CHAIN_POLICY] != nil {
		c.Policy = "DROP"
	}
	if name := h.text(hookDevice); name != "" { // the only one, which the list has, too
		c.Devices = []string{name}
		return nil
	}
	err = elements(h.attrs[hookDevices], func(_ uint16, name []byte) error {
		c.Devices = append(c.Devices, unix.ByteSliceToString(name))
		return nil
	})
	slices.Sort(c.Devices)
	return err
}

// ipHooks are the hooks of ip, ip6 and bridge, and of inet, which also has ingress.
var ipHooks = []trace.Hook{trace.Prerouting, trace.Input, trace.Forward, trace.Output, trace.Postrouting, trace.Ingress}

// hookOf returns a family's hook. 0 stands for one that the model does not have.
func hookOf(family uint8, number uint32) trace.Hook {
	list := ipHooks
	switch family {
	case unix.NFPROTO_NETDEV:
		list = []trace.Hook{trace.Ingress, trace.Egress}
	case unix.NFPROTO_ARP:
		list = []trace.Hook{trace.Input, trace.Output, trace.Forward}
	case unix.NFPROTO_BRIDGE:
		list = ipHooks[:5]
	}
	if number < uint32(len(list)) {
		return list[number]
	}
	return 0
}

// marking are the targets of iptables that set a packet's mark, or let a program do so.
var marking = map[string]bool{"MARK": true, "CONNMARK": true, "HMARK": true, "TPROXY": true, "SET": true, "NFQUEUE": true}

// decodeRule decodes what can be known about a rule without understanding all of it: its
// handle, its counter, the kind of its translation, and whether it involves packet marks.
func decodeRule(m *message) (rule.Rule, error) {
	r := rule.Rule{Handle: m.uint64(unix.NFTA_RULE_HANDLE), Opaque: true}
	r.Text = unlisted(r.Handle)
	err := elements(m.attrs[unix.NFTA_RULE_EXPRESSIONS], func(_ uint16, b []byte) error {
		e, err := parse(b)
		if err != nil {
			return err
		}
		data, err := e.nested(unix.NFTA_EXPR_DATA)
		if err != nil {
			return err
		}
		switch e.text(unix.NFTA_EXPR_NAME) {
		case "counter":
			r.Packets, r.Bytes = data.uint64(unix.NFTA_COUNTER_PACKETS), data.uint64(unix.NFTA_COUNTER_BYTES)
		case "meta":
			r.Marks = r.Marks || data.uint32(unix.NFTA_META_KEY) == unix.NFT_META_MARK
		case "fib":
			r.Marks = r.Marks || data.uint32(unix.NFTA_FIB_FLAGS)&unix.NFTA_FIB_F_MARK != 0
		case "match":
			r.Marks = r.Marks || data.text(unix.NFTA_MATCH_NAME) == "mark"
		case "target":
			r.Marks = r.Marks || marking[data.text(unix.NFTA_TARGET_NAME)]
		case "queue": // the program that receives the packet may set its mark
			r.Marks = true
		case "nat", "redir", "masq":
			r.NAT = decodeNAT(e.text(unix.NFTA_EXPR_NAME), &data)
		}
		return nil
	})
	return r, err
}

// decodeNAT decodes the kind of a translation. Its addresses and ports are in registers that
// other expressions fill.
func decodeNAT(name string, data *message) *rule.NAT {
	switch {
	case name == "masq":
		return &rule.NAT{Kind: rule.Masquerade}
	case name == "redir":
		return &rule.NAT{Kind: rule.Redirect, Unknown: data.attrs[unix.NFTA_REDIR_REG_PROTO_MIN] != nil}
	case data.uint32(unix.NFTA_NAT_TYPE) == unix.NFT_NAT_DNAT:
		return &rule.NAT{Kind: rule.DNAT, Unknown: true}
	}
	return &rule.NAT{Kind: rule.SNAT, Unknown: true}
}
