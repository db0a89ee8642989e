//go:build race

package main

// withRace is whether the race detector is on: it makes everything several times slower.
const withRace = true
