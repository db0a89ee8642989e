//go:build !race

package main

// withRace reports that the race detector is on: everything takes several times as long.
const withRace = false
