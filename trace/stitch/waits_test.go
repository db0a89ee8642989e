package stitch

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// slowFile is a capture of which only the header can be read before it is released.
type slowFile struct {
	*os.File
	entered, release chan struct{}
	once, released   sync.Once
	active           atomic.Int32
}

func (f *slowFile) ReadAt(b []byte, at int64) (int, error) {
	f.active.Add(1)
	defer f.active.Add(-1)
	if header := 24 - int(at); header > 0 {
		return f.File.ReadAt(b[:min(len(b), header)], at)
	}
	f.once.Do(func() { close(f.entered) })
	<-f.release
	return f.File.ReadAt(b, at)
}

// brokenFile fails as soon as a slow one is being read.
type brokenFile struct{ slow *slowFile }

var errBroken = errors.New("broken")

func (f brokenFile) ReadAt([]byte, int64) (int, error) {
	<-f.slow.entered
	time.AfterFunc(50*time.Millisecond, func() { f.slow.released.Do(func() { close(f.slow.release) }) })
	return 0, errBroken
}

// TestFilesWaits: after an error, too, no file is read any more: the caller closes them.
func TestFilesWaits(t *testing.T) {
	f, err := os.Open(filepath.Join("testdata", "docker-20.10", "ens160.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	slow := &slowFile{File: f, entered: make(chan struct{}), release: make(chan struct{})}
	_, err = Files(t.Context(), []Source{{In: slow, Label: "a"}, {In: brokenFile{slow}, Label: "b"}}, Options{})
	if n := slow.active.Load(); !errors.Is(err, errBroken) || n != 0 {
		t.Errorf("%v; %d reads go on", err, n)
	}
}
