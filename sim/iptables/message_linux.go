package iptables

import (
	"fmt"
	"strconv"
	"tracer/sim/rule"

	"golang.org/x/sys/unix"
)

// assemble decodes messages and sorts the rules into chains and the chains into tables.
func assemble(f Family, chains, rules [][]byte) (list []Table, err error) {
	type place struct{ table, chain string }
	found := make(map[place]*Chain)
	tables := make(map[string]*Table)
	for _, m := range chains {
		name, c, err := decodeChain(m)
		if err != nil {
			return nil, err
		}
		if baseChains(name) == nil {
			continue
		}
		if tables[name] == nil {
			tables[name] = &Table{Family: f, Name: name}
		}
		found[place{name, c.Name}] = &c
		tables[name].Chains = append(tables[name].Chains, c)
	}
	for _, m := range rules {
		table, chain, r, err := decodeRule(f, m)
		if err != nil {
			return nil, err
		}
		if c := found[place{table, chain}]; c != nil {
			c.Rules = append(c.Rules, r)
		}
	}
	for _, name := range tableNames() {
		t := tables[name]
		if t == nil {
			continue
		}
		sorted := Table{Family: f, Name: name}
		for _, c := range t.ordered() {
			sorted.Chains = append(sorted.Chains, *found[place{name, c.Name}])
		}
		list = append(list, sorted)
	}
	return list, nil
}

// messageAttrs returns a message's attributes, which follow struct nfgenmsg: family,
// version and resource ID.
func messageAttrs(message []byte) (attrs, error) {
	const header = 4
	if len(message) < header {
		return attrs{}, errAttr
	}
	return parseAttrs(message[header:])
}

// decodeChain decodes NFT_MSG_NEWCHAIN.
func decodeChain(message []byte) (table string, c Chain, err error) {
	a, err := messageAttrs(message)
	if err != nil {
		return "", c, err
	}
	table, c.Name = a.text(unix.NFTA_CHAIN_TABLE), a.text(unix.NFTA_CHAIN_NAME)
	standard, named := findBase(table, c.Name)
	if !a.has(unix.NFTA_CHAIN_HOOK) {
		if named {
			c.Foreign = "no hook calls it"
		}
		return table, c, nil
	}
	h := a.nested(unix.NFTA_CHAIN_HOOK)
	hook, priority := h.uint32(unix.NFTA_HOOK_HOOKNUM), int32(h.uint32(unix.NFTA_HOOK_PRIORITY))
	policy, kind := a.uint32(unix.NFTA_CHAIN_POLICY), a.text(unix.NFTA_CHAIN_TYPE)
	if a.has(unix.NFTA_CHAIN_COUNTERS) {
		n := a.nested(unix.NFTA_CHAIN_COUNTERS)
		c.Counted = &rule.Count{Packets: n.uint64(unix.NFTA_COUNTER_PACKETS), Bytes: n.uint64(unix.NFTA_COUNTER_BYTES)}
		h.bad = h.bad || n.bad
	}
	if a.bad || h.bad {
		return "", c, fmt.Errorf("chain %s: %w", quote(c.Name), errAttr)
	}
	c.Policy = Drop
	if policy == codeAccept {
		c.Policy = Accept
	}
	if !named || hook != standard.hook || priority != standard.priority || kind != standard.kind {
		c.Foreign = "type " + printable(kind) + " hook " + hookName(hook) + " priority " + strconv.Itoa(int(priority))
	}
	return table, c, nil
}

// decodeRule decodes NFT_MSG_NEWRULE.
func decodeRule(f Family, message []byte) (table, chain string, r Rule, err error) {
	a, err := messageAttrs(message)
	if err != nil {
		return "", "", r, err
	}
	table, chain = a.text(unix.NFTA_RULE_TABLE), a.text(unix.NFTA_RULE_CHAIN)
	r, err = decodeExpressions(f, a.value[unix.NFTA_RULE_EXPRESSIONS])
	if err != nil {
		return "", "", Rule{}, fmt.Errorf("rule in chain %s: %w", quote(chain), err)
	}
	r.Handle = a.uint64(unix.NFTA_RULE_HANDLE)
	return table, chain, r, nil
}

func hookName(hook uint32) string {
	return nameOf(hook, "prerouting", "input", "forward", "output", "postrouting", "ingress")
}
