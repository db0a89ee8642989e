package dissect

import (
	"bytes"
	"regexp"
)

const (
	maxLine  = 200 // bytes of a line that are shown
	maxLines = 40  // that are shown
	maxStart = 8000

	maxFieldName = 60 // bytes; a longer one is not shown as a field's name
)

// The first lines (RFC 9112, 3 and 4), and a field's name (RFC 9110, 5.6.2).
var (
	requestLine = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+ [^ ]+ HTTP/[0-9]\\.[0-9]$")
	statusLine  = regexp.MustCompile(`^HTTP/[0-9]\.[0-9] [0-9]{3}( .*)?$`)
	fieldName   = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
)

// startsHTTP reports whether a segment begins with a whole request or status
// line of HTTP/1. No port tells that: labs serve HTTP anywhere.
func startsHTTP(b []byte) bool {
	line, _, ok := bytes.Cut(b[:min(len(b), maxStart)], []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	return ok && (requestLine.Match(line) || statusLine.Match(line))
}

// http reads the head of a message (RFC 9112), as far as the segment has it. A
// field line becomes a field with the same name.
func (d *dissection) http(at, end int) {
	l := Layer{Name: "HTTP", Offset: at}
	whole, hidden := false, 0
	for place := at; place < end && !whole; {
		raw, _, _ := bytes.Cut(d.frame[place:end], []byte("\n"))
		next := min(end, place+len(raw)+1)
		line := bytes.TrimSuffix(raw, []byte("\r"))
		switch {
		case len(line) == 0 && next == place+len(raw)+1:
			whole = true // the empty line ends the head
		case len(l.Fields) == maxLines:
			hidden++
		default:
			name, value := httpLine(line, len(l.Fields) == 0)
			l.add(place, next-place, name, "%s", printable(value, maxLine))
		}
		place = next
		l.Length = next - at
	}
	if hidden > 0 {
		l.add(at, l.Length, "not shown", "%s more", count(hidden, "line"))
	}
	if !whole {
		l.add(end, 0, "incomplete", "the head does not end in this segment")
	}
	d.append(l)
	d.data(at+l.Length, end)
}

// httpLine splits a line into what is shown as name and value.
func httpLine(line []byte, first bool) (name string, value []byte) {
	if first {
		if bytes.HasPrefix(line, []byte("HTTP/")) {
			return "status line", line
		}
		return "request line", line
	}
	before, after, ok := bytes.Cut(line, []byte(":"))
	if !ok || len(before) > maxFieldName || !fieldName.Match(before) {
		return "line", line // folded (RFC 9112, 5.2), cut off or wrong
	}
	return string(before), bytes.Trim(after, " \t")
}
