package scenarios

import (
	"bytes"
	"embed"
	"io"
)

//go:embed recordings/*.json.gz
var recordings embed.FS

// Recording returns the recorded trace of an embedded scenario: the trace.json of a run,
// compressed with gzip. The error is an [*UnknownError].
func Recording(name string) (io.Reader, error) {
	b, err := recordings.ReadFile("recordings/" + name + ".json.gz")
	if err != nil {
		return nil, &UnknownError{name}
	}
	return bytes.NewReader(b), nil
}
