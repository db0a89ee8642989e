package nft

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/google/nftables/expr"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/internal/nflink"
)

// Install creates the tables in the calling thread's network namespace, or replaces those
// that exist; other tables are left alone. Handles and counters are not written: counters
// start at zero.
//
// Up to about 90 chains, sets and rules are one transaction: on an error nothing has changed.
// After an error in any but the first, the tables of rs are gone. If rs has problems, the
// error is an [*InvalidError], and nothing was sent to the kernel.
func (rs Ruleset) Install() error {
	if problems := rs.Validate(); len(problems) > 0 {
		return &InvalidError{problems}
	}
	if len(rs.Tables) == 0 {
		return nil
	}
	b, err := nflink.NewBatch()
	if err != nil {
		return fmt.Errorf("write nftables rules: %w", err)
	}
	defer b.Close()
	i := installer{Batch: b}
	if err = i.tables(rs); err == nil {
		err = i.send()
	}
	if err != nil && i.begun {
		err = errors.Join(err, rs.remove())
	}
	if err != nil {
		return fmt.Errorf("write nftables rules: %w", err)
	}
	return nil
}

// remove deletes the tables, whether they exist or not.
func (rs Ruleset) remove() error {
	b, err := nflink.NewBatch()
	if err != nil {
		return err
	}
	defer b.Close()
	i := installer{Batch: b}
	for t := range rs.Tables {
		i.table = &rs.Tables[t]
		i.replace()
	}
	return b.Flush()
}

// installer adds what a table consists of to a batch.
type installer struct {
	*nflink.Batch
	begun bool // a transaction has succeeded
	table *Table
	sets  uint32 // the last id of a set that is part of a rule
}

func (i *installer) send() error {
	err := i.Flush()
	i.begun = i.begun || err == nil
	return err
}

// message adds a message about the table.
func (i *installer) message(kind netlink.HeaderType, flags netlink.HeaderFlags, about string, attributes ...[]byte) {
	i.Add(byte(i.table.Family), kind, flags, "table "+i.table.String()+about, attributes...)
}

// replace deletes the table, whether it exists or not.
func (i *installer) replace() {
	name := nflink.Text(unix.NFTA_TABLE_NAME, i.table.Name)
	i.message(unix.NFT_MSG_NEWTABLE, netlink.Create, "", name) // deleting fails if it does not exist
	i.message(unix.NFT_MSG_DELTABLE, 0, "", name)
}

func (i *installer) tables(rs Ruleset) error {
	for t := range rs.Tables {
		i.table = &rs.Tables[t]
		there, err := i.exists()
		if err != nil {
			return err
		}
		if there {
			i.replace()
		}
		if err := i.create(); err != nil {
			return err
		}
	}
	return nil
}

// exists reports whether a table of this name is there.
func (i *installer) exists() (bool, error) {
	_, err := nflink.Request(i.Link(), byte(i.table.Family), unix.NFT_MSG_GETTABLE, 0, nflink.Text(unix.NFTA_TABLE_NAME, i.table.Name))
	if errors.Is(err, unix.ENOENT) {
		return false, nil
	}
	return err == nil, err
}

// create adds the table: its chains first, to which elements and rules refer.
func (i *installer) create() error {
	t := i.table
	fields := [][]byte{nflink.Text(unix.NFTA_TABLE_NAME, t.Name)}
	if t.Dormant {
		fields = append(fields, nflink.Uint32(unix.NFTA_TABLE_FLAGS, unix.NFT_TABLE_F_DORMANT))
	}
	i.message(unix.NFT_MSG_NEWTABLE, netlink.Create|netlink.Excl, "", fields...)
	for k := range t.Chains {
		if err := i.room(); err != nil {
			return err
		}
		i.chain(&t.Chains[k])
	}
	for k := range t.Sets {
		if err := i.room(); err != nil {
			return err
		}
		i.set(&t.Sets[k], t.Sets[k].Name, 0, 0)
	}
	for k := range t.Chains {
		c := &t.Chains[k]
		for r := range c.Rules {
			if err := i.rule(c, &c.Rules[r]); err != nil {
				return err
			}
		}
	}
	return nil
}

// room sends the batch if it is full. What belongs together, such as a rule and its sets, is
// added without calling it in between.
func (i *installer) room() error {
	if i.Full() {
		return i.send()
	}
	return nil
}

var policyCodes = map[Kind]uint32{Accept: 1, Drop: 0} // NF_ACCEPT, NF_DROP

func (i *installer) chain(c *Chain) {
	fields := [][]byte{nflink.Text(unix.NFTA_CHAIN_TABLE, i.table.Name), nflink.Text(unix.NFTA_CHAIN_NAME, c.Name)}
	if b := c.Base; b != nil {
		hook, _ := i.table.Family.hook(b.Hook)
		fields = append(fields,
			nflink.Group(unix.NFTA_CHAIN_HOOK, nflink.Uint32(unix.NFTA_HOOK_HOOKNUM, hook), nflink.Uint32(unix.NFTA_HOOK_PRIORITY, uint32(int32(b.Priority)))),
			nflink.Uint32(unix.NFTA_CHAIN_POLICY, policyCodes[b.Policy]), nflink.Text(unix.NFTA_CHAIN_TYPE, b.Type))
	}
	i.message(unix.NFT_MSG_NEWCHAIN, netlink.Create, ": chain "+c.Name, fields...)
}

func (i *installer) rule(c *Chain, r *Rule) error {
	if err := i.room(); err != nil {
		return err
	}
	about := ": chain " + c.Name + ": " + r.String()
	list, err := i.table.encode(r, func(s *Set) (string, uint32) {
		i.sets++
		name := "__set%d"
		if s.maps() {
			name = "__map%d"
		}
		i.set(s, name, i.sets, unix.NFT_SET_ANONYMOUS|unix.NFT_SET_CONSTANT)
		return name, i.sets
	})
	if err != nil {
		return fmt.Errorf("table %s%s: %w", i.table, about, err)
	}
	var expressions []byte
	for _, x := range list {
		b, err := expr.Marshal(byte(i.table.Family), x)
		if err != nil {
			return fmt.Errorf("table %s%s: %w", i.table, about, err)
		}
		expressions = append(expressions, nflink.Group(unix.NFTA_LIST_ELEM, b)...)
	}
	fields := [][]byte{
		nflink.Text(unix.NFTA_RULE_TABLE, i.table.Name), nflink.Text(unix.NFTA_RULE_CHAIN, c.Name),
		nflink.Group(unix.NFTA_RULE_EXPRESSIONS, expressions),
	}
	if r.Comment != "" {
		fields = append(fields, nflink.Field(unix.NFTA_RULE_USERDATA, userData(ruleComment, append([]byte(r.Comment), 0))))
	}
	i.message(unix.NFT_MSG_NEWRULE, netlink.Create|netlink.Append, about, fields...)
	return nil
}

// Kinds of data that nft attaches for itself (enum nftnl_udata_rule_types and
// nftnl_udata_set_types).
const (
	ruleComment  = 0
	setByteOrder = 0
	setComment   = 7
)

func userData(kind byte, value []byte) []byte {
	return append([]byte{kind, byte(len(value))}, value...)
}

// set adds a set and its elements.
func (i *installer) set(s *Set, name string, id, flags uint32) {
	if s.Interval {
		flags |= unix.NFT_SET_INTERVAL
	}
	if s.maps() {
		flags |= unix.NFT_SET_MAP
	}
	keyType, keySize := typeCode(s.Key)
	list := s.kernelElements()
	fields := [][]byte{
		nflink.Text(unix.NFTA_SET_TABLE, i.table.Name), nflink.Text(unix.NFTA_SET_NAME, name), nflink.Uint32(unix.NFTA_SET_FLAGS, flags),
		nflink.Uint32(unix.NFTA_SET_KEY_TYPE, keyType), nflink.Uint32(unix.NFTA_SET_KEY_LEN, keySize), nflink.Uint32(unix.NFTA_SET_ID, id),
	}
	switch {
	case s.Verdicts:
		fields = append(fields, nflink.Uint32(unix.NFTA_SET_DATA_TYPE, unix.NFT_DATA_VERDICT))
	case s.Data != nil:
		dataType, size := typeCode(s.Data)
		fields = append(fields, nflink.Uint32(unix.NFTA_SET_DATA_TYPE, dataType), nflink.Uint32(unix.NFTA_SET_DATA_LEN, size))
	}
	if flags&unix.NFT_SET_CONSTANT != 0 {
		fields = append(fields, nflink.Group(unix.NFTA_SET_DESC, nflink.Uint32(unix.NFTA_SET_DESC_SIZE, uint32(len(list)))))
	}
	data := userData(setByteOrder, binary.NativeEndian.AppendUint32(nil, byteOrder(s.Key)))
	if s.Comment != "" {
		data = append(data, userData(setComment, append([]byte(s.Comment), 0))...)
	}
	fields = append(fields, nflink.Field(unix.NFTA_SET_USERDATA, data))
	about := ": set " + s.Name
	i.message(unix.NFT_MSG_NEWSET, netlink.Create, about, fields...)
	for len(list) > 0 {
		n := min(len(list), mostElements)
		var elements []byte
		for _, e := range list[:n] {
			elements = append(elements, nflink.Group(unix.NFTA_LIST_ELEM, e)...)
		}
		list = list[n:]
		i.message(unix.NFT_MSG_NEWSETELEM, netlink.Create, about,
			nflink.Text(unix.NFTA_SET_ELEM_LIST_TABLE, i.table.Name), nflink.Text(unix.NFTA_SET_ELEM_LIST_SET, name),
			nflink.Uint32(unix.NFTA_SET_ELEM_LIST_SET_ID, id), nflink.Group(unix.NFTA_SET_ELEM_LIST_ELEMENTS, elements))
	}
}

// mostElements is how many elements a message has: an attribute has at most 64 KiB.
const mostElements = 400
