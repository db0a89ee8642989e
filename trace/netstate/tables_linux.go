package netstate

import (
	"errors"
	"strconv"

	"tracer/sim/nft"
	"tracer/sim/rule"
	"tracer/trace"
)

// tables are a namespace's nftables tables: those that are not iptables', as rules and as
// text, and where the base chains of iptables' tables are attached.
type tables struct {
	rules    []rule.Table
	texts    []trace.Table
	attached map[chainKey]trace.Chain
}

type chainKey struct{ table, chain string }

// ownTable is the name of tracer's own tables (see package nftrace), which are not part of the
// network.
const ownTable = "tracer"

// isIP reports whether a table is for one version of IP.
func isIP(f nft.Family) bool { return f == nft.IPv4 || f == nft.IPv6 }

// ofIptables reports whether package iptables reads a table.
func ofIptables(f nft.Family, name string) bool {
	_, known := trace.TablePriority(trace.Prerouting, name)
	return isIP(f) && known
}

func foreign(f nft.Family, name string) bool {
	return !ofIptables(f, name) && (!isIP(f) || name != ownTable)
}

var errChanging = errors.New("the rules kept changing while they were read")

// attempts is how often reading starts over because the rules have changed.
const attempts = 10

// readTables reads the tables of the calling thread's namespace.
func (r *Reader) readTables() (*tables, error) {
	for range attempts {
		rs, generation, err := nft.Read(foreign)
		if err != nil {
			return nil, err
		}
		t := convert(rs)
		if !t.unlisted() {
			return t, nil
		}
		r.addTexts(generation, t)
		switch now, err := nft.Generation(); {
		case err != nil:
			return nil, err
		case now == generation:
			return t, nil
		}
	}
	return nil, errChanging
}

// convert sorts the tables.
func convert(rs nft.Ruleset) *tables {
	t := &tables{attached: map[chainKey]trace.Chain{}}
	var others nft.Ruleset
	for _, one := range rs.Tables {
		switch {
		case ofIptables(one.Family, one.Name):
			for i := range one.Chains {
				t.attached[chainKey{trace.TitleOf(one.Name, one.Family == nft.IPv6), one.Chains[i].Name}] = attachment(&one.Chains[i])
			}
		case foreign(one.Family, one.Name) && !one.Dormant && len(one.Chains) > 0:
			others.Tables = append(others.Tables, one)
		}
	}
	t.rules = others.Neutral()
	t.texts = record(t.rules)
	for i := range others.Tables {
		for k := range others.Tables[i].Chains {
			a, c := attachment(&others.Tables[i].Chains[k]), &t.texts[i].Chains[k]
			c.Hook, c.Priority, c.Type, c.Devices = a.Hook, a.Priority, a.Type, a.Devices
		}
	}
	return t
}

// attachment returns where a base chain is attached. A hook that the model does not have is 0.
func attachment(c *nft.Chain) (out trace.Chain) {
	if c.Base == nil {
		return out
	}
	out = trace.Chain{Priority: c.Base.Priority, Type: c.Base.Type, Devices: c.Base.Devices}
	if out.Hook.UnmarshalText([]byte(c.Base.Hook)) != nil {
		out.Hook = 0
	}
	return out
}

// unlisted reports whether there are rules without a text.
func (t *tables) unlisted() bool {
	for _, one := range t.rules {
		for _, c := range one.Chains {
			for i := range c.Rules {
				if c.Rules[i].Text == "" {
					return true
				}
			}
		}
	}
	return false
}

// addTexts adds the text of rules that are not understood, as nft prints it.
func (r *Reader) addTexts(generation uint32, t *tables) {
	texts := r.list(generation)
	for i := range t.rules {
		list := texts["table "+t.rules[i].Name+" {"]
		for k := range t.rules[i].Chains {
			rules := t.rules[i].Chains[k].Rules
			for n := range rules {
				one := &rules[n]
				if one.Text != "" {
					continue
				}
				if one.Text = list[one.Handle]; one.Text == "" {
					one.Text = unlisted(one.Handle)
				}
				t.texts[i].Chains[k].Rules[n].Text = one.Text
			}
		}
	}
}

// unlisted is the text of a rule that nft did not list.
func unlisted(handle uint64) string { return "[handle " + strconv.FormatUint(handle, 10) + "]" }

// attach adds to iptables' tables the places of chains that iptables cannot show.
func (t *tables) attach(list []trace.Table) {
	for i := range list {
		for k := range list[i].Chains {
			c := &list[i].Chains[k]
			if found := t.attached[chainKey{list[i].Name, c.Name}]; c.Foreign != "" && found.Type != "" {
				c.Hook, c.Priority, c.Type = found.Hook, found.Priority, found.Type
			}
		}
	}
}
