package dissect

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// previewLength is how much of a data layer is shown as text: about one line.
const previewLength = 80

// printable makes bytes from the network safe for a terminal: unprintable characters are
// escaped as in a Go string. The text has at most limit bytes, plus a note of how many bytes
// are missing.
func printable(b []byte, limit int) string {
	var text strings.Builder
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		part := string(b[:n])
		if r == '\\' || r == utf8.RuneError && n == 1 || !strconv.IsPrint(r) {
			part = strconv.Quote(part)
			part = part[1 : len(part)-1]
		}
		if text.Len()+len(part) > limit {
			text.WriteString("… (" + count(len(b), "more byte") + ")")
			break
		}
		text.WriteString(part)
		b = b[n:]
	}
	return text.String()
}

// count formats a number with its unit: "1 byte", "2 bytes".
func count(n int, unit string) string {
	if n != 1 {
		unit += "s"
	}
	return strconv.Itoa(n) + " " + unit
}

func decimal(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// named formats a number with its name, if it has one: "6 (TCP)".
func named(n uint32, name string) string {
	if name == "" {
		return decimal(n)
	}
	return fmt.Sprintf("%d (%s)", n, name)
}

// hexNamed is like named, for numbers of n bytes in hexadecimal.
func hexNamed(n int, v uint32, names map[uint32]string) string {
	text := fmt.Sprintf("0x%0*x", 2*n, v)
	if name := names[v]; name != "" {
		text += " (" + name + ")"
	}
	return text
}

// flag is the name of a bit.
type flag struct {
	bit  uint32
	name string
}

// flagNames lists the bits that are set, in the order of flags.
func flagNames(set uint32, flags []flag) string {
	var names []string
	for _, f := range flags {
		if set&f.bit != 0 {
			names = append(names, f.name)
		}
	}
	if names == nil {
		return "none"
	}
	return strings.Join(names, ", ")
}

// extent compares the length that a header claims with the bytes that exist. It returns how
// many bytes to read, and the field's value.
func extent(claimed, there int) (n int, value string) {
	if claimed > there {
		return there, fmt.Sprintf("%s [only %d present]", count(claimed, "byte"), there)
	}
	return claimed, count(claimed, "byte")
}

// openExtent is like extent, but zero means that the length does not fit the field: in
// jumbograms (RFC 2675), and in large packets that Linux leaves to the network card to
// segment (Documentation/networking: BIG TCP).
func openExtent(claimed, there int) (n int, value string) {
	if claimed == 0 {
		return there, fmt.Sprintf("0 [%d assumed, up to the end]", there)
	}
	return extent(claimed, there)
}
