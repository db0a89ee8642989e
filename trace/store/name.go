package store

import (
	"crypto/sha256"
	"fmt"
	"path"
	"strconv"
	"strings"
)

// Names turns arbitrary texts into file names. They are safe on Linux, macOS and Windows,
// and unique even on file systems that ignore case. The zero value is ready to use.
//
// Letters, digits and "._-+@=," stay; every other byte is escaped as in a URL.
type Names struct {
	taken map[string]bool
	next  map[string]int // by the preferred name: the next number to try
}

// Limits in bytes for a name without its extension. With the longest extension and number
// it stays below the 143 bytes that eCryptfs allows; others allow 255.
const (
	maxBase = 120
	cutBase = 80 // of a longer one, this much stays before its digest
)

// File returns the file name for a text, with an extension such as ".pcap". The same
// sequence of calls gives the same names.
func (n *Names) File(text, ext string) string {
	if n.taken == nil {
		n.taken, n.next = map[string]bool{}, map[string]int{}
	}
	base := Safe(text)
	first := strings.ToLower(base + ext)
	for {
		name := base + ext
		if i := n.next[first]; i > 0 {
			name = base + "~" + strconv.Itoa(i+1) + ext
		}
		n.next[first]++
		if folded := strings.ToLower(name); !n.taken[folded] {
			n.taken[folded] = true
			return name
		}
	}
}

// Safe turns an arbitrary text into a name for a file or directory. Different texts have
// different names, unless the file system ignores case.
func Safe(text string) string {
	if text == "" {
		return "~" // no other text has this name
	}
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		first, last := i == 0, i == len(text)-1
		if !ordinary(c) || first && (c == '.' || c == '-') || last && c == '.' || first && device(text) {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
		if b.Len() > maxBase {
			digest := sha256.Sum256([]byte(text))
			return fmt.Sprintf("%s~%x", whole(b.String()[:cutBase]), digest[:16])
		}
	}
	return b.String()
}

func ordinary(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("._-+@=,", c) >= 0
}

// whole removes an incomplete escape at the end.
func whole(s string) string {
	if i := strings.LastIndexByte(s, '%'); i > len(s)-3 {
		return s[:i]
	}
	return s
}

// device reports whether Windows treats a name as a device's, with any extension.
func device(name string) bool {
	stem, _, _ := strings.Cut(strings.ToLower(name), ".")
	switch stem {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(stem) == 4 && (strings.HasPrefix(stem, "com") || strings.HasPrefix(stem, "lpt")) && '0' <= stem[3] && stem[3] <= '9'
}

// The files of a set: one trace, captures, and pages.
const (
	TraceFile = "trace.json"
	extPCAP   = ".pcap"
	extPCAPNG = ".pcapng"
	extHTML   = ".html"
)

// result reports whether a file name is that of a trace, a capture or a page.
func result(name string) bool {
	name = strings.ToLower(name)
	ext := path.Ext(name)
	return name == TraceFile || ext == extPCAP || ext == extPCAPNG || ext == extHTML
}

// Plain reports whether a name is as safe as those of [Names].
func Plain(name string) bool {
	if len(name) > 255 || name == "" || name[0] == '.' || name[0] == '-' || device(name) {
		return false
	}
	for i := range len(name) {
		if c := name[i]; !ordinary(c) && c != '%' && c != '~' {
			return false
		}
	}
	return true
}
