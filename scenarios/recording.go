package scenarios

import (
	"bytes"
	"embed"
	"io"
)

//go:embed recordings/*.json.gz
var recordings embed.FS

// Recording returns the recorded trace of an embedded scenario: a run of it, as
// trace.json, compressed with gzip. The error is an [*UnknownError].
func Recording(name string) (io.Reader, error) {
	b, err := recordings.ReadFile("recordings/" + name + ".json.gz")
	if err != nil {
		return nil, &UnknownError{name}
	}
	return bytes.NewReader(b), nil
}
