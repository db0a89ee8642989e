package sim

import "errors"

// installRules installs a node's firewall rules. It must run on the node's thread.
func (n *labNode) installRules() error {
	for _, rules := range n.AllRules() {
		if err := rules.Install(); err != nil {
			return n.fail("install rules", "", err)
		}
	}
	return nil
}

// flushRules deletes the rules of one table of iptables or nftables. A table of iptables that
// is not there is empty: iptables -F creates it. It must run on the node's thread.
func (n *labNode) flushRules(table string) error {
	for _, rules := range n.AllRules() {
		if found, err := rules.Flush(table); found || err != nil {
			return err
		}
	}
	if !ofIPTables(table) {
		return n.fail("flush table", table, errors.New("there is no such table"))
	}
	return nil
}
