package confine

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// The second process has these descriptors besides the standard ones.
const (
	channelFD  = 3
	manifestFD = 4 // describes the others
	filesFD    = 5 // the first of the files
)

// manifestName is the name of the memory file at manifestFD.
const manifestName = "tracer-handed"

// manifest holds what the second process needs from the start.
type manifest struct {
	Input    []byte
	HasInput bool
	Files    int
}

func (s Second) manifest() (*os.File, error) {
	text, err := json.Marshal(manifest{Input: s.Input, HasInput: s.Input != nil, Files: len(s.Files)})
	if err != nil {
		return nil, err
	}
	return memory(manifestName, text)
}

// second reads the manifest if this process is a second one.
var second = sync.OnceValue(func() (s struct {
	manifest
	is bool
}) {
	// Only a first process leaves a memory file of this name, next to a socket whose
	// other end the parent created.
	to, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", manifestFD))
	if err != nil || !strings.HasPrefix(to, "/memfd:"+manifestName) {
		return s
	}
	peer, err := unix.GetsockoptUcred(channelFD, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil || int(peer.Pid) != os.Getppid() {
		return s
	}
	f := os.NewFile(manifestFD, manifestName)
	defer f.Close() // only read from
	text, err := io.ReadAll(f)
	if err != nil || json.Unmarshal(text, &s.manifest) != nil {
		return s
	}
	s.is = true
	for fd := range s.Files {
		unix.CloseOnExec(filesFD + fd)
	}
	unix.CloseOnExec(channelFD)
	return s
})

// IsSecond reports whether a first process started this one, with [Reexec] or
// [Demote].
func IsSecond() bool { return second().is }

// Received returns what the first process handed to this one. It may be called only
// once.
func Received() (h Handed, ok bool) {
	s := second()
	if !s.is {
		return h, false
	}
	if s.HasInput {
		h.Input = append([]byte{}, s.Input...)
	}
	for i := range s.Files {
		h.Files = append(h.Files, os.NewFile(uintptr(filesFD+i), fmt.Sprintf("file %d", i+1)))
	}
	return h, true
}

// Memory returns an empty file in memory.
func Memory(name string) (*os.File, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("file in memory: %w", err)
	}
	return os.NewFile(uintptr(fd), name), nil
}

// memory returns an in-memory file that holds text.
func memory(name string, text []byte) (*os.File, error) {
	f, err := Memory(name)
	if err != nil {
		return nil, err
	}
	if _, err = f.Write(text); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = f.Close() // the earlier error is returned
		return nil, err
	}
	return f, nil
}
