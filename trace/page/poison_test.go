package page

import (
	"reflect"
	"strings"

	"tracer/trace"
)

// poisoned returns a copy of a trace in which a text precedes every string that has no meaning
// of its own, and names still agree with one another.
func poisoned(t *trace.Trace, s string) *trace.Trace {
	out := poison(reflect.ValueOf(*t), "", s).Interface().(trace.Trace)
	return &out
}

// meaning are the fields with a meaning: poisoning them changes what the trace says.
var meaning = map[string]bool{"Kind": true, "Protocol": true, "Policy": true, "Table": true, "Tables": true, "Type": true, "State": true}

func poison(v reflect.Value, field, s string) reflect.Value {
	switch v.Kind() {
	case reflect.String:
		if v.String() == "" || meaning[field] {
			return v
		}
		text := s + v.String()
		if node, name, ok := strings.Cut(v.String(), "/"); ok && field == "Peer" {
			text = s + node + "/" + s + name
		}
		return reflect.ValueOf(text).Convert(v.Type())
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		out := reflect.New(v.Type().Elem())
		out.Elem().Set(poison(v.Elem(), field, s))
		return out
	case reflect.Slice:
		if v.IsNil() || v.Type().Elem().Kind() == reflect.Uint8 {
			return v
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(poison(v.Index(i), field, s))
		}
		return out
	case reflect.Struct:
		out := reflect.New(v.Type()).Elem()
		out.Set(v)
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				out.Field(i).Set(poison(v.Field(i), f.Name, s))
			}
		}
		return out
	}
	return v
}
