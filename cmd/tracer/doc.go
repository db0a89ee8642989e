// Command tracer builds the network that Docker builds, sends real traffic
// through it, and shows each packet's way: where it was seen, what changed, and
// which rule, conntrack entry or routing decision changed it.
//
//	tracer run flask-demo      build, send, trace, show
//	tracer list                the scenarios there are
//	tracer show flask-demo     one of them, without running it
//
// This package holds one file per verb, the flags and the exit codes. What the
// verbs do is in the packages below it.
package main
