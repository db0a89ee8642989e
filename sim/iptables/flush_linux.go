package iptables

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"tracer/sim/internal/nflink"
)

// Flush deletes all rules of a table from the calling thread's network namespace, as
// "iptables -t NAME -F" or, for "ip6 NAME", "ip6tables -t NAME -F" does. Chains and policies
// stay. found is false if there is no such table.
func (Ruleset) Flush(table string) (found bool, err error) {
	b, err := nflink.NewBatch()
	if err != nil {
		return false, fmt.Errorf("netlink: %w", err)
	}
	defer b.Close()
	f, name := titled(table)
	b.Add(f.protocol(), unix.NFT_MSG_DELRULE, 0, "rules", nflink.Text(unix.NFTA_RULE_TABLE, name))
	switch err := b.Flush(); {
	case errors.Is(err, unix.ENOENT):
		return false, nil
	case err != nil:
		return true, fmt.Errorf("flush table %s: %w", table, err)
	}
	return true, nil
}
