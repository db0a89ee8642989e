package scenarios

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"slices"
)

//go:embed recordings/*.json.gz
var recordings embed.FS

// Recording returns the recorded trace of an embedded scenario, with one of its faults or
// without any (""): the trace.json of a run, compressed with gzip. The error is an
// [*UnknownError] or an [*UnknownFaultError] if there is no such scenario or fault.
func Recording(name, fault string) (io.Reader, error) {
	if !slices.Contains(Names(), name) {
		return nil, &UnknownError{name}
	}
	file := name
	if fault != "" {
		file += "@" + fault
	}
	b, err := recordings.ReadFile("recordings/" + file + ".json.gz")
	if err == nil {
		return bytes.NewReader(b), nil
	}
	if s, broken := Load(name); fault != "" && broken == nil {
		if _, unknown := s.WithFault(fault); unknown != nil {
			return nil, unknown
		}
	}
	return nil, fmt.Errorf("%s has no recording: %w", file, err)
}
