package dissect

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// previewLength is the most bytes of text that data is shown with: about one
// line on a screen.
const previewLength = 80

// data adds the bytes from at to end, if there are any, as what is not read.
func (d *dissection) data(at, end int) {
	if at >= end {
		return
	}
	l := Layer{Name: "data", Offset: at, Length: end - at}
	l.add(at, end-at, "length", "%s", count(end-at, "byte"))
	l.add(at, end-at, "preview", "%s", printable(d.frame[at:end], previewLength))
	d.append(l)
}

// printable writes bytes so that they do no harm on a terminal: what is not
// printable is escaped as in a Go string. The text has at most limit bytes; then
// it says how many bytes were left away.
func printable(b []byte, limit int) string {
	var text strings.Builder
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		// strconv escapes bidirectional marks too, which could show a text in
		// another order than it has.
		part := strconv.Quote(string(b[:n]))
		part = part[1 : len(part)-1]
		if r == '"' {
			part = `"`
		}
		if text.Len()+len(part) > limit {
			fmt.Fprintf(&text, "… (%s more)", count(len(b), "byte"))
			break
		}
		text.WriteString(part)
		b = b[n:]
	}
	return text.String()
}

// count writes a number with its unit: "1 byte", "2 bytes".
func count(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
