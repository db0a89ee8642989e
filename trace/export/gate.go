package export

import (
	"encoding/json"
	"errors"
	"io"
)

// gate lets a JSON decoder read so much and no more: in all, and ahead of what it has
// decoded. A decoder keeps what it reads ahead, be it a string or white space.
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

// Read fills b, if there is as much. The decoder looks through all that it has not
// decoded yet each time it gets more, so it must not get it in small pieces.
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
		err = nil // the next time there is nothing
	}
	return n, err
}
