package scenarios

import (
	"embed"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

//go:embed *.yaml
var files embed.FS

// First is the scenario to begin with.
const First = "flask-demo"

// UnknownError means that there is no scenario of that name.
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

// Load returns a scenario by the name of an embedded one or, if the argument
// looks like a file's ("./mine.yaml", "mine.yml"), from that file. The error
// wraps an [fs.PathError], or is an [*UnknownError] or a [*Problems].
func Load(name string) (*Scenario, error) {
	file, text, err := Read(name)
	if err != nil {
		return nil, err
	}
	return Parse(file, text)
}

// Read returns what [Load] parses: the text, and what the file is called.
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

// IsFile reports whether a name is that of a file, and not of a scenario that is built
// in.
func IsFile(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml") || strings.ContainsRune(name, os.PathSeparator)
}
