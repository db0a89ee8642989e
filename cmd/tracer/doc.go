// Command tracer builds the network that Docker builds, sends real traffic
// through it, and shows the path that each packet takes: where it was seen, what
// changed, and which rule, conntrack entry or routing decision changed it.
//
//	tracer run flask-demo      build, send, trace, show
//	tracer list                the built-in scenarios
//	tracer show flask-demo     one scenario, without running it
//
//	args ─▶ cobra ─▶ one file per verb ─▶ open the input, hand it to a second
//	          │                           process without rights (second.go)
//	          ▼                                      │
//	     mistake.go, errors.go              configure, record, present
//	     what is wrong, what was meant               │
//	                                        output.go, view.go, walk.go
//
// This package contains the verbs, flags, exit codes and error messages. The packages below
// it do the work.
package main
