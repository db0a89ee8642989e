package sim

import "errors"

// installRules installs a node's firewall rules. It must run on the node's thread.
func (n *labNode) installRules() error {
	if n.Rules == nil {
		return nil
	}
	if err := n.Rules.Install(); err != nil {
		return n.fail("install rules", "", err)
	}
	return nil
}

// flushRules deletes the rules of one table. It must run on the node's thread.
func (n *labNode) flushRules(table string) error {
	if n.Rules == nil {
		return n.fail("flush table", table, errors.New("the node has no rules"))
	}
	return n.Rules.Flush(table)
}
