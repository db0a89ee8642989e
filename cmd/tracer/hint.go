package main

import (
	"cmp"
	"os"
	"runtime"

	"tracer/sim/permit"
	"tracer/trace/escape"
)

// labHint returns the command or option that would let this user build labs.
func labHint() string {
	if runtime.GOOS != "linux" {
		return "run tracer on Linux, or in a container (docs/container.md)"
	}
	e := permit.Look()
	r := e.Remedy(e.UserNamespaces(), quotedArgs())
	return cmp.Or(r.Command, r.Otherwise)
}

// quotedArgs returns this command line, quoted for a shell.
func quotedArgs() []string {
	list := make([]string, len(os.Args))
	for i, a := range os.Args {
		list[i] = escape.Quote(a)
	}
	return list
}
