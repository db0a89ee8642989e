// Package labtest helps tests that build labs.
//
//	func TestMain(m *testing.M) { labtest.Main(m, nil) }
//
// [Main] makes sure that the tests can build labs: as root, or in a user namespace.
// Tests that run scenarios' programs must call [Confined] first.
package labtest
