package labtest

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// seedVariable is the environment variable that holds the seed of random tests.
const seedVariable = "TRACER_SEED"

// defaultSeed makes runs repeatable unless a seed is given.
const defaultSeed = 1

// Seed returns the seed for a test that draws random numbers: TRACER_SEED if set,
// otherwise a fixed one. It is logged, so go test prints it with -v and when the test
// fails.
//
// Round i of a test with many rounds uses the seed Seed(t)+i and reports it on failure.
// With TRACER_SEED set to that number, the failing round comes first.
func Seed(t testing.TB) uint64 {
	t.Helper()
	seed := uint64(defaultSeed)
	if text := os.Getenv(seedVariable); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("%s: %v", seedVariable, err)
		}
	}
	t.Logf("%s=%d", seedVariable, seed)
	return seed
}

// Random returns a generator with the test's [Seed].
func Random(t testing.TB) *rand.Rand {
	t.Helper()
	return RandomOf(Seed(t))
}

// RandomOf returns a generator with one round's seed.
func RandomOf(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }
