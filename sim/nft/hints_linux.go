package nft

import (
	"golang.org/x/sys/unix"
)

// marking are the targets of iptables that set a packet's mark, or let a program do so.
var marking = map[string]bool{"MARK": true, "CONNMARK": true, "HMARK": true, "TPROXY": true, "SET": true, "NFQUEUE": true}

// scan decodes what can be known about a rule without understanding all of it: its counter,
// the kind of its translation, and whether it involves packet marks.
func (r *Rule) scan(expressions []byte) error {
	return elements(expressions, func(_ uint16, b []byte) error {
		e, err := parseAttrs(b)
		if err != nil {
			return err
		}
		data, err := e.nested(unix.NFTA_EXPR_DATA)
		if err != nil {
			return err
		}
		switch name := e.text(unix.NFTA_EXPR_NAME); name {
		case "counter":
			r.Packets, r.Bytes = data.uint64(unix.NFTA_COUNTER_PACKETS), data.uint64(unix.NFTA_COUNTER_BYTES)
		case "meta":
			r.hints.marks = r.hints.marks || data.uint32(unix.NFTA_META_KEY) == unix.NFT_META_MARK
		case "fib":
			r.hints.marks = r.hints.marks || data.uint32(unix.NFTA_FIB_FLAGS)&unix.NFTA_FIB_F_MARK != 0
		case "match":
			r.hints.marks = r.hints.marks || data.text(unix.NFTA_MATCH_NAME) == "mark"
		case "target":
			r.hints.marks = r.hints.marks || marking[data.text(unix.NFTA_TARGET_NAME)]
		case "queue": // the program that receives the packet may set its mark
			r.hints.marks = true
		case "nat", "redir", "masq":
			r.hints.translates(name, &data)
		}
		return nil
	})
}

// translates notes the kind of a translation. Its addresses and ports are in registers that
// other expressions fill.
func (h *hints) translates(name string, data *message) {
	switch {
	case name == "masq":
		h.nat = &NAT{Kind: Masquerade}
	case name == "redir":
		h.nat, h.unknown = &NAT{Kind: Redirect}, data.attrs[unix.NFTA_REDIR_REG_PROTO_MIN] != nil
	case data.uint32(unix.NFTA_NAT_TYPE) == unix.NFT_NAT_DNAT:
		h.nat, h.unknown = &NAT{Kind: DNAT}, true
	default:
		h.nat, h.unknown = &NAT{Kind: SNAT}, true
	}
}
