// Package labtest holds what the tests of several packages share.
//
//	every system  Peer         a program to compare with; skips if it is missing
//	              Output       the output of a peer
//	              Seed         the seed of random tests: fixed, or from TRACER_SEED
//	              Random       random numbers from that seed
//	Linux         Main         lets any user run a package's lab tests
//	              MachineRoot  whether a test may become another user
//	              Confined     runs a test where scenarios' programs may run
//	              Program      makes the test binary a scenario's program
//	              Namespace    a network namespace for one test, without a lab
//
// Tests that build labs must be allowed to create network namespaces. Root is; for other
// users [Main] creates a user namespace and runs the tests inside it:
//
//	func TestMain(m *testing.M) { labtest.Main(m, nil) }
//
//	go test, uid 1000
//	  └─ the test binary again, in a user namespace of its own
//	       ├─ thread: network namespace of a test
//	       └─ thread: network namespace of a test
package labtest
