package export

import (
	"io"
	"strings"

	"tracer/trace/escape"
)

// Listing writes the lines of a listing. Names in it come from the trace, so it is escaped,
// except for tabs at the beginning of lines.
func Listing(w io.Writer, lines []string, ascii bool) error {
	if ascii {
		w = asciiWriter{w}
	}
	for _, line := range lines {
		rest := strings.TrimLeft(line, "\t")
		indent := line[:len(line)-len(rest)]
		if _, err := io.WriteString(w, indent+escape.Field(rest)+"\n"); err != nil {
			return err
		}
	}
	return nil
}
