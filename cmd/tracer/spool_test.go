package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracer/trace/stitch"
)

// TestSpoolRoom: if an input exceeds the room, the beginning is shown, and a message says
// that there is more.
func TestSpoolRoom(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join("..", "..", "trace", "stitch", "testdata", "docker-20.10", "ens160.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	packets := func(size int64, first bool) (int, []error) {
		in, out, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		go func() {
			_, _ = out.Write(whole) // the reader may stop early
			_ = out.Close()
		}()
		s, err := newSpool(in)
		if err != nil {
			t.Fatal(err)
		}
		defer s.close()
		r := room{onDisk: size, inMemory: size}
		if err := s.fill(t.Context(), &r); err != nil {
			t.Fatal(err)
		}
		if left := max(0, size-int64(len(whole))); r.onDisk != left && r.inMemory != left {
			t.Errorf("of room for %d bytes, %d and %d are left", size, r.onDisk, r.inMemory)
		}
		result, err := stitch.Files(t.Context(), []stitch.Source{{In: s, Label: "standard input"}}, stitch.Options{})
		if err != nil {
			if !first {
				t.Fatal(err)
			}
			return 0, []error{err}
		}
		return result.Survey.Packets, result.Broken
	}
	size := int64(len(whole))
	all, broken := packets(size+1000, false)
	if all == 0 || len(broken) > 0 {
		t.Fatalf("%d packets: %v", all, broken)
	}
	if n, broken := packets(size, false); n != all || len(broken) > 0 {
		t.Errorf("an input that just fits: %d packets of %d, %v", n, all, broken)
	}
	for _, room := range []int64{size - 1, size / 2, 0} {
		n, broken := packets(room, room == 0)
		if n >= all || room > 0 && n == 0 || len(broken) != 1 || !strings.Contains(broken[0].Error(), "there is no room for more") {
			t.Errorf("room for %d bytes of %d: %d packets of %d, %v", room, size, n, all, broken)
		}
	}
}

// TestSpoolEnds: after a signal, nothing reads an input that stays open, and the data so far
// is kept.
func TestSpoolEnds(t *testing.T) {
	for _, sent := range []string{"", "something"} {
		in, out, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		defer out.Close()
		s, err := newSpool(in)
		if err != nil {
			t.Fatal(err)
		}
		defer s.close()
		if _, err := out.WriteString(sent); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		r := spoolRoom
		err = s.fill(ctx, &r)
		if errors.Is(err, errInterrupted) != (sent == "") {
			t.Errorf("%q: %v", sent, err)
		}
		if _, err := out.WriteString("more"); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 100)
		if n, err := in.Read(b); err != nil || string(b[:n]) != "more" {
			t.Errorf("%q: somebody else has read it: %q, %v", sent, b[:n], err)
		}
		if n, err := s.ReadAt(b, 0); err != io.EOF || string(b[:n]) != sent {
			t.Errorf("copied: %q, %v", b[:n], err)
		}
	}
}
