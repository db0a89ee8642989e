package live

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/gopacket"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/capture"
	"tracer/trace/savefile"
)

// asCapture is the environment variable that makes the test binary capture as tracer does,
// until its standard input is closed. Its value is the directory for the files.
const asCapture = "TRACER_TEST_CAPTURE"

// captured lists the host's interfaces on the load's path.
var captured = []string{"ens160", "docker0", "veth"}

const (
	loadRate = 130_000 // packets per second, each of which passes three interfaces
	loadTime = 5 * time.Second
)

// BenchmarkLoad captures a load of small packets to a published port at three interfaces
// of the host: with one Source that writes three files, and with three tcpdumps. They take
// turns, in separate processes whose CPU time is reported.
func BenchmarkLoad(b *testing.B) {
	if !labtest.MachineRoot(b) {
		b.Skip("tcpdump needs root")
	}
	labtest.Peer(b, "tcpdump")
	lab, send := loaded(b)
	var ours, theirs, rate []float64
	var missed, dropped int
	for n := 0; b.Loop(); n++ {
		for i := range 2 {
			if (i+n)%2 == 0 {
				cpu, m := captureLoad(b, lab, send, &rate)
				ours, missed = append(ours, cpu), missed+m
			} else {
				cpu, m := dumpLoad(b, lab, send, &rate)
				theirs, dropped = append(theirs, cpu), dropped+m
			}
		}
	}
	b.ReportMetric(middle(ours), "%cpu")
	b.ReportMetric(middle(theirs), "%cpu-tcpdump")
	b.ReportMetric(middle(ours)/middle(theirs), "x-tcpdump")
	b.ReportMetric(float64(missed), "missed")
	b.ReportMetric(float64(dropped), "missed-tcpdump")
	b.ReportMetric(slices.Min(rate), "packets/s-least")
	b.ReportMetric(0, "ns/op")
}

func middle(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// loaded builds a lab. It returns the lab and a function that sends the load and returns
// the number of packets and how long they took.
func loaded(b *testing.B) (*sim.Lab, func() (int, time.Duration)) {
	b.Helper()
	s, err := scenarios.Load("dns-published")
	if err != nil {
		b.Fatal(err)
	}
	for i := range s.Topology.Nodes {
		s.Topology.Nodes[i].Services = nil
	}
	lab, err := sim.Build(b.Context(), s.Topology, sim.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := lab.Close(); err != nil {
			b.Error(err)
		}
	})
	var sink net.PacketConn
	var source net.Conn
	err = errors.Join(
		lab.Do("dns", func() (err error) {
			sink, err = net.ListenPacket("udp4", ":53") // never read: the excess is dropped
			return err
		}),
		lab.Do("client", func() (err error) {
			source, err = net.Dial("udp4", "192.168.52.203:53")
			return err
		}),
	)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { sink.Close(); source.Close() })
	return lab, func() (sent int, took time.Duration) {
		message := make([]byte, 64)
		start := time.Now()
		for took < loadTime {
			if due := int(took.Seconds() * loadRate); sent >= due {
				time.Sleep(200 * time.Microsecond)
			}
			for due := int(took.Seconds() * loadRate); sent < due; sent++ {
				if _, err := source.Write(message); err != nil {
					b.Fatal(err)
				}
			}
			took = time.Since(start)
		}
		return sent, took
	}
}

// watchers runs programs in the host while it sends the load. It returns their CPU use, in
// percent of one processor, and their output.
func watchers(b *testing.B, lab *sim.Lab, send func() (int, time.Duration), rate *[]float64, list []*exec.Cmd, end func(*exec.Cmd)) (cpu float64, sent int, said []string) {
	b.Helper()
	out := make([]*bufio.Reader, len(list))
	for i, cmd := range list {
		stderr, err := cmd.StderrPipe()
		if err != nil {
			b.Fatal(err)
		}
		if err := lab.Do("host", cmd.Start); err != nil {
			b.Fatal(err)
		}
		out[i] = bufio.NewReader(stderr)
		if _, err := out[i].ReadString('\n'); err != nil { // printed once it is listening
			b.Fatal(err)
		}
	}
	before := onProcessor(b, list)
	sent, took := send()
	*rate = append(*rate, float64(sent)/took.Seconds())
	time.Sleep(100 * time.Millisecond) // for tcpdump, which reads its blocks with a delay
	cpu = 100 * (onProcessor(b, list) - before).Seconds() / took.Seconds()
	for i, cmd := range list {
		end(cmd)
		rest, err := io.ReadAll(out[i])
		if err := errors.Join(err, cmd.Wait()); err != nil {
			b.Fatal(err, string(rest))
		}
		said = append(said, string(rest))
	}
	return cpu, sent, said
}

// onProcessor returns the CPU time of programs so far, to the nanosecond.
func onProcessor(b *testing.B, list []*exec.Cmd) (sum time.Duration) {
	b.Helper()
	for _, cmd := range list {
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", cmd.Process.Pid))
		if err != nil || len(tasks) == 0 {
			b.Fatal(tasks, err)
		}
		for _, task := range tasks {
			text, err := os.ReadFile(task)
			if err != nil {
				b.Fatal(err)
			}
			var ran time.Duration
			if _, err := fmt.Sscan(string(text), &ran); err != nil {
				b.Fatal(err)
			}
			sum += ran
		}
	}
	return sum
}

// captureLoad captures a load with a Source.
func captureLoad(b *testing.B, lab *sim.Lab, send func() (int, time.Duration), rate *[]float64) (cpu float64, missed int) {
	b.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), asCapture+"="+b.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	cpu, sent, said := watchers(b, lab, send, rate, []*exec.Cmd{cmd}, func(*exec.Cmd) { stdin.Close() })
	var frames int
	if _, err := fmt.Sscanf(said[0], "%d frames, %d missed", &frames, &missed); err != nil {
		b.Fatal(said, err)
	}
	if frames+missed < len(captured)*sent {
		b.Fatalf("%d frames and %d missed of %d packets", frames, missed, sent)
	}
	return cpu, missed
}

// captureFiles is the program that captureLoad starts.
func captureFiles(dir string) error {
	source, err := capture.Listen()
	if err != nil {
		return err
	}
	defer source.Close()
	writers := map[int]*savefile.PcapWriter{}
	links, err := net.Interfaces()
	if err != nil {
		return err
	}
	for _, l := range links {
		f, err := os.Create(filepath.Join(dir, l.Name+".pcap"))
		if err != nil {
			return err
		}
		defer f.Close()
		if writers[l.Index], err = savefile.NewPcapWriter(f, trace.LinkEthernet); err != nil {
			return err
		}
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		source.Stop()
	}()
	fmt.Fprintln(os.Stderr, "listening")
	frames := 0
	var failed error
	for {
		var data []byte
		var info gopacket.CaptureInfo
		if data, info, err = source.ReadPacketData(); err != nil {
			break
		}
		frames++
		failed = errors.Join(failed, writers[info.InterfaceIndex].Write(savefile.Record{Time: info.Timestamp, Length: info.Length, Data: data}))
	}
	if err == io.EOF {
		err = nil
	}
	for _, w := range writers {
		failed = errors.Join(failed, w.Flush())
	}
	missed, counted := source.Lost()
	fmt.Fprintf(os.Stderr, "%d frames, %d missed\n", frames, missed)
	return errors.Join(err, failed, counted)
}

var dropLine = regexp.MustCompile(`(\d+) packets? dropped by kernel`)

// dumpLoad captures a load with tcpdump.
func dumpLoad(b *testing.B, lab *sim.Lab, send func() (int, time.Duration), rate *[]float64) (cpu float64, dropped int) {
	b.Helper()
	var links []net.Interface
	if err := lab.Do("host", func() (err error) { links, err = net.Interfaces(); return err }); err != nil {
		b.Fatal(err)
	}
	var list []*exec.Cmd
	for _, l := range links {
		if slices.ContainsFunc(captured, func(name string) bool { return strings.HasPrefix(l.Name, name) }) {
			list = append(list, exec.Command("tcpdump", "-n", "-p", "-i", l.Name, "-w", filepath.Join(b.TempDir(), "dump.pcap")))
		}
	}
	if len(list) != len(captured) {
		b.Fatalf("interfaces %v", links)
	}
	cpu, _, said := watchers(b, lab, send, rate, list, func(cmd *exec.Cmd) { _ = cmd.Process.Signal(os.Interrupt) })
	for _, s := range said {
		m := dropLine.FindStringSubmatch(s)
		if m == nil {
			b.Fatal(s)
		}
		n, err := strconv.Atoi(m[1])
		if err != nil {
			b.Fatal(err)
		}
		dropped += n
	}
	return cpu, dropped
}
