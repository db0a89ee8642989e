package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tracer/sim/labtest"
)

// BenchmarkRun measures the whole command "tracer run flask-demo --view text" and, in
// alternating runs, a shell script that only builds and removes the same network with ip and
// iptables. It reports both medians and their ratio.
//
//	go test -bench Run -benchtime 40x ./cmd/tracer
func BenchmarkRun(b *testing.B) {
	if os.Geteuid() != 0 {
		b.Skip("the script needs root")
	}
	labtest.Peer(b, "ip")
	labtest.Peer(b, "iptables")
	binary := filepath.Join(b.TempDir(), "tracer")
	build := exec.Command("go", "build", "-trimpath", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	script := filepath.Join("testdata", "build-and-remove.sh")
	var ours, theirs []time.Duration
	for b.Loop() {
		ours = append(ours, timed(b, binary, "run", "flask-demo", "--view", "text"))
		theirs = append(theirs, timed(b, "sh", script, fmt.Sprintf("bench%d", os.Getpid())))
	}
	a, z := median(ours), median(theirs)
	b.ReportMetric(a.Seconds()*1000, "ms/run")
	b.ReportMetric(z.Seconds()*1000, "ms/script")
	b.ReportMetric(a.Seconds()/z.Seconds(), "ratio")
	b.ReportMetric(0, "ns/op")
}

func timed(b *testing.B, name string, args ...string) time.Duration {
	cmd := exec.Command(name, args...)
	start := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatalf("%s %v: %v", name, args, err)
	}
	return time.Since(start)
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// BenchmarkHelp measures the start of the program and its size.
func BenchmarkHelp(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "tracer")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	info, err := os.Stat(binary)
	if err != nil {
		b.Fatal(err)
	}
	var all []time.Duration
	for b.Loop() {
		all = append(all, timed(b, binary, "--help"))
	}
	b.ReportMetric(median(all).Seconds()*1000, "ms/help")
	b.ReportMetric(float64(info.Size())/1e6, "MB")
	b.ReportMetric(0, "ns/op")
}
