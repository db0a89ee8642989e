package live

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"

	"tracer/sim/labtest"
)

func TestMain(m *testing.M) {
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
	labtest.Main(m, map[string]func(){
		"answer":       func() { serve(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "Hello") }) },
		"never answer": func() { serve(func(_ http.ResponseWriter, r *http.Request) { begin(); <-r.Context().Done() }) },
		"never listen": func() { begin(); hang() },
		begun:          hang,
	})
}

// begun is the program that the others start as a child just before they hang.
const begun = "begun"

func begin() {
	if err := exec.Command(os.Args[0], os.Args[1], begun).Start(); err != nil {
		panic(err)
	}
}

func hang() { time.Sleep(time.Minute) }

// serve is a program that lives as long as the lab.
func serve(answer http.HandlerFunc) {
	var config net.ListenConfig
	config.SetMultipathTCP(false)
	listener, err := config.Listen(context.Background(), "tcp4", ":5000")
	if err != nil {
		panic(err)
	}
	panic(http.Serve(listener, answer))
}
