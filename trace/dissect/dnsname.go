package dissect

import "strings"

const (
	maxName = 255 // bytes of a name (RFC 1035, 2.3.4)
	maxText = 200 // bytes shown of a name or of a record's text
)

func (h *header) take16() uint32 { return number(h.take(2)) }

// domain reads a domain name (RFC 1035, 4.1.4). Dots within a label are escaped.
//
//	3 w w w  7 e x a m p l e  pointer ──▶ back to  3 c o m  0
//
// Pointers are followed only backward, so each round of a loop adds a label, until the name
// reaches its limit.
func (h *header) domain() string {
	var labels []string
	size, after := 0, 0 // after is the place after the first pointer
	for {
		at := h.next
		switch n := int(number(h.take(1))); {
		case h.problem.kind != "":
			return ""
		case n == 0:
			if after > 0 {
				h.next = after
			}
			if size == 0 {
				return "."
			}
			return clip(strings.Join(labels, "."))
		case n < 64:
			label := printable(h.take(n), 4*maxName)
			labels = append(labels, strings.ReplaceAll(label, ".", `\.`))
			if size += 1 + n; size > maxName {
				h.problem = problem{kind: "malformed", text: "name is longer than 255 bytes"}
			}
		case n >= 192:
			target := h.Offset + (n&63)<<8 + int(number(h.take(1)))
			if h.problem.kind == "" && target >= at {
				h.problem = problem{kind: "malformed", text: "compression pointer does not point backward"}
			}
			if after == 0 {
				after = h.next
			}
			h.next = min(target, at)
		default:
			h.problem = problem{kind: "malformed", text: "label of a reserved kind"}
		}
	}
}

// clip shortens a name. Escaping can make it long.
func clip(name string) string {
	if len(name) <= maxText {
		return name
	}
	return strings.ToValidUTF8(name[:maxText], "") + "…"
}
