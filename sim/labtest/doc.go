// Package labtest is what tests of several packages share.
//
//	every system  Peer         a program to compare with; skips where it is missing
//	              Output       what a peer prints
//	              Seed         the seed of random tests: fixed, or that of TRACER_SEED
//	              Random       random numbers of that seed
//	Linux         Main         lets a package's tests build labs, whoever runs them
//	              MachineRoot  whether a test may become another user
//	              Confined     runs a test where scenarios' programs may run
//	              Program      makes the test binary a scenario's program
//	              Namespace    a network namespace for one test, without a lab
//
// Tests that build labs need the rights to make network namespaces. Root has them; for
// anybody else [Main] makes a user namespace and runs the tests in there:
//
//	func TestMain(m *testing.M) { labtest.Main(m, nil) }
//
//	go test, uid 1000
//	  └─ the test binary again, in a user namespace of its own
//	       ├─ thread: network namespace of a test
//	       └─ thread: network namespace of a test
package labtest
