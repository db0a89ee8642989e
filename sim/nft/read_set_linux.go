package nft

import (
	"bytes"
	"slices"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/internal/nflink"
)

// addSet adds a set and its elements.
func (r *reader) addSet(m message) error {
	t := r.table(&m, m.text(unix.NFTA_SET_TABLE))
	if t == nil {
		return nflink.ErrChanging
	}
	if !r.wanted(t) {
		return nil
	}
	const known = unix.NFT_SET_ANONYMOUS | unix.NFT_SET_CONSTANT | unix.NFT_SET_INTERVAL | unix.NFT_SET_MAP
	flags := m.uint32(unix.NFTA_SET_FLAGS)
	s := Set{Name: m.text(unix.NFTA_SET_NAME), Interval: flags&unix.NFT_SET_INTERVAL != 0, Comment: comment(m.attrs[unix.NFTA_SET_USERDATA], setComment)}
	s.Key = typesOfCode(m.uint32(unix.NFTA_SET_KEY_TYPE), m.uint32(unix.NFTA_SET_KEY_LEN))
	s.Unknown = flags&^known != 0 || s.Key == nil || !m.plainSet(flags) || s.Interval && len(s.Key) > 1
	if flags&unix.NFT_SET_MAP != 0 {
		data := m.uint32(unix.NFTA_SET_DATA_TYPE)
		if s.Verdicts = data == unix.NFT_DATA_VERDICT; !s.Verdicts {
			s.Data = typesOfCode(data, m.uint32(unix.NFTA_SET_DATA_LEN))
			s.Unknown = s.Unknown || s.Data == nil
		}
	}
	if !s.Unknown {
		if err := r.addElements(t, &s); err != nil {
			return err
		}
	}
	if flags&unix.NFT_SET_ANONYMOUS == 0 {
		t.Sets = append(t.Sets, s)
	} else if name := s.Name; !s.Unknown {
		s.Name = ""
		r.anonymous[t][name] = &s
	}
	return nil
}

// Attributes of sets that do not change what a set is (enum nft_set_attributes): its handle,
// how many elements it has now, and its implementation.
const (
	setHandle = 16
	setType   = 19
	setCount  = 20
)

// plainSet reports whether a set has no other properties than those that the model has. The
// size that is shown is one that somebody chose.
func (m *message) plainSet(flags uint32) bool {
	anonymous := flags&unix.NFT_SET_ANONYMOUS != 0
	if d, err := m.nested(unix.NFTA_SET_DESC); err != nil || !anonymous && !d.only() {
		return false
	}
	return m.uint32(unix.NFTA_SET_POLICY) == 0 && m.only(
		unix.NFTA_SET_TABLE, unix.NFTA_SET_NAME, unix.NFTA_SET_FLAGS, unix.NFTA_SET_KEY_TYPE, unix.NFTA_SET_KEY_LEN, unix.NFTA_SET_DATA_TYPE,
		unix.NFTA_SET_DATA_LEN, unix.NFTA_SET_POLICY, unix.NFTA_SET_DESC, unix.NFTA_SET_ID, unix.NFTA_SET_USERDATA, setHandle, setType, setCount)
}

// addElements reads the elements of a set.
func (r *reader) addElements(t *Table, s *Set) error {
	bodies, err := nflink.Request(r.conn, byte(t.Family), unix.NFT_MSG_GETSETELEM, netlink.Dump,
		nflink.Text(unix.NFTA_SET_ELEM_LIST_TABLE, t.Name), nflink.Text(unix.NFTA_SET_ELEM_LIST_SET, s.Name))
	if err != nil {
		return err
	}
	var list []element
	for _, b := range bodies {
		m, err := newMessage(b)
		if err != nil {
			return err
		}
		err = elements(m.attrs[unix.NFTA_SET_ELEM_LIST_ELEMENTS], func(_ uint16, b []byte) error {
			e, ok := s.decodeElement(b)
			s.Unknown = s.Unknown || !ok
			list = append(list, e)
			return nil
		})
		if err != nil {
			return err
		}
	}
	if s.Unknown {
		return nil
	}
	if s.Interval {
		s.Elements = intervals(s.Key[0], list)
		return nil
	}
	for _, e := range list {
		s.Elements = append(s.Elements, e.Element)
	}
	return nil
}

// element is an element as the kernel has it: a value, or the end of a range.
type element struct {
	Element
	end bool
}

// decodeElement decodes an element. ok is false if it is more than the model has, such as one
// with a timeout or a comment.
func (s *Set) decodeElement(b []byte) (e element, ok bool) {
	m, err := parseAttrs(b)
	if err != nil || !m.only(unix.NFTA_SET_ELEM_KEY, unix.NFTA_SET_ELEM_DATA, unix.NFTA_SET_ELEM_FLAGS, unix.NFTA_SET_ELEM_USERDATA) {
		return e, false
	}
	if data := m.attrs[unix.NFTA_SET_ELEM_USERDATA]; len(data) > 0 && !bytes.Equal(data, openEnd()) {
		return e, false
	}
	flags := m.uint32(unix.NFTA_SET_ELEM_FLAGS)
	e.end = flags&unix.NFT_SET_ELEM_INTERVAL_END != 0
	if flags&^unix.NFT_SET_ELEM_INTERVAL_END != 0 {
		return e, false
	}
	key, err := m.nested(unix.NFTA_SET_ELEM_KEY)
	if e.Key = split(s.Key, key.attrs[unix.NFTA_DATA_VALUE]); err != nil || e.Key == nil {
		return e, false
	}
	if e.end || !s.maps() {
		return e, true
	}
	data, err := m.nested(unix.NFTA_SET_ELEM_DATA)
	if err != nil {
		return e, false
	}
	if !s.Verdicts {
		e.Data = split(s.Data, data.attrs[unix.NFTA_DATA_VALUE])
		return e, e.Data != nil
	}
	v, err := data.nested(unix.NFTA_DATA_VERDICT)
	code := int32(v.uint32(unix.NFTA_VERDICT_CODE))
	for k, x := range verdictKinds {
		if int32(x) == code {
			e.Verdict = Verdict{k, v.text(unix.NFTA_VERDICT_CHAIN)}
		}
	}
	return e, err == nil && e.Verdict.Kind != 0
}

// intervals joins the beginnings and ends of ranges. One without an end reaches up to the
// next, or to the last value.
func intervals(t *Type, list []element) (out []Element) {
	slices.SortFunc(list, func(a, b element) int {
		if c := bytes.Compare(a.Key[0].First, b.Key[0].First); c != 0 || a.end == b.end {
			return c
		} else if a.end {
			return -1
		}
		return 1
	})
	for i, e := range list {
		if e.end {
			continue
		}
		last := bytes.Repeat([]byte{0xff}, t.size)
		if i+1 < len(list) {
			last = previous(list[i+1].Key[0].First)
		}
		e.Key = []Value{rangeValue(t, e.Key[0].First, last)}
		out = append(out, e.Element)
	}
	return out
}
