package confine

import "os"

// Second describes a second process to be started.
type Second struct {
	Input     []byte     // for [Handed]
	Files     []*os.File // for [Handed], in this order; closed here once it has them
	Directory *os.File   // readable for programs; nil for none; stays open
	Handlers  Handlers   // answer its requests
	Begin     func()     // called before it starts, when signals will be passed on to it; may be nil
}

// Handlers answer requests of the second process, by name of the request. A stranger's
// data may have taken that process over, so a handler must check its argument.
type Handlers map[string]func(argument []byte, file *os.File) (answer []byte, err error)

// Handed is what the first process handed to this one.
type Handed struct {
	Input []byte     // nil if there was none
	Files []*os.File // opened by the first process
}
