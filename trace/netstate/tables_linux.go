package netstate

import (
	"errors"
	"fmt"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/rule"
	"tracer/trace"
)

// tables are a namespace's nftables tables other than iptables': their chains, and what is
// known about their rules.
type tables struct {
	list     []*table // in the kernel's order
	byKey    map[tableKey]*table
	rules    int
	dormant  map[tableKey]bool
	attached map[chainKey]trace.Chain // where the base chains of iptables' tables are attached
}

type chainKey struct{ table, chain string }

type tableKey struct {
	family uint8
	name   string
}

type table struct {
	tableKey
	chains []*chain // in the kernel's order
	byName map[string]*chain
}

type chain struct {
	trace.Chain
	rules []rule.Rule
}

// text is the table's name in the model: the family comes first.
func (t *table) text() string { return families[t.family] + " " + t.name }

// families are the families of tables as nft names them.
var families = map[uint8]string{
	unix.NFPROTO_INET: "inet", unix.NFPROTO_IPV4: "ip", unix.NFPROTO_ARP: "arp",
	unix.NFPROTO_NETDEV: "netdev", unix.NFPROTO_BRIDGE: "bridge", unix.NFPROTO_IPV6: "ip6",
}

// ownTable is tracer's own table (see package nftrace), which is not part of the network.
const ownTable = "tracer"

// ofIptables reports whether package iptables reads the table.
func (k tableKey) ofIptables() bool {
	_, known := trace.TablePriority(trace.Prerouting, k.name)
	return k.family == unix.NFPROTO_IPV4 && known
}

var errChanging = errors.New("the rules kept changing while they were read")

const (
	// maxRules is the maximum number of rules of all those tables together.
	maxRules = 50_000
	// patience is how long the kernel may take for a list, and attempts is how often
	// reading starts over because the rules have changed.
	patience = 10 * time.Second
	attempts = 10
)

// readTables reads the tables of the calling thread's namespace, without the text of their
// rules.
func (r *Reader) readTables() (*tables, error) {
	conn, err := netlink.Dial(unix.NETLINK_NETFILTER, nil)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	for range attempts {
		t, err := r.readTablesOnce(conn)
		if errors.Is(err, errChanging) || errors.Is(err, unix.EINTR) {
			continue
		}
		return t, err
	}
	return nil, errChanging
}

// readTablesOnce compares the number of transactions before and after.
func (r *Reader) readTablesOnce(conn *netlink.Conn) (*tables, error) {
	before, err := generation(conn)
	if err != nil {
		return nil, err
	}
	t := &tables{byKey: map[tableKey]*table{}, dormant: map[tableKey]bool{}, attached: map[chainKey]trace.Chain{}}
	if err := dump(conn, unix.NFT_MSG_GETTABLE, t.addTable); err != nil {
		return nil, err
	}
	if err := dump(conn, unix.NFT_MSG_GETCHAIN, t.addChain); err != nil || len(t.list) == 0 {
		return t, err
	}
	if err := dump(conn, unix.NFT_MSG_GETRULE, t.addRule); err != nil {
		return nil, err
	}
	r.addTexts(conn, before, t)
	after, err := generation(conn)
	if err == nil && before != after {
		err = errChanging
	}
	return t, err
}

// generation returns the number of transactions so far.
func generation(conn *netlink.Conn) (id uint32, err error) {
	err = execute(conn, unix.NFT_MSG_GETGEN, 0, func(m message) error {
		id = m.uint32(unix.NFTA_GEN_ID)
		return nil
	})
	return id, err
}

// dump requests all objects of a kind, of all families.
func dump(conn *netlink.Conn, kind netlink.HeaderType, add func(message) error) error {
	return execute(conn, kind, netlink.Dump, add)
}

func execute(conn *netlink.Conn, kind netlink.HeaderType, flags netlink.HeaderFlags, add func(message) error) error {
	messages, err := conn.Execute(netlink.Message{
		Header: netlink.Header{Type: unix.NFNL_SUBSYS_NFTABLES<<8 | kind, Flags: netlink.Request | flags},
		Data:   []byte{unix.NFPROTO_UNSPEC, unix.NFNETLINK_V0, 0, 0},
	})
	if err != nil {
		return err
	}
	for _, m := range messages {
		if m.Header.Flags&netlink.DumpInterrupted != 0 {
			return errChanging
		}
		decoded, err := newMessage(m.Data)
		if err != nil {
			return err
		}
		if err := add(decoded); err != nil {
			return err
		}
	}
	return nil
}

// addTable notes tables that are switched off.
func (t *tables) addTable(m message) error {
	if m.uint32(unix.NFTA_TABLE_FLAGS)&unix.NFT_TABLE_F_DORMANT != 0 {
		t.dormant[tableKey{m.family, m.text(unix.NFTA_TABLE_NAME)}] = true
	}
	return nil
}

// addChain adds a chain, unless the table is iptables', tracer's own, or switched off.
func (t *tables) addChain(m message) error {
	key := tableKey{m.family, m.text(unix.NFTA_CHAIN_TABLE)}
	if families[key.family] == "" || key == (tableKey{unix.NFPROTO_IPV4, ownTable}) || t.dormant[key] {
		return nil
	}
	c := &chain{Chain: trace.Chain{Name: m.text(unix.NFTA_CHAIN_NAME)}}
	if err := c.attach(&m); err != nil {
		return fmt.Errorf("chain %q: %w", c.Name, err)
	}
	if key.ofIptables() {
		t.attached[chainKey{key.name, c.Name}] = c.Chain
		return nil
	}
	at := t.byKey[key]
	if at == nil {
		at = &table{tableKey: key, byName: map[string]*chain{}}
		t.byKey[key], t.list = at, append(t.list, at)
	}
	at.chains, at.byName[c.Name] = append(at.chains, c), c
	return nil
}

// addRule adds a rule to its chain.
func (t *tables) addRule(m message) error {
	at := t.byKey[tableKey{m.family, m.text(unix.NFTA_RULE_TABLE)}]
	if at == nil {
		return nil
	}
	c := at.byName[m.text(unix.NFTA_RULE_CHAIN)]
	if c == nil { // it has been added since
		return errChanging
	}
	one, err := decodeRule(&m)
	if t.rules++; t.rules > maxRules {
		return fmt.Errorf("there are more than %d", maxRules)
	}
	c.rules = append(c.rules, one)
	return err
}

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

// record returns the tables as rules, and as text.
func (t *tables) record() (rules []rule.Table, texts []trace.Table) {
	for _, one := range t.list {
		neutral, text := rule.Table{Name: one.text()}, trace.Table{Name: one.text()}
		for _, c := range one.chains {
			c.Rules = recordRules(c.rules)
			text.Chains = append(text.Chains, c.Chain)
			neutral.Chains = append(neutral.Chains, rule.Chain{Name: c.Name, Policy: c.Policy, Rules: c.rules})
		}
		rules, texts = append(rules, neutral), append(texts, text)
	}
	return rules, texts
}
