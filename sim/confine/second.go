package confine

import "os"

// Second describes a second process to start.
type Second struct {
	Input     []byte       // for [Handed]
	Files     []*os.File   // for [Handed], in this order; closed once it has them
	Directory *os.File     // programs get a copy; may be nil; stays open
	Handlers  Handlers     // they answer its requests
	Begin     func() error // called once signals are forwarded; an error prevents the start; may be nil
}

// Handlers answer requests of the second process, by request name. A stranger's data may
// have taken that process over, so a handler must check its argument.
type Handlers map[string]func(argument []byte, file *os.File) (answer []byte, err error)

// Handed holds what the first process handed to this one.
type Handed struct {
	Input []byte     // nil if there was none
	Files []*os.File // opened by the first process
}
