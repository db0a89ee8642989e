package dissect

import (
	"bytes"
	"regexp"
)

const (
	maxLine      = 200  // bytes shown of a line
	maxLines     = 40   // shown
	maxStart     = 8000 // bytes of a first line
	maxFieldName = 60   // bytes; longer names are shown as part of the line
)

// The first lines (RFC 9112, 3 and 4), and the name of a field (RFC 9110, 5.6.2).
var (
	requestLine = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+ [^ ]+ HTTP/[0-9]\\.[0-9]$")
	statusLine  = regexp.MustCompile(`^HTTP/[0-9]\.[0-9] [0-9]{3}( .*)?$`)
	fieldName   = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
)

// startsHTTP reports whether a segment begins with a complete request or status line of
// HTTP/1. The port is no indication: labs serve HTTP on any.
func startsHTTP(b []byte) bool {
	line, _, ok := bytes.Cut(b[:min(len(b), maxStart)], []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	return ok && (requestLine.Match(line) || statusLine.Match(line))
}

// http reads the part of a message's first line and header section (RFC 9112) that is in
// the segment. Each line is a field.
func (h *header) http() protocol {
	complete, hidden, shownTo := false, 0, h.next
	for h.next < h.end && !complete {
		line, _, terminated := bytes.Cut(h.frame[h.next:h.end], []byte("\n"))
		size := len(line)
		if terminated {
			size++
		}
		line = bytes.TrimSuffix(line, []byte("\r"))
		switch {
		case len(line) == 0 && terminated: // the end of the header section
			complete = true
			h.next += size
		case len(h.Fields) == maxLines:
			hidden++
			h.next += size
		default:
			name, value := httpLine(line, len(h.Fields) == 0)
			h.add(size, name, printable(value, maxLine))
			shownTo = h.next
		}
	}
	if hidden > 0 {
		size := h.next - shownTo
		h.next = shownTo
		h.add(size, "not shown", count(hidden, "more line"))
	}
	if !complete {
		h.add(0, "incomplete", "the header section does not end in this segment")
	}
	return protocol{}
}

// httpLine splits a line into the name and value of a field.
func httpLine(line []byte, first bool) (name string, value []byte) {
	before, after, colon := bytes.Cut(line, []byte(":"))
	switch {
	case first && bytes.HasPrefix(line, []byte("HTTP/")):
		return "status line", line
	case first:
		return "request line", line
	case !colon || len(before) > maxFieldName || !fieldName.Match(before):
		return "line", line // folded (RFC 9112, 5.2), cut off or wrong
	}
	return string(before), bytes.Trim(after, " \t")
}
