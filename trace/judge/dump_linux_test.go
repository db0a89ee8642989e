package judge

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// dump is a tcpdump process at an interface.
type dump struct {
	capture
	cmd    *exec.Cmd
	said   *bufio.Reader
	killed bool
}

// tcpdump need not be installed: without it, the judge's own frames are used.
const tcpdump = "tcpdump"

// snapLength is the length to which tcpdump truncates frames: only those of lo are longer.
const snapLength = 2000

// dumpAll starts tcpdump at all interfaces of a network. In every second network, it makes the
// interfaces promiscuous, which affects bridges.
func dumpAll(w *World, directory string) (dumps []*dump, err error) {
	for _, n := range w.Network.Nodes {
		err := w.Do(n.Name, func() error {
			list, err := net.Interfaces()
			if err != nil {
				return err
			}
			for _, i := range list {
				d := &dump{capture: capture{Port{n.Name, i.Name}, filepath.Join(directory, n.Name+"-"+i.Name+".pcap")}}
				args := []string{"-i", i.Name, "-U", "--immediate-mode", "-s", fmt.Sprint(snapLength), "-B", "4096", "-Z", "root", "-w", d.path}
				if w.Network.Seed%2 == 1 {
					args = append(args, "-p")
				}
				d.cmd = exec.Command(tcpdump, args...)
				said, err := d.cmd.StderrPipe()
				if err == nil {
					err = d.cmd.Start()
				}
				if err != nil {
					return err
				}
				d.said = bufio.NewReader(said)
				dumps = append(dumps, d)
			}
			return nil
		})
		if err != nil {
			return dumps, err
		}
	}
	for _, d := range dumps {
		line, err := d.said.ReadString('\n')
		if err != nil || !strings.Contains(line, "listening on") {
			return dumps, fmt.Errorf("tcpdump at %s: %s (%v)", d.at, strings.TrimSpace(line), err)
		}
	}
	return dumps, nil
}

// stop ends a capture once it contains the last frame that the judge has seen, removes what came
// after the end, and reports whether frames were missed.
func (d *dump) stop(e *Evidence, end time.Time) (lost bool, err error) {
	var last time.Time
	for i := range e.Sightings {
		if s := &e.Sightings[i]; s.At == d.at && (s.At.Interface != loopback || !s.Out) {
			last = s.Time.Truncate(time.Microsecond)
		}
	}
	for limit := time.Now().Add(2 * time.Second); time.Now().Before(limit); time.Sleep(2 * time.Millisecond) {
		if _, newest, err := d.until(last); err != nil || !newest.Before(last) {
			break
		}
	}
	if err := d.cmd.Process.Signal(os.Interrupt); err != nil {
		return false, err
	}
	said, _ := io.ReadAll(d.said) // until it ends
	d.killed = true
	if err := d.cmd.Wait(); err != nil {
		return false, fmt.Errorf("tcpdump at %s: %w: %s", d.at, err, said)
	}
	lost = !strings.Contains("\n"+string(said), "\n0 packets dropped by kernel")
	size, _, err := d.until(end)
	if err == nil {
		err = os.Truncate(d.path, size)
	}
	return lost, err
}

// until returns the length of the part of a file up to a time, and the file's newest time.
func (d *dump) until(end time.Time) (size int64, newest time.Time, err error) {
	const header, record = 24, 16 // lengths
	data, err := os.ReadFile(d.path)
	size = min(header, int64(len(data)))
	for at := header; at+record <= len(data); {
		number := func(i int) int64 { return int64(binary.NativeEndian.Uint32(data[at+4*i:])) }
		next := at + record + int(number(2))
		if next > len(data) {
			break
		}
		if newest = time.Unix(number(0), number(1)*1000); !newest.After(end) {
			size = int64(next)
		}
		at = next
	}
	return size, newest, err
}

// kill ends a capture that was not stopped.
func (d *dump) kill() {
	if !d.killed {
		_ = d.cmd.Process.Kill() // it may have ended
		_ = d.cmd.Wait()
	}
}
