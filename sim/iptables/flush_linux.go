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
	b.add(unix.NFT_MSG_DELRULE, 0, "rules", fieldText(unix.NFTA_RULE_TABLE, table))
	if err := b.flush(); err != nil {
		return fmt.Errorf("flush table %s: %w", table, err)
	}
	return nil
}
