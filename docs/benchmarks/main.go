package main

import (
	"bufio"
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// row is one line of the table: a benchmark's metric and its goal.
type row struct {
	what, against string
	pkg, bench    string
	times         int
	metric        string
	goal          float64
	more          bool // the goal is a minimum
	format        string
}

var rows = []row{
	{"`tracer run flask-demo --view text`, whole process", "a script that only builds and removes the network", "./cmd/tracer", "Run", 25, "ratio", 1, false, "%.2f of its time"},
	{"a lab with 1 published container, built and removed", "the same with ip and iptables", "./cmd/tracer", "Containers/1", 10, "ratio", 0.2, false, "%.2f of its time"},
	{"with 10", "", "./cmd/tracer", "Containers/10", 5, "ratio", 0.2, false, "%.2f of its time"},
	{"with 100", "", "./cmd/tracer", "Containers/100", 2, "ratio", 0.2, false, "%.2f of its time"},
	{"with 500", "", "./cmd/tracer", "Containers/500", 1, "ratio", 0.2, false, "%.2f of its time"},
	{"`tracer explain` of 3 × 800,000 packets", "`tcpdump -r -nn`", "./cmd/tracer", "Explain", 1, "x-tcpdump", 2, true, "%.1f times the packets a second"},
	{"", "`tshark -n -T fields`, five fields", "./cmd/tracer", "Explain", 1, "x-tshark", 10, true, "%.1f times the packets a second"},
	{"its memory", "", "./cmd/tracer", "Explain", 1, "MB", 200, false, "%.0f MB"},
	{"its memory for files four times as long", "", "./cmd/tracer", "Explain", 1, "MB-4x", 200, false, "%.0f MB"},
	{"captures made to take long, 8 times as many packets", "", "./trace/stitch", "Hostile", 1, "times", 12, false, "%.1f times as long"},
	{"the memory for captures made to take much", "", "./trace/stitch", "Bombs", 1, "MB", 512, false, "%.0f MB"},
	{"a request's latency while all is watched, median", "a lab that nobody watches", "./trace/live", "Latency", 500, "ratio-p50", 1.5, false, "%.2f times"},
	{"130,000 packets a second at three interfaces, captured: missed", "", "./trace/live", "Load", 2, "missed", 0, false, "%.0f frames"},
	{"the processor time of it", "three tcpdumps", "./trace/live", "Load", 2, "x-tcpdump", 1, false, "%.2f times"},
	{"a frame of the walk, 200×50, 100,000 packets", "", "./tui", "Frame/right", 200, "ns/op", 5e6, false, "%.0f ns"},
	{"`tracer --help`", "", "./cmd/tracer", "Help", 50, "ms/help", 20, false, "%.1f ms"},
	{"the binary", "", "./cmd/tracer", "Help", 50, "MB", 20, false, "%.1f MB"},
}

func main() {
	count := flag.Int("count", 3, "how often each benchmark runs")
	only := flag.String("only", "", "run only the benchmark of this `NAME`, and print its rows")
	flag.Parse()
	chosen := slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return *only != "" && r.bench != *only })
	measured := map[string]result{}
	for _, r := range chosen {
		key := r.pkg + " " + r.bench
		if _, done := measured[key]; !done {
			fmt.Fprintf(os.Stderr, "%s %s …\n", r.pkg, r.bench)
			measured[key] = measure(r, *count)
		}
	}
	heading(*count)
	for _, r := range chosen {
		fmt.Println(r.line(measured[r.pkg+" "+r.bench]))
	}
}

func heading(count int) {
	kernel, _ := exec.Command("uname", "-sr").Output() // empty if unknown
	fmt.Printf(`# Benchmarks

Made by `+"`sh docs/benchmarks/run.sh`"+` on %s: %s, %d processors, %s. Each row ran %d times, side by side with what it is
compared with; the figure is the median, with the least and the most. Where a row is of several captures, it is the worst one's.

| what | compared with | measured | spread | goal | |
|---|---|---|---|---|---|
`, time.Now().UTC().Format("2006-01-02"), strings.TrimSpace(string(kernel)), runtime.NumCPU(), runtime.Version(), count)
}

// result holds the metrics of a benchmark, by unit and sub-benchmark, or the reason why
// there are none.
type result struct {
	metrics map[string]map[string][]float64
	skipped string
}

// measure runs a benchmark.
func measure(r row, count int) result {
	cmd := exec.Command("go", "test", "-run", "XXX", "-v", "-bench", "^Benchmark"+strings.ReplaceAll(r.bench, "/", "$/^")+"$",
		"-benchtime", strconv.Itoa(r.times)+"x", "-count", strconv.Itoa(count), "-timeout", "2h", r.pkg)
	out, err := cmd.CombinedOutput()
	res := result{metrics: map[string]map[string][]float64{}}
	lines := bufio.NewScanner(bytes.NewReader(out))
	skipping := false
	for lines.Scan() {
		line := lines.Text()
		f := strings.Fields(line)
		switch {
		case strings.Contains(line, "--- SKIP"):
			skipping = true
		case skipping:
			_, res.skipped, _ = strings.Cut(line, ": ")
			skipping = false
		case len(f) > 3 && strings.HasPrefix(f[0], "Benchmark"):
			for i := 2; i+1 < len(f); i += 2 {
				if v, err := strconv.ParseFloat(f[i], 64); err == nil {
					res.add(f[i+1], f[0], v)
				}
			}
		}
	}
	if err != nil && res.skipped == "" {
		res.skipped = fmt.Sprintf("it failed: %v", err)
		fmt.Fprintf(os.Stderr, "%s\n", out)
	}
	return res
}

func (r *result) add(unit, part string, v float64) {
	if r.metrics[unit] == nil {
		r.metrics[unit] = map[string][]float64{}
	}
	r.metrics[unit][part] = append(r.metrics[unit][part], v)
}

// line formats a row of the table.
func (r row) line(res result) string {
	var list, medians []float64
	for _, values := range res.metrics[r.metric] {
		slices.Sort(values)
		list, medians = append(list, values...), append(medians, values[len(values)/2])
	}
	slices.Sort(list)
	relation := "at most"
	if r.more {
		relation = "at least"
	}
	goal := relation + " " + fmt.Sprintf(r.format, r.goal)
	if len(list) == 0 {
		return fmt.Sprintf("| %s | %s | not measured: %s | | %s | |", r.what, r.against, cmp.Or(res.skipped, "no figure"), goal)
	}
	worst := slices.Max(medians)
	if r.more {
		worst = slices.Min(medians)
	}
	met := "met"
	if r.more && worst < r.goal || !r.more && worst > r.goal {
		met = "**missed**"
	}
	spread := fmt.Sprintf("%.3g to %.3g", list[0], list[len(list)-1])
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s |", r.what, r.against, fmt.Sprintf(r.format, worst), spread, goal, met)
}
