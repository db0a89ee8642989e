package main

import (
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/sim/confine"
	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/savefile"
)

// BenchmarkExplain compares tracer explain with tcpdump and tshark, which read the same
// files: three captures of a load of short connections through a published port, taken by
// tcpdump in a lab. Each has 800,000 packets, or TRACER_BENCH_PACKETS. It reports the time of
// whole processes, and tracer's peak memory, also for files four times as long.
func BenchmarkExplain(b *testing.B) {
	if !confine.Capable() {
		b.Skip("the lab needs root")
	}
	packets := 800_000
	if s := os.Getenv("TRACER_BENCH_PACKETS"); s != "" {
		var err error
		if packets, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	labtest.Peer(b, "tcpdump")
	labtest.Peer(b, "tshark")
	binary := filepath.Join(b.TempDir(), "tracer")
	build := exec.Command("go", "build", "-trimpath", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	files, count := record(b, packets)
	b.Logf("%d packets in %d files", count, len(files))
	var ours, dumps, sharks []time.Duration
	var memory int64
	for b.Loop() {
		d, m := measured(b, binary, append([]string{"explain", "--view", "text"}, files...)...)
		ours, memory = append(ours, d), max(memory, m)
		var dump, shark time.Duration
		for _, f := range files {
			d, _ := measured(b, "tcpdump", "-r", f, "-nn")
			dump += d
			d, _ = measured(b, "tshark", "-r", f, "-n", "-T", "fields", "-e", "frame.time_epoch",
				"-e", "ip.src", "-e", "ip.dst", "-e", "tcp.srcport", "-e", "tcp.dstport")
			shark += d
		}
		dumps, sharks = append(dumps, dump), append(sharks, shark)
	}
	long := lengthen(b, files, 4)
	_, four := measured(b, binary, append([]string{"explain", "--view", "text"}, long...)...)
	rate := func(d []time.Duration) float64 { return float64(count) / median(d).Seconds() }
	b.ReportMetric(rate(ours), "packets/s")
	b.ReportMetric(rate(dumps), "packets/s-tcpdump")
	b.ReportMetric(rate(sharks), "packets/s-tshark")
	b.ReportMetric(rate(ours)/rate(dumps), "x-tcpdump")
	b.ReportMetric(rate(ours)/rate(sharks), "x-tshark")
	b.ReportMetric(float64(memory)/1024, "MB")
	b.ReportMetric(float64(four)/1024, "MB-4x")
	b.ReportMetric(0, "ns/op")
}

// measured runs a command without its output, and returns its duration and peak memory in
// kB.
func measured(b *testing.B, name string, args ...string) (time.Duration, int64) {
	b.Helper()
	cmd := exec.Command(name, args...)
	start := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatalf("%s %v: %v", name, args, err)
	}
	return time.Since(start), cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
}

// record puts load on flask-demo's published port until each of three interfaces has
// captured the given number of packets.
func record(b *testing.B, packets int) (files []string, count int) {
	b.Helper()
	s, err := scenarios.Load("flask-demo")
	if err != nil {
		b.Fatal(err)
	}
	for i := range s.Topology.Nodes {
		s.Topology.Nodes[i].Services = nil // the load brings its own
	}
	lab, err := sim.Build(b.Context(), s.Topology, sim.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := lab.Close(); err != nil {
			b.Error(err)
		}
	}()
	dir := b.TempDir()
	var dumps []*exec.Cmd
	for _, at := range []struct{ node, iface string }{{"client", "eth0"}, {"host", "docker0"}, {"flask", "eth0"}} {
		file := filepath.Join(dir, at.node+"-"+at.iface+".pcap")
		dump := exec.Command("tcpdump", "-i", at.iface, "-p", "-B", "65536", "-U", "-w", file)
		said, err := dump.StderrPipe()
		if err != nil {
			b.Fatal(err)
		}
		if err := lab.Do(at.node, dump.Start); err != nil {
			b.Fatal(err)
		}
		if _, err := said.Read(make([]byte, 1)); err != nil { // wait until it listens
			b.Fatal(err)
		}
		go func() { _, _ = io.Copy(io.Discard, said) }()
		dumps, files = append(dumps, dump), append(files, file)
	}
	load(b, lab, packets)
	for _, d := range dumps {
		_ = d.Process.Signal(os.Interrupt)
		if err := d.Wait(); err != nil {
			b.Fatal(err)
		}
	}
	for _, f := range files {
		each(b, f, func(savefile.Record) { count++ })
	}
	return files, count
}

// perConnection is the approximate number of packets of each connection in the load.
const perConnection = 11

// load makes connections, several at a time, with two requests and answers each.
func load(b *testing.B, lab *sim.Lab, packets int) {
	b.Helper()
	var listener net.Listener
	err := lab.Do("flask", func() (err error) {
		listener, err = net.Listen("tcp4", ":5000")
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(c, c); _ = c.Close() }()
		}
	}()
	err = lab.Do("client", func() error {
		return os.WriteFile("/proc/sys/net/ipv4/ip_local_port_range", []byte("1024 65535"), 0o600)
	})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(b.Context(), 5*time.Minute)
	defer cancel()
	var all sync.WaitGroup
	const workers = 8
	for range workers {
		all.Go(func() {
			for range packets/perConnection/workers + 1 {
				if err := get(ctx, lab); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

func get(ctx context.Context, lab *sim.Lab) error {
	var c net.Conn
	err := lab.Do("client", func() (err error) {
		c, err = (&net.Dialer{}).DialContext(ctx, "tcp4", "192.168.52.203:80")
		return err
	})
	if err != nil {
		return err
	}
	defer c.Close()
	message := make([]byte, 200)
	for range 2 {
		if _, err := c.Write(message); err != nil {
			return err
		}
		if _, err := io.ReadFull(c, message); err != nil {
			return err
		}
	}
	return nil
}

// each reads a capture file.
func each(b *testing.B, path string, f func(savefile.Record)) {
	b.Helper()
	in, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer in.Close()
	r, err := savefile.NewReader(in)
	for err == nil {
		var rec savefile.Record
		if rec, err = r.Next(); err == nil {
			f(rec)
		}
	}
	if err != io.EOF {
		b.Fatal(err)
	}
}

// lengthen writes captures with the same packets several times over.
func lengthen(b *testing.B, files []string, times int) (longer []string) {
	b.Helper()
	dir := b.TempDir()
	for _, path := range files {
		out, err := os.Create(filepath.Join(dir, filepath.Base(path)))
		if err != nil {
			b.Fatal(err)
		}
		w, err := savefile.NewPcapWriter(out, trace.LinkEthernet)
		if err != nil {
			b.Fatal(err)
		}
		for i := range times {
			each(b, path, func(r savefile.Record) {
				f := savefile.Record{Time: r.Time.Add(time.Duration(i) * 10 * time.Minute), Length: r.Length, Data: r.Data}
				if err := w.Write(f); err != nil {
					b.Fatal(err)
				}
			})
		}
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
		if err := out.Close(); err != nil {
			b.Fatal(err)
		}
		longer = append(longer, out.Name())
	}
	return longer
}
