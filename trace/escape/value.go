package escape

import (
	"fmt"
	"net/netip"
	"reflect"
	"time"
)

// Value returns a copy in which every string is a [Field]: in structs, slices, arrays
// and maps, behind pointers, in interfaces, and in the zones of IP addresses. Bytes are
// left as they are. The copy shares unchanged parts with the original, and if there is
// nothing to escape, as in nearly all cases, Value returns the original itself. It never
// changes the original. Fields with the tag `escape:"-"` are skipped: their types could
// contain text, but the fields never do.
//
// The value must not refer to itself. Value panics if an unexported field can contain
// text, because it cannot replace that. This depends only on the type, so any test
// detects it.
func Value[T any](v T) T {
	c := copier{}
	if out, changed := c.copy(reflect.ValueOf(&v).Elem()); changed {
		return out.Interface().(T)
	}
	return v
}

// copier caches which parts of each type can contain text.
type copier map[reflect.Type]part

// part says where a type can contain text.
type part struct {
	text   bool
	fields []int // of a struct: those that can contain text
}

var (
	addrType     = reflect.TypeFor[netip.Addr]()
	addrPortType = reflect.TypeFor[netip.AddrPort]()
	prefixType   = reflect.TypeFor[netip.Prefix]() // has no zone
	timeType     = reflect.TypeFor[time.Time]()    // is shown as numbers
)

func (c copier) part(t reflect.Type) part {
	if p, known := c[t]; known {
		return p
	}
	c[t] = part{text: true} // provisionally, for types that refer to themselves
	p := part{}
	switch t.Kind() {
	case reflect.String, reflect.Interface:
		p.text = true
	case reflect.Pointer, reflect.Slice, reflect.Array:
		p.text = c.part(t.Elem()).text
	case reflect.Map:
		key, elem := c.part(t.Key()), c.part(t.Elem())
		p.text = key.text || elem.text
	case reflect.Struct:
		p = c.fields(t)
	}
	c[t] = p
	return p
}

func (c copier) fields(t reflect.Type) (p part) {
	switch t {
	case addrType, addrPortType:
		return part{text: true}
	case prefixType, timeType:
		return part{}
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Tag.Get("escape") == "-" || !c.part(f.Type).text {
			continue
		}
		if !f.IsExported() {
			panic(fmt.Sprintf("escape: %s has text in a field that is not exported: %s", t, f.Name))
		}
		p.text, p.fields = true, append(p.fields, i)
	}
	return p
}

// copy returns a copy of a value that contains something to escape.
func (c copier) copy(v reflect.Value) (out reflect.Value, changed bool) {
	p := c.part(v.Type())
	if !p.text {
		return v, false
	}
	switch v.Kind() {
	case reflect.String:
		s := v.String()
		e := Field(s)
		if e == s {
			return v, false
		}
		return reflect.ValueOf(e).Convert(v.Type()), true
	case reflect.Pointer:
		if v.IsNil() {
			return v, false
		}
		if elem, changed := c.copy(v.Elem()); changed {
			out := reflect.New(v.Type().Elem())
			out.Elem().Set(elem)
			return out, true
		}
	case reflect.Interface:
		if v.IsNil() {
			return v, false
		}
		return c.copy(v.Elem())
	case reflect.Slice, reflect.Array:
		return c.list(v)
	case reflect.Map:
		return c.dictionary(v)
	case reflect.Struct:
		return c.record(v, p.fields)
	}
	return v, false
}

func (c copier) list(v reflect.Value) (out reflect.Value, changed bool) {
	out = v
	for i := range v.Len() {
		elem, new := c.copy(v.Index(i))
		if !new {
			continue
		}
		if !changed {
			changed, out = true, reflect.New(v.Type()).Elem()
			if v.Kind() == reflect.Slice {
				out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			}
			reflect.Copy(out, v)
		}
		out.Index(i).Set(elem)
	}
	return out, changed
}

func (c copier) dictionary(v reflect.Value) (out reflect.Value, changed bool) {
	out = reflect.MakeMapWithSize(v.Type(), v.Len())
	for entries := v.MapRange(); entries.Next(); {
		key, newKey := c.copy(entries.Key())
		elem, newElem := c.copy(entries.Value())
		changed = changed || newKey || newElem
		out.SetMapIndex(key, elem)
	}
	if !changed {
		return v, false
	}
	return out, true
}

func (c copier) record(v reflect.Value, fields []int) (out reflect.Value, changed bool) {
	switch v.Type() {
	case addrType:
		return address(v)
	case addrPortType:
		return endpoint(v)
	}
	out = v
	for _, i := range fields {
		f, new := c.copy(v.Field(i))
		if !new {
			continue
		}
		if !changed {
			changed, out = true, reflect.New(v.Type()).Elem()
			out.Set(v)
		}
		out.Field(i).Set(f)
	}
	return out, changed
}

// address escapes the zone of an IPv6 address, which can be arbitrary text.
func address(v reflect.Value) (reflect.Value, bool) {
	a := read[netip.Addr](v)
	zone := a.Zone()
	if e := Field(zone); e != zone {
		return reflect.ValueOf(a.WithZone(e)), true
	}
	return v, false
}

func endpoint(v reflect.Value) (reflect.Value, bool) {
	p := read[netip.AddrPort](v)
	zone := p.Addr().Zone()
	if e := Field(zone); e != zone {
		return reflect.ValueOf(netip.AddrPortFrom(p.Addr().WithZone(e), p.Port())), true
	}
	return v, false
}

// read avoids a copy on the heap if possible.
func read[T any](v reflect.Value) T {
	if v.CanAddr() {
		return *v.Addr().Interface().(*T)
	}
	return v.Interface().(T)
}
