package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
)

// jsonWriter writes one object key by key, indented by one space per level. It keeps the
// first error.
type jsonWriter struct {
	out  *bufio.Writer
	text bytes.Buffer // the value being written
	any  bool         // a key has been written
	err  error
}

func newJSONWriter(w io.Writer) *jsonWriter {
	j := &jsonWriter{out: bufio.NewWriterSize(w, 64<<10)}
	j.write("{")
	return j
}

func (j *jsonWriter) write(s string) {
	if j.err == nil {
		_, j.err = j.out.WriteString(s)
	}
}

func (j *jsonWriter) key(name string) {
	if j.any {
		j.write(",")
	}
	j.any = true
	j.write("\n \"" + name + "\": ")
}

// value writes a value, and indents all lines but the first.
func (j *jsonWriter) value(v any, indent string) {
	if j.err != nil {
		return
	}
	j.text.Reset()
	e := json.NewEncoder(&j.text)
	e.SetEscapeHTML(false)
	e.SetIndent(indent, " ")
	if j.err = e.Encode(v); j.err == nil {
		_, j.err = j.out.Write(bytes.TrimSuffix(j.text.Bytes(), []byte("\n")))
	}
}

func (j *jsonWriter) field(name string, v any) {
	j.key(name)
	j.value(v, " ")
}

// writeList writes a list, converting one element at a time.
func writeList[V, D any](j *jsonWriter, name string, list []V, doc func(*V) D) {
	j.key(name)
	j.write("[")
	for i := range list {
		if i > 0 {
			j.write(",")
		}
		j.write("\n  ")
		j.value(doc(&list[i]), "  ")
	}
	if len(list) > 0 {
		j.write("\n ")
	}
	j.write("]")
}

func (j *jsonWriter) end() error {
	j.write("\n}\n")
	if j.err != nil {
		return j.err
	}
	return j.out.Flush()
}
