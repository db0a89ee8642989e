//go:build !race

package live

// withRace reports that the race detector is on, with which everything takes several times the memory.
const withRace = false
