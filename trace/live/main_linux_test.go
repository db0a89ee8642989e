package live

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"tracer/sim"
)

// asService makes the test binary a program that a lab can run as a service. It
// makes the file that asServiceBegun names when it begins to hang.
const (
	asService      = "TRACER_TEST_SERVICE"
	asServiceBegun = "TRACER_TEST_SERVICE_BEGUN"
)

// TestMain runs the tests as root, or as the root of a user namespace. Where
// neither is possible, they fail: the kernels that tracer is for can do it.
func TestMain(m *testing.M) {
	if what := os.Getenv(asService); what != "" {
		fmt.Fprintln(os.Stderr, serve(what))
		os.Exit(1)
	}
	if dir := os.Getenv(asCapture); dir != "" {
		if err := captureFiles(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if os.Getenv(readOnly) != "" {
		if err := makeReadOnly(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if sim.Privileged() {
		os.Exit(m.Run())
	}
	code, err := sim.Enter(nil)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%v\ntry: %s\n", err, sim.Hint())
		os.Exit(1)
	}
	os.Exit(code)
}

// serve is the program. It lives as long as the lab.
func serve(what string) error {
	begun := func() error { return os.WriteFile(os.Getenv(asServiceBegun), nil, 0o600) }
	if what == "never listen" {
		err := begun()
		time.Sleep(time.Minute)
		return err
	}
	var config net.ListenConfig
	config.SetMultipathTCP(false)
	listener, err := config.Listen(context.Background(), "tcp4", ":5000")
	if err != nil {
		return err
	}
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if what == "never answer" {
			begun()
			<-r.Context().Done()
			return
		}
		io.WriteString(w, "Hello")
	}))
}
