// Package labtest helps tests that build labs.
//
//	func TestMain(m *testing.M) { labtest.Main(m, nil) }
//
// [Main] sees to it that the tests may build labs: as root, or in a user namespace.
// Tests that run programs of scenarios must be confined first, see [Confined].
//
// [Namespace] is for tests that need a network namespace and no lab.
package labtest
