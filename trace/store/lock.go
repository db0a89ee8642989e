package store

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// errBusy means that another process has locked a file.
var errBusy = errors.New("locked by another process")

// lock locks the directory while its set is being replaced. Without locks in the system
// or the file system, sets saved to one directory at the same moment can mix.
func (d *Dir) lock() (unlock func(), err error) {
	f, err := d.root.Open(".")
	if err != nil {
		return nil, d.named(err, ".")
	}
	const patience, pause = 10 * time.Second, 10 * time.Millisecond
	for limit := time.Now().Add(patience); errors.Is(tryLock(f), errBusy); time.Sleep(pause) {
		if time.Now().After(limit) {
			_ = f.Close() // it was only locked, or was not
			return nil, fmt.Errorf("%s: %w", d.path, errBusy)
		}
	}
	return func() { _ = f.Close() }, nil // it was only locked
}

// abandoned reports whether a temporary file is no longer in use. Without locks, this is
// assumed after an hour.
func abandoned(f *os.File) bool {
	switch err := tryLock(f); {
	case err == nil:
		return true
	case errors.Is(err, errBusy):
		return false
	}
	info, err := f.Stat()
	return err == nil && time.Since(info.ModTime()) > time.Hour
}
