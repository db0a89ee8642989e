package page

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"html/template"
	"strings"
)

// chunk is a text, such as HTML, that the browser inflates when it is needed: deflated (RFC 1951), in base64.
type chunk struct {
	Name     string
	From, To int // moments
	Data     template.HTML
}

// newChunk compresses what a template writes about some values.
func newChunk[T any](name, kind string, values []T) (chunk, error) {
	var text bytes.Buffer
	for i := range values {
		if err := templates().ExecuteTemplate(&text, kind, &values[i]); err != nil {
			return chunk{}, err
		}
	}
	return deflated(name, text.Bytes())
}

// deflated compresses a text.
func deflated(name string, text []byte) (chunk, error) {
	var out strings.Builder
	encoder := base64.NewEncoder(base64.StdEncoding, &out)
	w, err := flate.NewWriter(encoder, flate.BestCompression)
	if err != nil {
		return chunk{}, err
	}
	if _, err := w.Write(text); err != nil {
		return chunk{}, err
	}
	if err := w.Close(); err != nil {
		return chunk{}, err
	}
	err = encoder.Close()
	return chunk{Name: name, Data: template.HTML(out.String())}, err
}
