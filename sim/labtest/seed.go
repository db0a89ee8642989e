package labtest

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// seedVariable is the environment variable that holds the seed of random tests.
const seedVariable = "TRACER_SEED"

// defaultSeed is the seed where none is asked for, so that two runs of a test do the
// same.
const defaultSeed = 1

// Seed returns the seed of a test that draws random numbers: that of TRACER_SEED, or
// else always the same. It appears in the test's log, which go test prints when the test
// fails and with -v.
//
// A test of many rounds gives round i the seed Seed(t)+i and names it when the round
// fails. With TRACER_SEED set to that number, the failing round is the first.
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

// Random returns the random numbers of a [Seed].
func Random(t testing.TB) *rand.Rand {
	t.Helper()
	return RandomOf(Seed(t))
}

// RandomOf returns the random numbers of one round's seed.
func RandomOf(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }
