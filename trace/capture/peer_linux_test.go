package capture

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/savefile"
)

// lines runs a peer and returns its output by line.
func lines(t *testing.T, name string, args ...string) []string {
	t.Helper()
	return strings.Split(strings.TrimSpace(labtest.Output(t, name, args...)), "\n")
}

// Wireshark and tcpdump read a live capture, written to a file, without a difference.
func TestFilePeers(t *testing.T) {
	p := newPair(t, receiveQueue)
	through := p.left.sender(p.leftVeth)
	const count = 100
	for i := range count {
		if err := through.send(p.over(60+i*14, uint64(i))); err != nil {
			t.Fatal(err)
		}
	}
	p.leftSrc.Stop()
	name := filepath.Join(t.TempDir(), "left.pcap")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w, err := savefile.NewPcapWriter(file, trace.LinkEthernet)
	if err != nil {
		t.Fatal(err)
	}
	var frames []frame
	if err := read(p.leftSrc, func(f frame) {
		frames = append(frames, f)
		if err := w.Write(savefile.Record{Time: f.Timestamp, Length: f.Length, Data: f.Data}); err != nil {
			t.Error(err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if len(frames) < count {
		t.Fatalf("%d frames, want %d", len(frames), count)
	}
	stampOf := func(f frame) string { return fmt.Sprintf("%d.%09d", f.Timestamp.Unix(), f.Timestamp.Nanosecond()) }

	t.Run("tshark", func(t *testing.T) {
		got := lines(t, "tshark", "-n", "-r", name, "-T", "fields",
			"-e", "frame.time_epoch", "-e", "frame.len", "-e", "frame.cap_len", "-e", "frame.encap_type")
		if len(got) != len(frames) {
			t.Fatalf("%d frames, want %d", len(got), len(frames))
		}
		for i, f := range frames {
			// Encapsulation 1 is Wireshark's WTAP_ENCAP_ETHERNET.
			if want := fmt.Sprintf("%s\t%d\t%d\t1", stampOf(f), f.Length, len(f.Data)); got[i] != want {
				t.Errorf("frame %d: %q, want %q", i, got[i], want)
			}
		}
	})
	t.Run("tcpdump", func(t *testing.T) {
		got := lines(t, "tcpdump", "-nn", "-e", "-tt", "-q", "--nano", "-r", name)
		stamps := got[:0]
		for _, line := range got {
			if strings.HasPrefix(line, "\t") { // a hex dump of what it cannot decode
				continue
			}
			stamps = append(stamps, line)
		}
		if len(stamps) != len(frames) {
			t.Fatalf("%d frames, want %d", len(stamps), len(frames))
		}
		for i, f := range frames {
			if !strings.HasPrefix(stamps[i], stampOf(f)+" ") || !strings.Contains(stamps[i], fmt.Sprintf("length %d:", f.Length)) {
				t.Errorf("frame %d: %q, want %s and length %d", i, stamps[i], stampOf(f), f.Length)
			}
		}
	})
}
