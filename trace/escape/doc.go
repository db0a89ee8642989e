// Package escape escapes text from outside, so that it cannot control the terminal.
//
// A name in a capture, a title in a scenario, the message of an error: each can contain
// characters that control the terminal, or that hide or reorder the text around them.
// This package replaces such characters with visible escapes.
//
//	foreign text                            terminal, pipe
//	     │                                        ▲
//	     ▼                                        │
//	Field, Text, Value, Quote ─▶ view ─▶ Writer ──┘
//	  "\x1b[8m" becomes text      adds     lets through what is printable,
//	  before it is measured       styles   line breaks, and styles
//
// A [Field] is one line: only printable characters and spaces remain. [Text] also
// keeps line breaks. [Value] escapes every string of a trace or a scenario at once, so
// views need not. [Quote] is for commands, where each argument must be unambiguous.
// Escaping precedes styling, so a style from outside cannot pass for one of the
// program's own.
//
// The [Writer] in front of standard output and standard error is the second line of
// defense, in case a view forgets to escape something.
//
// # Notation
//
// As in Go: \n, \r and \t; \x1b for other characters of ASCII, and for bytes that
// are not UTF-8; \u202e and \U000e0041 for the others. A backslash stays as it is.
// So escaping is idempotent, and layers need not know about each other. The price: an
// escaped line break looks like a backslash and an n. Where the difference matters, in
// commands, use Quote.
//
// # What is not escaped
//
// Letters, marks, digits, punctuation and symbols of all scripts, and the space.
// Escaped: control characters (C0, DEL, C1), format characters (bidi controls, zero
// width, tags), other spaces, line and paragraph separators, private use,
// unassigned; and characters that Unicode calls default ignorable, such as variation
// selectors. Marks are shown only on a base character, and only a few: a tall pile
// would cover the lines above.
//
// # JSON
//
// [JSON] escapes the same characters in JSON's notation, so every parser reads the
// original values.
package escape
