package dissect

import (
	"errors"
	"strings"
)

const (
	maxName = 255 // bytes of a name (RFC 1035, 2.3.4)
	maxText = 200 // bytes of a name or of a record's text, shown
)

var (
	errShort   = errors.New("message ends within it")
	errLabel   = errors.New("label of a reserved kind")
	errPointer = errors.New("compression pointer does not point backward")
	errLong    = errors.New("name is longer than 255 bytes")
)

// dnsReader reads a DNS message from front to back. After the first error,
// which it keeps, everything else it returns is empty.
type dnsReader struct {
	message []byte
	at      int
	err     error
}

// bytes returns the next n bytes.
func (r *dnsReader) bytes(n int) []byte {
	if r.err == nil && len(r.message)-r.at < n {
		r.err = errShort
	}
	if r.err != nil {
		return nil
	}
	r.at += n
	return r.message[r.at-n : r.at]
}

// number returns the next n bytes, at most four, as a number.
func (r *dnsReader) number(n int) (v uint32) {
	for _, b := range r.bytes(n) {
		v = v<<8 | uint32(b)
	}
	return v
}

// name returns the next name (RFC 1035, 4.1.4). A dot within a label is escaped.
//
//	3 w w w  7 e x a m p l e  pointer ──▶ back to  3 c o m  0
//
// Pointers are followed only backward, so each time around a loop adds a label,
// and the limit for names ends it.
func (r *dnsReader) name() string {
	var labels []string
	size, resume := 0, -1 // resume is the place after the first pointer
	for {
		start := r.at
		switch n := int(r.number(1)); {
		case r.err != nil:
			return ""
		case n == 0:
			if resume >= 0 {
				r.at = resume
			}
			if size == 0 {
				return "."
			}
			return clip(strings.Join(labels, "."))
		case n < 64:
			label := printable(r.bytes(n), 4*maxName)
			labels = append(labels, strings.ReplaceAll(label, ".", `\.`))
			if size += 1 + n; size > maxName {
				r.err = errLong
			}
		case n >= 192:
			target := n&63<<8 | int(r.number(1))
			switch {
			case r.err != nil:
			case target >= start:
				r.err = errPointer
			default:
				if resume < 0 {
					resume = r.at
				}
				r.at = target
			}
		default:
			r.err = errLabel
		}
	}
}

// clip shortens a name, which escaping can make long.
func clip(name string) string {
	if len(name) <= maxText {
		return name
	}
	return strings.ToValidUTF8(name[:maxText], "") + "…"
}
