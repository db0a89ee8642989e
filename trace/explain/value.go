package explain

import (
	"strings"

	"tracer/trace"
)

// Value formats the value of a field, with its standard name if it has one: "0xb8 (EF)".
func (l Language) Value(f trace.Field, v trace.Value) string {
	switch f {
	case trace.FieldTOS:
		if bits, ok := v.(trace.Bits); ok {
			return v.String() + serviceNames(uint8(bits))
		}
	case trace.FieldDF:
		if v == trace.Number(0) {
			return l.Format(flagClear)
		}
		return l.Format(flagSet)
	}
	return v.String()
}

// serviceNames returns the names of a type of service in parentheses, except the defaults.
func serviceNames(tos uint8) string {
	var names []string
	if class := trace.DSCP(tos); class != "" && tos>>2 != 0 {
		names = append(names, class)
	}
	if tos&3 != 0 {
		names = append(names, trace.ECN(tos))
	}
	if names == nil {
		return ""
	}
	return " (" + strings.Join(names, ", ") + ")"
}

// Became formats a change's values.
func (a *Account) Became(c *trace.Change) string {
	return a.Value(c.Field, c.From) + " " + a.Becomes + " " + a.Value(c.Field, c.To)
}
