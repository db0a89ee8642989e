package escape

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"tracer/sim/labtest"
)

func TestField(t *testing.T) {
	for in, want := range map[string]string{
		"":                                "",
		"docker0":                         "docker0",
		`C:\new\x1b`:                      `C:\new\x1b`,
		"пакет 数据包 é → שלום":              "пакет 数据包 é → שלום",
		"e\u0301":                         "e\u0301",
		"a\nb\r\tc":                       `a\nb\r\tc`,
		"\x1b]0;title\x07":                `\x1b]0;title\x07`,
		"\x7f":                            `\x7f`,
		"\u009b31m":                       `\u009b31m`,
		"\x9b31m":                         `\x9b31m`,
		"\u202eabc\u2066":                 `\u202eabc\u2066`,
		"\u200e\u200f\u061c":              `\u200e\u200f\u061c`,
		"a\u2028b\u2029c":                 `a\u2028b\u2029c`,
		"a\u200bb\u200db\ufeff":           `a\u200bb\u200db\ufeff`,
		"\u3164\u115f\u034f":              `\u3164\u115f\u034f`,
		"a\ufe0f\U000e0101":               `a\ufe0f\U000e0101`,
		"\U000e0041\ue000\uffff":          `\U000e0041\ue000\uffff`,
		"\u00a0\u3000":                    `\u00a0\u3000`,
		"\xed\xa0\x80\xc0\xaf\xe2":        `\xed\xa0\x80\xc0\xaf\xe2`,
		"\ufffd":                          "\ufffd",
		"\u0338a":                         `\u0338a`,
		"/\u20dd":                         `/\u20dd`,
		"a\u0300\u0301\u0302\u0303\u0304": "a\u0300\u0301\u0302\u0303" + `\u0304`,
	} {
		if got := Field(in); got != want {
			t.Errorf("%q: %q, not %q", in, got, want)
		}
	}
	if got := Text("one\ntwo\r\x1b[2K\n"); got != "one\ntwo\\r\\x1b[2K\n" {
		t.Errorf("%q", got)
	}
}

// obeyed reports whether a terminal might act on a character instead of showing it. It
// uses the general category, so it checks Printable independently.
func obeyed(r rune) bool {
	return r != ' ' && !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S)
}

// TestEveryRune checks each character alone, between letters, in JSON, and in the writer.
func TestEveryRune(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		s := "a" + string(r) + "b"
		f := Field(s)
		if obeyed(r) == Printable(r) {
			if obeyed(r) || !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
				t.Fatalf("%U: Printable says %v", r, Printable(r))
			}
		}
		if utf8.ValidRune(r) && (f == s) != Printable(r) {
			t.Fatalf("%U: %q", r, f)
		}
		if Field(f) != f {
			t.Fatalf("%U: %q is escaped again: %q", r, f, Field(f))
		}
		if r < 0x3000 || r%61 == 0 || !Printable(r) && unicode.In(r, unicode.Cf, unicode.M) {
			j, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if _, err := JSON(&out).Write(j); err != nil {
				t.Fatal(err)
			}
			var back string
			if err := json.Unmarshal(out.Bytes(), &back); err != nil || back != strings.ToValidUTF8(s, "\ufffd") {
				t.Fatalf("%U: %s: %v", r, out.Bytes(), err)
			}
			if harmful(out.String(), false) >= 0 {
				t.Fatalf("%U: %q", r, out.String())
			}
			if !unicode.In(r, unicode.M) && r != '\n' && written(t, Writer{}, s) != f {
				t.Fatalf("%U: %q", r, written(t, Writer{}, s))
			}
		}
	}
}

// harmful returns the index of the first character that must not get out, or -1.
func harmful(s string, styles bool) int {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\n':
		case styles && style([]byte(s[i:])) > 0:
			size = style([]byte(s[i:]))
		case r == utf8.RuneError && size == 1, obeyed(r):
			return i
		}
		i += size
	}
	return -1
}

func written(t *testing.T, w Writer, s string) string {
	t.Helper()
	var out bytes.Buffer
	w.To = &out
	if n, err := w.Write([]byte(s)); err != nil || n != len(s) {
		t.Fatalf("%q: %d, %v", s, n, err)
	}
	return out.String()
}

func TestWriter(t *testing.T) {
	for in, want := range map[string]string{
		"plain\n数据\n":                       "plain\n数据\n",
		"\x1b[1;33msrc\x1b[m \x1b[38;5;1mx": "\x1b[1;33msrc\x1b[m \x1b[38;5;1mx",
		"\r\x1b[K":                          `\r\x1b[K`,
		"a\x1b]52;c;eA==\x07b":              `a\x1b]52;c;eA==\x07b`,
		"\x1b[?25l\x1b[1;3\x1b[0mx\x1b[":    `\x1b[?25l\x1b[1;3` + "\x1b[0mx" + `\x1b[`,
		"\u009b8m\x9b8m\u202e\xe2":          `\u009b8m\x9b8m\u202e\xe2`,
		"\tx":                               `\tx`,
	} {
		if got := written(t, Writer{}, in); got != want {
			t.Errorf("%q: %q, not %q", in, got, want)
		}
	}
	if got := written(t, Writer{Tabs: true}, "a\tb\v"); got != "a\tb"+`\x0b` {
		t.Errorf("%q", got)
	}
}

// TestEveryByteEverywhere: bytes are checked eight at a time, and none gets past.
func TestEveryByteEverywhere(t *testing.T) {
	for c := range 256 {
		for at := range 20 {
			s := strings.Repeat("~ ", 10)
			s = s[:at] + string([]byte{byte(c)}) + s[at:]
			if got, want := written(t, Writer{}, s), Field(s); c != '\n' && got != want {
				t.Fatalf("%q: %q, not %q", s, got, want)
			}
		}
	}
}

// TestJSONInPieces: the output does not depend on how a text is divided.
func TestJSONInPieces(t *testing.T) {
	const text = `{"a": "é数\u0001` + "\ufffd\u202e\U000e0041\u009b\x7f" + `"}` + "\n"
	want := `{"a": "é数\u0001\ufffd\u202e\udb40\udc41\u009b\u007f"}` + "\n"
	for size := 1; size <= len(text); size++ {
		var out bytes.Buffer
		w := JSON(&out)
		for rest := text; rest != ""; {
			n := min(size, len(rest))
			if _, err := w.Write([]byte(rest[:n])); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if out.String() != want {
			t.Errorf("by %d: %q", size, out.String())
		}
	}
}

// FuzzEscape: no input produces harmful output, and JSON keeps its values.
func FuzzEscape(f *testing.F) {
	for _, s := range []string{"plain", "a\nb", "\x1b[31mred\x1b[m", "\xff\u202e", "e\u0301\u0301\u0301\u0301\u0301", `\n`, "\U000e0041"} {
		f.Add(s)
	}
	f.Fuzz(checkEscape)
}

// TestRandom does the same with random texts.
func TestRandom(t *testing.T) {
	random := labtest.Random(t)
	for range 20000 {
		b := make([]byte, random.IntN(12))
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		s := string(b)
		if random.IntN(2) == 0 {
			var runes []rune
			for range len(b) {
				runes = append(runes, rune(random.IntN(0x3000)))
			}
			s = string(runes)
		}
		checkEscape(t, s)
	}
}

func checkEscape(t *testing.T, s string) {
	field := Field(s)
	if harmful(field, false) >= 0 || strings.Contains(field, "\n") || Field(field) != field {
		t.Errorf("%q: %q", s, field)
	}
	if text := Text(s); harmful(text, false) >= 0 || strings.Count(text, "\n") != strings.Count(s, "\n") || Text(text) != text {
		t.Errorf("%q: %q", s, text)
	}
	if out := written(t, Writer{}, s); harmful(out, true) >= 0 || written(t, Writer{}, out) != out {
		t.Errorf("%q: %q", s, out)
	}
	for _, r := range Quote(s) {
		if r < ' ' || r > '~' {
			t.Errorf("%q: %q", s, Quote(s))
		}
	}
}
