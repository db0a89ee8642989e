package iptables

// assemble decodes the messages and puts rules into chains into tables.
func assemble(chains, rules [][]byte) (Ruleset, error) {
	type place struct{ table, chain string }
	found := make(map[place]*Chain)
	tables := make(map[string]*Table)
	for _, body := range chains {
		name, c, err := decodeChain(body)
		if err != nil {
			return Ruleset{}, err
		}
		if baseChains(name) == nil {
			continue
		}
		if tables[name] == nil {
			tables[name] = &Table{Name: name}
		}
		found[place{name, c.Name}] = &c
		tables[name].Chains = append(tables[name].Chains, c)
	}
	for _, body := range rules {
		table, chain, r, err := decodeRule(body)
		if err != nil {
			return Ruleset{}, err
		}
		if c := found[place{table, chain}]; c != nil {
			c.Rules = append(c.Rules, r)
		}
	}
	var rs Ruleset
	for _, name := range tableNames() {
		t := tables[name]
		if t == nil {
			continue
		}
		sorted := Table{Name: name}
		for _, c := range t.ordered() {
			sorted.Chains = append(sorted.Chains, *found[place{name, c.Name}])
		}
		rs.Tables = append(rs.Tables, sorted)
	}
	return rs, nil
}
