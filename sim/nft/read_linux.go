package nft

import (
	"fmt"
	"slices"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/internal/nflink"
)

// maxRules is the maximum number of rules of all tables together.
const maxRules = 50_000

// Read returns the tables of the calling thread's network namespace, of all families, with
// the rules' handles and counters, and the number of transactions so far. Of tables for which
// want returns false, it reads only the chains. A rule that is not understood consists of
// one [Opaque].
//
// It reads table by table, and starts over if the ruleset has changed in between, so the
// result is a consistent snapshot.
func Read(want func(Family, string) bool) (rs Ruleset, generation uint32, err error) {
	conn, err := nflink.Dial()
	if err != nil {
		return Ruleset{}, 0, fmt.Errorf("read nftables rules: %w", err)
	}
	defer conn.Close()
	err = nflink.Consistent(conn, func(now uint32) error {
		r := reader{conn: conn, want: want, anonymous: map[*Table]map[string]*Set{}}
		generation = now
		rs, err = r.read()
		return err
	})
	if err != nil {
		return Ruleset{}, 0, fmt.Errorf("read nftables rules: %w", err)
	}
	return rs, generation, nil
}

// Generation returns the number of transactions so far in the calling thread's network
// namespace.
func Generation() (uint32, error) {
	conn, err := nflink.Dial()
	if err != nil {
		return 0, fmt.Errorf("read nftables rules: %w", err)
	}
	defer conn.Close()
	return nflink.Generation(conn)
}

// reader reads a ruleset.
type reader struct {
	conn      *netlink.Conn
	want      func(Family, string) bool
	tables    []*Table
	anonymous map[*Table]map[string]*Set // sets that are part of rules, by name
	rules     int
}

func (r *reader) read() (rs Ruleset, err error) {
	if err := r.dump(unix.NFT_MSG_GETTABLE, r.addTable); err != nil {
		return rs, err
	}
	if err := r.dump(unix.NFT_MSG_GETCHAIN, r.addChain); err != nil {
		return rs, err
	}
	if slices.ContainsFunc(r.tables, r.wanted) {
		if err := r.dump(unix.NFT_MSG_GETSET, r.addSet); err != nil {
			return rs, err
		}
		if err := r.dump(unix.NFT_MSG_GETOBJ, r.addObject); err != nil {
			return rs, err
		}
		if err := r.dump(unix.NFT_MSG_GETRULE, r.addRule); err != nil {
			return rs, err
		}
	}
	for _, t := range r.tables {
		rs.Tables = append(rs.Tables, *t)
	}
	return rs, nil
}

func (r *reader) wanted(t *Table) bool { return r.want(t.Family, t.Name) }

// dump requests all objects of a kind, of all families.
func (r *reader) dump(kind netlink.HeaderType, add func(message) error) error {
	bodies, err := nflink.Request(r.conn, unix.NFPROTO_UNSPEC, kind, netlink.Dump)
	if err != nil {
		return err
	}
	for _, b := range bodies {
		m, err := newMessage(b)
		if err != nil {
			return err
		}
		if err := add(m); err != nil {
			return err
		}
	}
	return nil
}

// table returns the table that a message is about, or nil.
func (r *reader) table(m *message, name string) *Table {
	for _, t := range r.tables {
		if t.Family == m.family && t.Name == name {
			return t
		}
	}
	return nil
}

func (r *reader) addTable(m message) error {
	t := &Table{Family: m.family, Name: m.text(unix.NFTA_TABLE_NAME)}
	flags := m.uint32(unix.NFTA_TABLE_FLAGS)
	t.Dormant = flags&unix.NFT_TABLE_F_DORMANT != 0
	t.Unknown = flags&^unix.NFT_TABLE_F_DORMANT != 0 || len(m.attrs[tableUserData]) > 0
	r.tables = append(r.tables, t)
	r.anonymous[t] = map[string]*Set{}
	return nil
}

// Attributes that package unix does not have (enum nft_hook_attributes and enum
// nft_chain_attributes).
const (
	tableUserData = 6
	hookDevice    = 3
	hookDevices   = 4
	chainUserData = 12
)

func (r *reader) addChain(m message) error {
	t := r.table(&m, m.text(unix.NFTA_CHAIN_TABLE))
	if t == nil { // it has been added since
		return nflink.ErrChanging
	}
	c := Chain{Name: m.text(unix.NFTA_CHAIN_NAME), Comment: comment(m.attrs[chainUserData], 0)}
	if m.attrs[unix.NFTA_CHAIN_HOOK] != nil {
		base, err := decodeBase(&m)
		if err != nil {
			return fmt.Errorf("chain %q: %w", c.Name, err)
		}
		c.Base = base
	}
	t.Chains = append(t.Chains, c)
	return nil
}

// decodeBase decodes where a base chain is attached.
func decodeBase(m *message) (*Base, error) {
	h, err := m.nested(unix.NFTA_CHAIN_HOOK)
	if err != nil {
		return nil, err
	}
	b := &Base{Type: m.text(unix.NFTA_CHAIN_TYPE), Priority: int(int32(h.uint32(unix.NFTA_HOOK_PRIORITY))), Policy: Accept}
	if m.attrs[unix.NFTA_CHAIN_POLICY] != nil && m.uint32(unix.NFTA_CHAIN_POLICY) == 0 {
		b.Policy = Drop
	}
	if hooks, n := m.family.hooks(), h.uint32(unix.NFTA_HOOK_HOOKNUM); n < uint32(len(hooks)) {
		b.Hook = hooks[n]
	}
	if name := h.text(hookDevice); name != "" { // the only one, which the list has, too
		b.Devices = []string{name}
		return b, nil
	}
	err = elements(h.attrs[hookDevices], func(_ uint16, name []byte) error {
		b.Devices = append(b.Devices, unix.ByteSliceToString(name))
		return nil
	})
	slices.Sort(b.Devices)
	return b, err
}

// comment returns the comment in the data that nft attaches for itself: kind, length, value.
func comment(data []byte, kind byte) string {
	for len(data) >= 2 && len(data) >= 2+int(data[1]) {
		if data[0] == kind {
			return unix.ByteSliceToString(data[2 : 2+int(data[1])])
		}
		data = data[2+int(data[1]):]
	}
	return ""
}

// addObject notes a stateful object, such as a named counter or a quota.
func (r *reader) addObject(m message) error {
	if t := r.table(&m, m.text(unix.NFTA_OBJ_TABLE)); t != nil {
		t.Unknown = true
	}
	return nil
}

func (r *reader) addRule(m message) error {
	t := r.table(&m, m.text(unix.NFTA_RULE_TABLE))
	if t == nil {
		return nflink.ErrChanging
	}
	if !r.wanted(t) {
		return nil
	}
	c := t.Chain(m.text(unix.NFTA_RULE_CHAIN))
	if c == nil {
		return nflink.ErrChanging
	}
	if r.rules++; r.rules > maxRules {
		return fmt.Errorf("there are more than %d", maxRules)
	}
	one := Rule{Handle: m.uint64(unix.NFTA_RULE_HANDLE), Comment: comment(m.attrs[unix.NFTA_RULE_USERDATA], ruleComment)}
	b := m.attrs[unix.NFTA_RULE_EXPRESSIONS]
	if err := one.scan(b); err != nil {
		return fmt.Errorf("rule in chain %q: %w", c.Name, err)
	}
	one.Statements = t.decode(readExpressions(t.Family, b), r.anonymous[t])
	if one.Statements == nil {
		one.Statements = []Statement{Opaque{fmt.Sprintf("handle %d", one.Handle)}}
	}
	c.Rules = append(c.Rules, one)
	return nil
}
