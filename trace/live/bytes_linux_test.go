package live

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/savefile"
)

// dump is tcpdump at an interface of a node, writing to a file.
type dump struct {
	trace.Point
	name    string
	command *exec.Cmd
	said    *bufio.Reader
}

func startDump(t *testing.T, session *Session, node, iface string) *dump {
	t.Helper()
	d := &dump{Point: trace.Point{Node: node, Interface: iface}, name: filepath.Join(t.TempDir(), "dump.pcap")}
	// -p: a promiscuous interface would change the traffic.
	d.command = exec.Command(labtest.Peer(t, "tcpdump"), "-p", "-i", iface, "-w", d.name, "-U", "--immediate-mode", "-B", "32768", "ip")
	d.command.SysProcAttr = &unix.SysProcAttr{Pdeathsig: unix.SIGKILL}
	out, err := d.command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Do(node, d.command.Start); err != nil {
		t.Fatal(err)
	}
	d.said = bufio.NewReader(out)
	if line, err := d.said.ReadString('\n'); err != nil || !strings.Contains(line, "listening") {
		t.Fatalf("tcpdump: %q, %v", line, err)
	}
	return d
}

// frames stops tcpdump once it has captured a frame that contains end, and returns what it
// has captured.
func (d *dump) frames(t *testing.T, end string) (list [][]byte) {
	t.Helper()
	wait(t, "the last frame in tcpdump's file of "+d.String(), func() bool {
		written, err := os.ReadFile(d.name)
		return err == nil && bytes.Contains(written, []byte(end))
	})
	if err := d.command.Process.Signal(unix.SIGINT); err != nil {
		t.Fatal(err)
	}
	said, _ := io.ReadAll(d.said)
	if err := d.command.Wait(); err != nil || !strings.Contains(string(said), "\n0 packets dropped by kernel") {
		t.Fatalf("tcpdump: %v: %s", err, said)
	}
	file, err := os.Open(d.name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := savefile.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	for {
		record, err := r.Next()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, bytes.Clone(record.Data))
	}
}

// TestBytes: recorded frames equal those on the wire byte for byte, as compared with tcpdump
// at the same place. Fragments are the hard part: a router that tracks connections
// reassembles them, and forwards them with new headers that overwrite those of the incoming
// frames.
func TestBytes(t *testing.T) {
	session := openFor(t, fragmenting(t), Options{})
	var dumps []*dump
	for _, p := range []trace.Point{{Node: "client", Interface: "eth0"}, {Node: "gateway", Interface: "eth1"}, {Node: "gateway", Interface: "eth0"}, {Node: "server", Interface: "eth0"}} {
		dumps = append(dumps, startDump(t, session, p.Node, p.Interface))
	}
	var datagrams [][]byte
	for i := range 200 {
		datagrams = append(datagrams, fmt.Appendf(nil, "datagram %d", i), bytes.Repeat(fmt.Appendf(nil, "%08d", i), 400))
	}
	sendAll(t, session, "10.1.0.1:53", datagrams...)
	tr, err := session.Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if tr.Gaps.Lost != 0 {
		t.Errorf("%d frames were lost", tr.Gaps.Lost)
	}
	const end = "the last datagram"
	sendAll(t, session, "10.1.0.1:53", []byte(end))
	for _, d := range dumps {
		var got [][]byte
		for i := range tr.Frames {
			if f := &tr.Frames[i]; f.Node == d.Node && f.Interface == d.Interface && f.Data[12] == 8 && f.Data[13] == 0 {
				got = append(got, f.Data)
			}
		}
		want := d.frames(t, end)
		// tcpdump was started later, and stopped later. Frames that different CPUs handle at
		// the same time may be in another order.
		begin := slices.IndexFunc(got, func(data []byte) bool { return len(want) > 0 && bytes.Equal(data, want[0]) })
		if begin < 0 || len(want) < len(got)-begin || len(want) < 4*200 {
			t.Errorf("%s: %d frames, tcpdump has %d", d, len(got), len(want))
			continue
		}
		left := map[string]int{}
		for _, data := range want {
			left[string(data)]++
		}
		wrong := 0
		for i, data := range got[begin:] {
			if left[string(data)] > 0 {
				left[string(data)]--
				continue
			}
			if wrong++; wrong <= 3 {
				t.Errorf("%s: tcpdump does not have frame %d, which begins with\n%x", d, i, data[:min(len(data), 42)])
			}
		}
		if wrong > 0 {
			t.Errorf("%s: %d of %d frames differ", d, wrong, len(got)-begin)
		}
	}
}
