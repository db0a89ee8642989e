package judge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// counters reads what a node has counted.
func (w *World) counters(node string) (*Counters, error) {
	c := &Counters{SNMP: map[string]uint64{}}
	err := w.Do(node, func() error {
		for _, name := range []string{"snmp", "netstat"} {
			text, err := os.ReadFile("/proc/thread-self/net/" + name)
			if err != nil {
				return err
			}
			c.addSNMP(string(text))
		}
		text, err := os.ReadFile("/proc/thread-self/net/snmp6")
		if errors.Is(err, os.ErrNotExist) {
			return nil // a kernel without IPv6
		}
		c.addSNMP6(string(text))
		return err
	})
	if err != nil {
		return nil, err
	}
	text, err := w.listing(node)
	if err != nil {
		return nil, fmt.Errorf("nft: %w", err)
	}
	if err := c.addRules(text); err != nil {
		return nil, fmt.Errorf("nft: %w", err)
	}
	for program, family := range map[string]string{"iptables-save": "", "ip6tables-save": "ip6 "} {
		if text, err = w.output(node, "", program, "-c"); err != nil {
			return nil, fmt.Errorf("%s: %w", program, err)
		}
		if err := c.addTexts(family, string(text)); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// listing returns nft's listing. nft lists nothing while a table changes, such as one that
// the kernel removes because its owner has exited. While the owner runs, some versions
// of nft break off the listing at that table, which is tracer's and not needed.
func (w *World) listing(node string) (text []byte, err error) {
	for range 300 {
		text, err = w.output(node, "", "nft", "-j", "-a", "list", "ruleset")
		if err != nil || json.Valid(text) {
			return text, err
		}
		if at := bytes.LastIndex(text, []byte(`, {"table": `)); at > 0 && bytes.HasSuffix(bytes.TrimSpace(text), []byte(`"flags":`)) {
			return append(text[:at:at], "]}"...), nil
		}
		time.Sleep(5 * time.Millisecond)
	}
	return nil, fmt.Errorf("nft's listing is not valid JSON (%d bytes)", len(text))
}

// addSNMP reads the format of /proc/net/snmp: a line of names, then one of numbers.
func (c *Counters) addSNMP(text string) {
	lines := strings.Split(text, "\n")
	for i := 0; i+1 < len(lines); i += 2 {
		group, names, _ := strings.Cut(lines[i], ":")
		_, values, _ := strings.Cut(lines[i+1], ":")
		numbers := strings.Fields(values)
		for k, name := range strings.Fields(names) {
			if k < len(numbers) {
				c.SNMP[group+"."+name], _ = strconv.ParseUint(numbers[k], 10, 64) // MaxConn is -1
			}
		}
	}
}

// addSNMP6 reads /proc/net/snmp6: a name and a number in each line.
func (c *Counters) addSNMP6(text string) {
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		for _, group := range []string{"Ip6", "Icmp6", "Udp6"} {
			if name, ok := strings.CutPrefix(words[0], group); ok && len(words) == 2 {
				c.SNMP[group+"."+name], _ = strconv.ParseUint(words[1], 10, 64) // a number of the kernel
			}
		}
	}
}

// listing is what nft -j prints.
type listing struct {
	Nftables []struct {
		Chain *struct {
			Family, Table, Name, Hook, Policy string
		}
		Map *struct {
			Family, Table, Name string
			Elem                json.RawMessage
		}
		Rule *struct {
			Family, Table, Chain string
			Handle               uint64
			Expr                 json.RawMessage
		}
	}
}

func (c *Counters) addRules(text []byte) error {
	var l listing
	if err := json.Unmarshal(text, &l); err != nil {
		return err
	}
	for _, o := range l.Nftables {
		if k := o.Chain; k != nil {
			c.Chains = append(c.Chains, Chain{Family: k.Family, Table: k.Table, Name: k.Name, Hook: k.Hook, Policy: k.Policy})
		}
		if m := o.Map; m != nil {
			c.addMap(m.Family, m.Table, m.Name, m.Elem)
		}
		if r := o.Rule; r != nil {
			rule := Rule{Handle: r.Handle, Text: string(r.Expr)}
			var expressions []struct{ Counter *struct{ Packets uint64 } }
			if err := json.Unmarshal(r.Expr, &expressions); err == nil {
				for _, e := range expressions {
					if e.Counter != nil {
						rule.Packets, rule.Counts = e.Counter.Packets, true
					}
				}
			}
			for i := range c.Chains {
				if k := &c.Chains[i]; k.Family == r.Family && k.Table == r.Table && k.Name == r.Chain {
					k.Rules = append(k.Rules, rule)
				}
			}
		}
	}
	return nil
}

// addTexts adds the texts of iptables' rules, and the counters of policies.
func (c *Counters) addTexts(family, text string) error {
	table, position := "", map[string]int{}
	for _, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, "*"):
			table = family + line[1:]
			clear(position)
		case strings.HasPrefix(line, ":"):
			words := strings.Fields(line[1:])
			if k := c.chain(table, words[0]); k != nil && len(words) == 3 {
				if _, err := fmt.Sscanf(words[2], "[%d:", &k.Packets); err != nil {
					return err
				}
			}
		case strings.HasPrefix(line, "["):
			_, rule, _ := strings.Cut(line, "] -A ")
			name, rest, _ := strings.Cut(rule, " ")
			k := c.chain(table, name)
			if k == nil || position[name] >= len(k.Rules) {
				return fmt.Errorf("iptables-save and nft differ about %s %s", table, name)
			}
			r := &k.Rules[position[name]]
			r.Text = rest
			if _, err := fmt.Sscanf(line, "[%d:", &r.Packets); err != nil {
				return err
			}
			r.Counts = true
			position[name]++
		}
	}
	return nil
}
