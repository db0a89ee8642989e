//go:build !race

package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// mostMemory is the maximum memory of tracer for any file, in bytes.
const mostMemory = 512 << 20

// TestMemory: small files that decompress to gigabytes, or would need gigabytes of memory,
// are read up to the limits and shown with bounded memory.
func TestMemory(t *testing.T) {
	const when = "2026-01-02T03:04:05Z"
	const frame = `{"n":1,"node":"h","interface":"e","direction":"in","time":"` + when + `","length":14,"data":"AAAAAAAAAAAAAAAAiLU="}`
	const begin = `{"schema":1,"frames":[` + frame + `],"journeys":[`
	hop := func(more string) string {
		return `{"node":"h","interface":"e","direction":"in","time":"` + when + `","frame":1,"evidence":"frames"` + more + `}`
	}
	journeys := func(n int, hops string) func(io.Writer) {
		return func(w io.Writer) {
			fmt.Fprint(w, begin)
			for i := range n {
				if i > 0 {
					fmt.Fprint(w, ",")
				}
				fmt.Fprintf(w, `{"id":%d,"direction":"reply","hops":[%s],"outcome":{"kind":"delivered"}}`, i+1, hops)
			}
			fmt.Fprint(w, "]}")
		}
	}
	endless := func(begin, more string) func(io.Writer) {
		return func(w io.Writer) {
			fmt.Fprint(w, begin)
			piece := []byte(strings.Repeat(more, 1<<20/len(more)))
			for range 1000 {
				if _, err := w.Write(piece); err != nil {
					return
				}
			}
		}
	}
	change := `{"field":"src","from":"10.0.0.1","to":"10.0.0.2","cause":{"kind":"rule","rule_text":"` + strings.Repeat("x", 60000) + `"}}`
	const step = `{"hook":"input","verdict":"drop"}`
	text, asJSON, asCapture := []string{"replay", "--view", "text"}, []string{"replay", "--view", "json"}, []string{"export", "--format", "pcapng"}
	for name, c := range map[string]struct {
		args []string
		file func(io.Writer)
	}{
		"white space":  {text, endless(`{"schema":1,`, " ")},
		"a string":     {text, endless(`{"schema":1,"title":"`, "a")},
		"a number":     {text, endless(`{"schema":1,"frames":[`, "1")},
		"depth":        {text, endless(`{"schema":1,"x":`, "[")},
		"unknown keys": {text, endless(`{"schema":1,"x":[`, "1,")},
		"answers":      {asJSON, endless(`{"schema":1,"answers":[`, "{},")},
		"packets":      {asJSON, journeys(1_000_000, hop(""))},
		"steps":        {asJSON, journeys(300, hop(`,"steps":[`+strings.Repeat(step+",", 100_000)+step+"]"))},
		"missed rules": {asCapture, journeys(300, hop(`,"steps":[{"hook":"input","verdict":"drop","missed":[`+strings.Repeat("{},", 100_000)+"{}]}]"))},
		"long texts":   {asCapture, journeys(80, hop(`,"changes":[`+strings.Repeat(change+",", 50)+change+"]"))},
	} {
		path := filepath.Join(t.TempDir(), "trace.json.gz")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		z, _ := gzip.NewWriterLevel(f, gzip.BestSpeed) // the level is valid
		c.file(z)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		cmd := command(append(c.args, path)...)
		var errs strings.Builder
		cmd.Stderr = &errs
		err = cmd.Run()
		peak := int(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) << 10
		t.Logf("%s, %v: %d MiB", name, c.args, peak>>20)
		if peak > mostMemory {
			t.Errorf("%s, %v: %d MiB", name, c.args, peak>>20)
		}
		if cmd.ProcessState.ExitCode() != exitUsage || strings.Contains(errs.String(), "goroutine") {
			t.Errorf("%s, %v: %v: %.300s", name, c.args, err, errs.String())
		}
	}
}
