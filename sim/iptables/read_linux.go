package iptables

import (
	"fmt"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/internal/nflink"
)

// Read returns the iptables tables of the calling thread's network namespace, with rule
// handles and counters, whichever program created them. IPv4's
// tables come first, in the order raw, mangle, nat, filter, security; chains are in the order of iptables -S. Tables without
// chains, or with other names, are omitted.
//
// Read dumps all chains, then all rules, and starts over if the ruleset has changed in
// between, so the result is a consistent snapshot. It decodes the messages itself
// because package nftables silently drops expressions that it does not know.
func Read() (Ruleset, error) {
	conn, err := nflink.Dial()
	if err != nil {
		return Ruleset{}, fmt.Errorf("read iptables rules: %w", err)
	}
	defer conn.Close()
	var rs Ruleset
	err = nflink.Consistent(conn, func(uint32) error {
		rs = Ruleset{}
		for _, f := range families {
			list, err := readFamily(conn, f)
			if err != nil {
				return err
			}
			rs.Tables = append(rs.Tables, list...)
		}
		return nil
	})
	if err != nil {
		return Ruleset{}, fmt.Errorf("read iptables rules: %w", err)
	}
	return rs, nil
}

// readFamily reads the tables of a family.
func readFamily(conn *netlink.Conn, f Family) ([]Table, error) {
	chains, err := nflink.Request(conn, f.protocol(), unix.NFT_MSG_GETCHAIN, netlink.Dump)
	if err != nil || len(chains) == 0 {
		return nil, err
	}
	rules, err := nflink.Request(conn, f.protocol(), unix.NFT_MSG_GETRULE, netlink.Dump)
	if err != nil {
		return nil, err
	}
	return assemble(f, chains, rules)
}

// protocol is the kernel's number of the family.
func (f Family) protocol() byte { return [...]byte{unix.NFPROTO_IPV4, unix.NFPROTO_IPV6}[f&1] }
