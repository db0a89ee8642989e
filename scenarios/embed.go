package scenarios

import (
	"embed"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"tracer/sim/docker"
)

//go:embed *.yaml
var files embed.FS

// UnknownError means that there is no scenario with the given name.
type UnknownError struct{ Name string }

func (e *UnknownError) Error() string { return fmt.Sprintf("there is no scenario %q", e.Name) }

// Names lists the embedded scenarios, in alphabetical order.
func Names() []string {
	matches, _ := fs.Glob(files, "*.yaml") // the pattern is well-formed
	for i := range matches {
		matches[i] = strings.TrimSuffix(matches[i], ".yaml")
	}
	return matches
}

// Releases lists the releases of Docker Engine with which a scenario can run.
func Releases() []string { return docker.Versions() }

// Load returns the scenario in a file if name looks like a file name ("./mine.yaml",
// "mine.yml"), and otherwise the embedded scenario with that name. The error wraps
// an [fs.PathError], or is an [*UnknownError] or a [*Problems].
func Load(name string) (*Scenario, error) {
	file, text, err := Read(name)
	if err != nil {
		return nil, err
	}
	return Parse(file, text)
}

// Read returns the text that [Load] parses, and the name of its file.
func Read(name string) (file string, text []byte, err error) {
	if IsFile(name) {
		f, err := os.Open(name)
		if err != nil {
			return name, nil, err
		}
		defer f.Close() // it is only read from
		text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
		return name, text, err
	}
	text, err = files.ReadFile(name + ".yaml")
	if err != nil {
		return "", nil, &UnknownError{name}
	}
	return name + ".yaml", text, nil
}

// IsFile reports whether a name looks like a file name, not like that of an embedded
// scenario.
func IsFile(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml") || strings.ContainsRune(name, os.PathSeparator)
}
