//go:build !race

package live

// withRace reports whether the race detector is on, which multiplies memory use.
const withRace = false
