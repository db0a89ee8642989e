package nft

import (
	"bytes"
	"encoding/binary"
	"slices"

	"golang.org/x/sys/unix"

	"tracer/sim/internal/nflink"
)

// typeCode returns nft's number and the size of a type, or of a concatenation of types.
func typeCode(types []*Type) (code, size uint32) {
	const bits = 6
	if len(types) == 1 {
		return types[0].id, uint32(types[0].size)
	}
	for _, t := range types {
		code = code<<bits | t.id
		size += uint32(t.size+3) &^ 3
	}
	return code, size
}

// byteOrder returns nft's number for the byte order of a set's keys (enum byteorder).
func byteOrder(types []*Type) uint32 {
	const none, host, big = 0, 1, 2
	switch {
	case len(types) > 1:
		return none
	case types[0].host:
		return host
	}
	return big
}

// kernelElements returns the attributes of each element. The kernel has a range as two: its
// first value, and an end mark after its last.
func (s *Set) kernelElements() (list [][]byte) {
	sorted := slices.Clone(s.Elements)
	slices.SortStableFunc(sorted, func(a, b Element) int { return compareKeys(s.Key, a.Key, b.Key) })
	end := func(key []byte) {
		list = append(list, slices.Concat(nflink.Uint32(unix.NFTA_SET_ELEM_FLAGS, unix.NFT_SET_ELEM_INTERVAL_END), nflink.Data(unix.NFTA_SET_ELEM_KEY, key)))
	}
	if s.Interval && len(sorted) > 0 && !zero(sorted[0].Key[0].First) {
		end(make([]byte, s.Key[0].size))
	}
	for _, e := range sorted {
		fields := nflink.Data(unix.NFTA_SET_ELEM_KEY, concatenated(s.Key, e.Key))
		switch {
		case s.Verdicts:
			fields = append(fields, nflink.Group(unix.NFTA_SET_ELEM_DATA, verdictField(e.Verdict))...)
		case s.Data != nil:
			fields = append(fields, nflink.Data(unix.NFTA_SET_ELEM_DATA, concatenated(s.Data, e.Data))...)
		}
		if !s.Interval {
			list = append(list, fields)
			continue
		}
		last := e.Key[0].First
		if e.Key[0].Last != nil {
			last = e.Key[0].Last
		}
		if after := next(last); after != nil {
			list = append(list, fields)
			end(after)
			continue
		}
		list = append(list, append(fields, nflink.Field(unix.NFTA_SET_ELEM_USERDATA, openEnd())...))
	}
	return list
}

// openEnd is the data by which nft recognizes a range that reaches up to the last value
// (NFTNL_UDATA_SET_ELEM_FLAGS, SET_ELEM_F_INTERVAL_OPEN).
func openEnd() []byte { return userData(1, binary.NativeEndian.AppendUint32(nil, 1)) }

func verdictField(v Verdict) []byte {
	fields := nflink.Uint32(unix.NFTA_VERDICT_CODE, uint32(int32(verdictKinds[v.Kind])))
	if v.Chain != "" {
		fields = append(fields, nflink.Text(unix.NFTA_VERDICT_CHAIN, v.Chain)...)
	}
	return nflink.Group(unix.NFTA_DATA_VERDICT, fields)
}

// next returns the value after another, or nil after the last.
func next(b []byte) []byte {
	out := slices.Clone(b)
	for i := len(out) - 1; i >= 0; i-- {
		if out[i]++; out[i] != 0 {
			return out
		}
	}
	return nil
}

// previous returns the value before another, which is not zero.
func previous(b []byte) []byte {
	out := slices.Clone(b)
	for i := len(out) - 1; i >= 0; i-- {
		if out[i]--; out[i] != 0xff {
			break
		}
	}
	return out
}

func zero(b []byte) bool { return bytes.Count(b, []byte{0}) == len(b) }

// typesOfCode is the inverse of typeCode; nil if a type is not known, or if the size differs.
func typesOfCode(code, size uint32) (types []*Type) {
	const bits = 6
	for ; code != 0; code >>= bits {
		t := typeNumbered(code & (1<<bits - 1))
		if t == nil {
			return nil
		}
		types = append([]*Type{t}, types...)
	}
	if len(types) == 0 {
		return nil
	}
	if _, total := typeCode(types); total != size {
		return nil
	}
	return types
}

// split divides the bytes of a concatenation.
func split(types []*Type, b []byte) (list []Value) {
	for _, t := range types {
		if len(b) < t.size {
			return nil
		}
		list = append(list, Value{First: b[:t.size:t.size]})
		if len(types) > 1 {
			b = b[min(len(b), (t.size+3)&^3):]
		} else {
			b = b[t.size:]
		}
	}
	if len(b) > 0 {
		return nil
	}
	return list
}

// nativeUint32 reads a number in host byte order.
func nativeUint32(b []byte) uint32 {
	if len(b) != 4 {
		return 0
	}
	return binary.NativeEndian.Uint32(b)
}
