package iptables

import (
	"fmt"
	"strconv"
)

// nfgenSize is struct nfgenmsg: family, version and a resource id.
const nfgenSize = 4

// decodeGeneration reads the body of an NFT_MSG_NEWGEN message: how many
// transactions there have been.
func decodeGeneration(message []byte) (uint32, error) {
	if len(message) < nfgenSize {
		return 0, errAttr
	}
	a, err := parseAttrs(message[nfgenSize:])
	if err != nil {
		return 0, err
	}
	if g, ok := a.uint32(genID); ok {
		return g, nil
	}
	return 0, fmt.Errorf("generation: %w", errAttr)
}

// decodeChain reads the body of an NFT_MSG_NEWCHAIN message.
func decodeChain(message []byte) (table string, c Chain, err error) {
	if len(message) < nfgenSize {
		return "", c, errAttr
	}
	a, err := parseAttrs(message[nfgenSize:])
	if err != nil {
		return "", c, err
	}
	table, c.Name = a.text(chainTable), a.text(chainName)
	standard, named := findBase(table, c.Name)
	if a.value[chainHook] == nil {
		if named {
			c.Foreign = "no hook calls it"
		}
		return table, c, nil
	}
	h, err := parseAttrs(a.value[chainHook])
	if err != nil {
		return "", c, err
	}
	hook, ok1 := h.uint32(hookNumber)
	priority, ok2 := h.uint32(hookPriority)
	policy, ok3 := a.uint32(chainPolicy)
	if !ok1 || !ok2 || !ok3 {
		return "", c, fmt.Errorf("chain %s: %w", quote(c.Name), errAttr)
	}
	c.Policy = Drop
	if policy == verdictAccept {
		c.Policy = Accept
	}
	kind := a.text(chainType)
	if !named || hook != standard.hook || int32(priority) != standard.priority || kind != standard.kind {
		c.Foreign = "type " + printable(kind) + " hook " + hookName(hook) + " priority " + strconv.Itoa(int(int32(priority)))
	}
	return table, c, nil
}

// decodeRule reads the body of an NFT_MSG_NEWRULE message.
func decodeRule(message []byte) (table, chain string, r Rule, err error) {
	if len(message) < nfgenSize {
		return "", "", r, errAttr
	}
	a, err := parseAttrs(message[nfgenSize:])
	if err != nil {
		return "", "", r, err
	}
	table, chain = a.text(ruleTable), a.text(ruleChain)
	r, err = decodeExpressions(a.value[ruleExpressions])
	if err != nil {
		return "", "", Rule{}, fmt.Errorf("rule in chain %s: %w", quote(chain), err)
	}
	r.Handle, _ = a.uint64(ruleHandle)
	return table, chain, r, nil
}

func hookName(hook uint32) string {
	names := [...]string{"prerouting", "input", "forward", "output", "postrouting", "ingress"}
	if hook < uint32(len(names)) {
		return names[hook]
	}
	return strconv.FormatUint(uint64(hook), 10)
}
