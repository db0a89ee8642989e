package confine

// RunProgram is for tests that need package labtest, which imports this one.
var RunProgram = program
