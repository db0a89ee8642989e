package export

import (
	"encoding/json"
	"errors"
	"io"
)

// gate limits how much a JSON decoder reads, in total and ahead of what it has decoded:
// it buffers everything in between, even white space.
type gate struct {
	in      io.Reader
	decoder *json.Decoder
	passed  int64
}

// newGate returns a decoder that reads through a gate.
func newGate(r io.Reader) *json.Decoder {
	g := &gate{in: r}
	g.decoder = json.NewDecoder(g)
	return g.decoder
}

// Read fills b as far as possible. Whenever the decoder gets more, it scans everything
// that it has not decoded yet, so small pieces would be slow.
func (g *gate) Read(b []byte) (int, error) {
	switch {
	case g.passed >= mostBytes:
		return 0, errBytes
	case g.passed-g.decoder.InputOffset() >= mostElement:
		return 0, errElement
	}
	n, err := io.ReadFull(g.in, b[:min(int64(len(b)), mostBytes-g.passed)])
	g.passed += int64(n)
	if n > 0 && errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil // the next call returns io.EOF
	}
	return n, err
}
