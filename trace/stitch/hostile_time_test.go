package stitch_test

import (
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"
	"tracer/trace/stitch"
)

func TestZZTime(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("N"))
	if n == 0 {
		t.Skip()
	}
	for _, h := range hostiles {
		if f := os.Getenv("H"); f != "" && f != h.name {
			continue
		}
		var took [2]time.Duration
		var alloc [2]uint64
		var r *stitch.Result
		for k, m := range []int{n, 8 * n} {
			b := h.build(m)
			var m1, m2 runtime.MemStats
			runtime.ReadMemStats(&m1)
			s := time.Now()
			var err error
			r, err = stitch.Files(t.Context(), []stitch.Source{source("x.pcapng", b)}, stitch.Options{Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			took[k] = time.Since(s)
			runtime.ReadMemStats(&m2)
			alloc[k] = m2.TotalAlloc - m1.TotalAlloc
			if took[k] > 60*time.Second {
				break
			}
			if k == 0 && took[k] > 8*time.Second {
				break
			}
		}
		t.Logf("%-45s %8.3fs %8.3fs x%5.1f alloc %d %d MB packets %d amb %d", h.name, took[0].Seconds(), took[1].Seconds(), took[1].Seconds()/took[0].Seconds(), alloc[0]>>20, alloc[1]>>20, r.Survey.Packets, r.Survey.Ambiguous.Packets)
	}
}
