package nft

import (
	"fmt"

	"golang.org/x/sys/unix"

	"tracer/sim/internal/nflink"
)

// Flush deletes all rules of a table, such as "ip nat", from the calling thread's network
// namespace, as "nft flush table" does. Chains, policies and sets stay. found is false if there
// is no such table.
func (rs Ruleset) Flush(table string) (found bool, err error) {
	for i := range rs.Tables {
		t := &rs.Tables[i]
		if t.String() != table {
			continue
		}
		b, err := nflink.NewBatch()
		if err != nil {
			return false, fmt.Errorf("netlink: %w", err)
		}
		defer b.Close()
		b.Add(byte(t.Family), unix.NFT_MSG_DELRULE, 0, "rules", nflink.Text(unix.NFTA_RULE_TABLE, t.Name))
		if err := b.Flush(); err != nil {
			return true, fmt.Errorf("flush table %s: %w", table, err)
		}
		return true, nil
	}
	return false, nil
}
