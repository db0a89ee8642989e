package confine

import "os"

// Second is what a second process is given.
type Second struct {
	Input     []byte     // for [Handed]
	Files     []*os.File // for [Handed], in this order; closed here once it has them
	Directory *os.File   // that programs may read; nil for none; stays open
	Handlers  Handlers   // answer what it asks
	Begin     func()     // called before it is started, when signals will be passed on to it; may be nil
}

// Handlers answer requests of the second process, each by name. The argument comes
// from a process that may have been taken over by a stranger's data, so a handler
// must check it.
type Handlers map[string]func(argument []byte, file *os.File) (answer []byte, err error)

// Handed is what the first process gave to this one.
type Handed struct {
	Input []byte     // nil if there was none
	Files []*os.File // opened by the first process
}
