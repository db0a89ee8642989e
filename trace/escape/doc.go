// Package escape makes text from outside harmless to look at.
//
// A name in a capture, a title in a scenario, the message of an error: each can
// hold characters that a terminal obeys, or that hide or reorder what is around
// them. This package shows such characters instead of sending them.
//
//	foreign text                            terminal, pipe
//	     │                                        ▲
//	     ▼                                        │
//	Field, Text, Value, Quote ─▶ view ─▶ Writer ──┘
//	  "\x1b[8m" becomes text      adds     lets through what is printable,
//	  before it is measured       styles   line breaks, and styles
//
// A [Field] is one line: what survives is printable characters and spaces. [Text]
// keeps line breaks, too. [Value] does the same to every string of a trace or a
// scenario at once, and so a view need not think of it. [Quote] is for commands,
// where it must be clear what each argument is. Escaping comes first and styles
// later, so that a style from outside never looks like one of the program's own.
//
// The [Writer] is the last thing before standard output and standard error. It is
// there for what was forgotten.
//
// # Notation
//
// As in Go: \n, \r and \t; \x1b for other characters of ASCII, and for bytes that
// are not UTF-8; \u202e and \U000e0041 for the others. A backslash stays as it is.
// So escaping twice is the same as escaping once, and no layer has to know what the
// others have done. The price is that an escaped line break looks like a
// backslash before an n; where that difference matters, in commands, there is Quote.
//
// # What is shown as it is
//
// Letters, marks, digits, punctuation and symbols of all scripts, and the space.
// Not: control characters (C0, DEL, C1), format characters (bidi controls, zero
// width, tags), other spaces, line and paragraph separators, private use,
// unassigned; nor what Unicode calls default ignorable, such as variation
// selectors. Marks are shown where they have a letter to stand on, and not more
// than a few of them: a tall enough pile would cover the lines above.
//
// # JSON
//
// [JSON] writes the same characters as JSON's own escapes: harmless bytes, from
// which every parser reads the value that was there.
package escape
