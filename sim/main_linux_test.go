package sim_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"tracer/sim/labtest"
)

func TestMain(m *testing.M) {
	labtest.Main(m, map[string]func(){
		"listen": serve,
		"exit":   func() { fmt.Println("no configuration found"); os.Exit(3) },
		"hang":   func() { time.Sleep(time.Minute) },
	})
}
