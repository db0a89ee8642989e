package escape

import (
	"encoding/binary"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// Printable reports whether a character needs no escape: it is visible, and does not affect
// the characters around it.
func Printable(r rune) bool {
	if r < utf8.RuneSelf {
		return printableByte(byte(r))
	}
	return strconv.IsPrint(r) && !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

func printableByte(c byte) bool { return ' ' <= c && c < 0x7f }

// plain returns the number of leading bytes that are printable ASCII. Nearly all bytes are,
// so it checks eight at a time.
func plain(p []byte) (n int) {
	const ones = 0x0101010101010101
	for ; len(p)-n >= 8; n += 8 {
		// The highest bit of a byte is set by 0x80 and above, below the space, and by DEL.
		if x := binary.LittleEndian.Uint64(p[n:]); (x|(x-' '*ones)|(x+ones))&(0x80*ones) != 0 {
			break
		}
	}
	for n < len(p) && printableByte(p[n]) {
		n++
	}
	return n
}

// mostMarks is the maximum number of marks on a letter. Vietnamese and Hebrew need three.
const mostMarks = 4

// pile keeps track of the marks in a text: accents, dots and the like, which are drawn over
// the preceding character.
type pile struct {
	base  bool // there is a base character
	marks int
}

// holds reports whether the next character of a text can be shown in its place.
func (p *pile) holds(r rune) bool {
	if unicode.In(r, unicode.Mn, unicode.Me) {
		p.marks++
		return p.base && p.marks <= mostMarks
	}
	p.marks = 0
	p.base = r >= utf8.RuneSelf || unicode.IsLetter(r) || unicode.IsDigit(r)
	return true
}
