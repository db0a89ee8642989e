package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"tracer/sim"
	"tracer/sim/docker"
	"tracer/sim/labtest"
)

// BenchmarkContainers measures how long it takes to build and remove a lab with published
// containers, compared with a script that uses ip and iptables.
func BenchmarkContainers(b *testing.B) {
	if os.Geteuid() != 0 {
		b.Skip("the script needs root")
	}
	labtest.Peer(b, "ip")
	labtest.Peer(b, "iptables")
	script := filepath.Join("testdata", "containers.sh")
	for _, n := range []int{1, 10, 100, 500} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			topology := published(b, n)
			var ours, theirs []time.Duration
			for b.Loop() {
				start := time.Now()
				lab, err := sim.Build(b.Context(), topology, sim.Options{})
				if err != nil {
					b.Fatal(err)
				}
				if err := lab.Close(); err != nil {
					b.Fatal(err)
				}
				ours = append(ours, time.Since(start))
				theirs = append(theirs, timed(b, "sh", script, fmt.Sprintf("bench%d", os.Getpid()), strconv.Itoa(n)))
			}
			a, z := median(ours), median(theirs)
			b.ReportMetric(a.Seconds()*1000, "ms/lab")
			b.ReportMetric(z.Seconds()*1000, "ms/script")
			b.ReportMetric(a.Seconds()/z.Seconds(), "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// published returns a host with the given number of containers, each with a published port.
func published(b *testing.B, containers int) sim.Topology {
	b.Helper()
	e := docker.Engine{Version: "20.10", Networks: []docker.Network{docker.DefaultBridge()}}
	for i := range containers {
		e.Containers = append(e.Containers, docker.Container{
			Name: fmt.Sprintf("c%d", i), Network: docker.DefaultBridge().Name,
			Publish: []docker.Publish{{Host: uint16(8000 + i), Container: 5000}},
		})
	}
	t := sim.Topology{Name: "containers", Nodes: []sim.Node{{Name: "host", Role: sim.RoleHost}}}
	if err := e.Install(&t, "host"); err != nil {
		b.Fatal(err)
	}
	return t
}
