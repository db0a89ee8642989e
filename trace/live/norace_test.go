//go:build !race

package live

// withRace reports that the race detector is on: everything takes several times the memory.
const withRace = false
