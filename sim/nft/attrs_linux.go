package nft

import (
	"bytes"
	"encoding/binary"
	"errors"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// message is a decoded message of nf_tables, or attributes nested in one: the family, and
// attributes by type. If an attribute occurs twice, the last one counts; lists are read with
// elements.
type message struct {
	family Family
	attrs  map[uint16][]byte
}

var errMessage = errors.New("malformed message of nf_tables")

// newMessage decodes a message, which begins with struct nfgenmsg.
func newMessage(b []byte) (message, error) {
	const header = 4
	if len(b) < header {
		return message{}, errMessage
	}
	m, err := parseAttrs(b[header:])
	m.family = Family(b[0])
	return m, err
}

func parseAttrs(b []byte) (message, error) {
	m := message{attrs: map[uint16][]byte{}}
	err := elements(b, func(kind uint16, value []byte) error {
		m.attrs[kind] = value
		return nil
	})
	return m, err
}

// elements calls f for each attribute.
func elements(b []byte, f func(kind uint16, value []byte) error) error {
	if len(b) == 0 {
		return nil
	}
	ad, err := netlink.NewAttributeDecoder(b)
	if err != nil {
		return err
	}
	for ad.Next() {
		if err := f(ad.Type(), ad.Bytes()); err != nil {
			return err
		}
	}
	return ad.Err()
}

// nested returns the attributes within one, or none if it is missing.
func (m *message) nested(kind uint16) (message, error) { return parseAttrs(m.attrs[kind]) }

func (m *message) text(kind uint16) string { return unix.ByteSliceToString(m.attrs[kind]) }

func (m *message) uint32(kind uint16) uint32 {
	if b := m.attrs[kind]; len(b) == 4 {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (m *message) uint64(kind uint16) uint64 {
	if b := m.attrs[kind]; len(b) == 8 {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// equal reports whether two lists have the same attributes. Those that are zero may be
// missing: they are defaults that not everybody writes.
func (m *message) equal(o *message) bool { return m.within(o) && o.within(m) }

func (m *message) within(o *message) bool {
	for kind, value := range m.attrs {
		if !bytes.Equal(value, o.attrs[kind]) && !zero(value) {
			return false
		}
	}
	return true
}

// only reports whether there are no attributes but some.
func (m *message) only(kinds ...uint16) bool {
	rest := len(m.attrs)
	for _, k := range kinds {
		if _, has := m.attrs[k]; has {
			rest--
		}
	}
	return rest == 0
}
