package iptables

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Flush deletes all rules of a table from the calling thread's network namespace, as
// "iptables -t NAME -F" does. Chains and policies stay.
func (Ruleset) Flush(table string) error {
	b, err := newBatch()
	if err != nil {
		return fmt.Errorf("netlink: %w", err)
	}
	defer b.close()
	b.add(unix.NFT_MSG_DELRULE, 0, "flush table "+table, fieldText(unix.NFTA_RULE_TABLE, table))
	return b.flush()
}
