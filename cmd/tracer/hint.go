package main

import (
	"cmp"
	"os"
	"runtime"

	"tracer/sim/permit"
	"tracer/trace/escape"
)

// labHint returns what would let this user build labs: a command, or an option.
func labHint() string {
	if runtime.GOOS != "linux" {
		return "run tracer on Linux"
	}
	e := permit.Look()
	r := e.Remedy(e.UserNamespaces(), quotedArgs())
	return cmp.Or(r.Command, r.Otherwise)
}

// quotedArgs is this command line, as it can be given to a shell.
func quotedArgs() []string {
	list := make([]string, len(os.Args))
	for i, a := range os.Args {
		list[i] = escape.Quote(a)
	}
	return list
}
