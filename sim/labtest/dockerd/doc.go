// Package dockerd runs real Docker Engines, for tests that compare labs with them.
//
//	Debian, Built, BuiltNFT ─▶ Program ── Start ─▶ Daemon ─┬─ Namespace    the host
//	                                                       ├─ Must         docker network create, docker run, …
//	                                                       └─ Sandbox      a container
//
// A daemon has namespaces of its own, and touches nothing of the machine. Tests skip where the
// programs are missing, or fail as [labtest.Peer] does.
//
// Only tests may import it.
package dockerd
