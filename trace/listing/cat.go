package listing

import (
	"errors"
	"slices"

	"tracer/trace"
)

// resolvConf is the only file that a trace has.
const resolvConf = "/etc/resolv.conf"

func cat(n *trace.Node, args []string) ([]string, error) {
	w := words{"cat", args}
	file, ok := w.next()
	if !ok {
		return nil, errors.New("needs a file: " + resolvConf)
	}
	if file != resolvConf {
		return nil, w.unknown(file)
	}
	if extra, more := w.next(); more {
		return nil, w.unknown(extra)
	}
	if n.ResolvConf == nil {
		return nil, &MissingError{n.Name, MissingResolvConf}
	}
	return slices.Clone(n.ResolvConf), nil
}
