package iptables

import (
	"fmt"

	"github.com/google/nftables"
)

// Flush deletes all rules of a table from the calling thread's network namespace, as
// "iptables -t NAME -F" does. Chains and policies stay.
func (Ruleset) Flush(table string) error {
	c, err := nftables.New()
	if err != nil {
		return fmt.Errorf("netlink: %w", err)
	}
	c.FlushTable(&nftables.Table{Name: table, Family: nftables.TableFamilyIPv4})
	if err := c.Flush(); err != nil {
		return fmt.Errorf("flush table %s: %w", table, err)
	}
	return nil
}
