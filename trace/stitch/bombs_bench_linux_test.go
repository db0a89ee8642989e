package stitch_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"tracer/trace"
)

// bombs are files that would take much memory if tracer let them.
var bombs = []struct {
	name  string
	files int
	write func(w io.Writer, file int) error
}{
	{"a gigabyte of zeros, compressed", 1, func(w io.Writer, _ int) error {
		z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
		if err != nil {
			return err
		}
		capture := shots(trace.LinkEthernet, 1, 0, nil)
		if _, err := z.Write(capture); err != nil {
			return err
		}
		if _, err := io.CopyN(z, zeros{}, 1<<30); err != nil {
			return err
		}
		return z.Close()
	}},
	{"a gigabyte of packets without a header, compressed", 1, func(w io.Writer, _ int) error {
		z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
		if err != nil {
			return err
		}
		// The header of a pcap file; then each 16 zeros are a packet of no bytes.
		if _, err := z.Write([]byte{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0}); err != nil {
			return err
		}
		if _, err := io.CopyN(z, zeros{}, 1<<30); err != nil {
			return err
		}
		return z.Close()
	}},
	{"300 files", 300, func(w io.Writer, file int) error {
		_, err := w.Write(shots(trace.LinkEthernet, 32, 2000, func(i int) shot {
			return shot{at: time.Duration(i) * time.Millisecond / 4, iface: i % 32, ttl: byte(255 - i%200), from: shooter, to: nth(i*500 + file), id: 7}
		}))
		return err
	}},
	{"300 files of 16,000 interfaces", 300, func(w io.Writer, _ int) error {
		_, err := w.Write(shots(trace.LinkEthernet, 16_000, 1, func(int) shot {
			return shot{ttl: 64, from: shooter, to: target}
		}))
		return err
	}},
	{"65,536 points", 16, func(w io.Writer, file int) error {
		_, err := w.Write(shots(trace.LinkSLL2, 1, 1<<15, func(i int) shot {
			return shot{at: time.Duration(i) * 10 * time.Microsecond, iface: file<<12 | i%(1<<12), ttl: 64, from: shooter, to: netip.AddrPortFrom(target.Addr(), uint16(1+i%100)), id: uint16(i / 100)}
		}))
		return err
	}},
}

// zeros has no end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// BenchmarkBombs is the most memory that tracer explain takes for files made to take
// much, and for the captures of BenchmarkHostile, shown whole.
func BenchmarkBombs(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "tracer")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", binary, "tracer/cmd/tracer").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	for _, bomb := range bombs {
		b.Run(bomb.name, func(b *testing.B) {
			dir := b.TempDir()
			var files []string
			for i := range bomb.files {
				path := filepath.Join(dir, fmt.Sprint(i))
				f, err := os.Create(path)
				if err != nil {
					b.Fatal(err)
				}
				if err := bomb.write(f, i); err != nil {
					b.Fatal(err)
				}
				if err := f.Close(); err != nil {
					b.Fatal(err)
				}
				files = append(files, path)
			}
			explained(b, binary, files)
		})
	}
	for _, h := range hostiles {
		b.Run(h.name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "x.pcapng")
			if err := os.WriteFile(path, h.build(100_000), 0o600); err != nil {
				b.Fatal(err)
			}
			explained(b, binary, []string{path})
		})
	}
}

// explained reports how long tracer takes for files, and the most memory it has.
func explained(b *testing.B, binary string, files []string) {
	b.Helper()
	most := int64(0)
	b.ResetTimer()
	for range b.N {
		// A file in which nothing can be read is an error, and takes memory all the same.
		cmd := exec.Command(binary, append([]string{"explain", "--view", "json", "--limit", "1000000"}, files...)...)
		if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() < 0 {
			b.Fatal(err)
		}
		most = max(most, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	}
	b.ReportMetric(float64(most)/1024, "MB")
}
