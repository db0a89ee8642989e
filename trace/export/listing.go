package export

import (
	"io"
	"strings"

	"tracer/trace/escape"
)

// Listing writes the lines of a listing. Names in it come from the trace, so it is escaped.
func Listing(w io.Writer, lines []string, ascii bool) error {
	if ascii {
		w = asciiWriter{w}
	}
	for _, line := range lines {
		rest, indented := strings.CutPrefix(line, "\t")
		if line = escape.Field(rest); indented {
			line = "\t" + line
		}
		if _, err := io.WriteString(w, line+"\n"); err != nil {
			return err
		}
	}
	return nil
}
