package stitch

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tracer/sim/labtest"
	"tracer/trace"
)

// captureSets are the captures in testdata, each set of one network.
func captureSets(t *testing.T) map[string][]string {
	t.Helper()
	sets := map[string][]string{}
	files, err := filepath.Glob(filepath.Join("testdata", "*", "*.pcap*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		dir := filepath.Base(filepath.Dir(f))
		sets[dir] = append(sets[dir], f)
	}
	return sets
}

// The order in which files are given does not matter.
func TestOrder(t *testing.T) {
	random := labtest.Random(t)
	for name, files := range captureSets(t) {
		var want *Result
		for n := range 60 {
			var sources []Source
			for _, f := range files {
				sources = append(sources, file(t, f))
			}
			if n > 0 {
				random.Shuffle(len(sources), func(i, k int) { sources[i], sources[k] = sources[k], sources[i] })
			}
			r, err := Files(t.Context(), sources, Options{Limit: 1000})
			if err != nil {
				t.Fatal(err)
			}
			for _, in := range r.sources {
				if _, err := r.Trace(t.Context()); err != nil {
					t.Fatalf("%s: %v", in.Label, err)
				}
				break
			}
			if r.sources = nil; want == nil {
				want = r
			}
			if !reflect.DeepEqual(r, want) {
				t.Errorf("%s: another result in another order", name)
				break
			}
		}
	}
}

// The names of files do not matter either: which sightings belong to one packet, in
// which order, and how it ended.
func TestNames(t *testing.T) {
	random := labtest.Random(t)
	for name, files := range captureSets(t) {
		var want []string
		for range 60 {
			names := random.Perm(len(files))
			var sources []Source
			file := map[string]string{}
			for i, f := range files {
				s := namedFile(t, fmt.Sprintf("%c", 'a'+names[i]), f)
				sources, file[s.Name] = append(sources, s), filepath.Base(f)
			}
			r, err := Files(t.Context(), sources, Options{Limit: 1000})
			if err != nil {
				t.Fatal(err)
			}
			got := journeys(r, file)
			if want == nil {
				want = got
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: with the names %v:\n%s\nand before:\n%s", name, file, strings.Join(differ(got, want), "\n"), strings.Join(differ(want, got), "\n"))
				break
			}
		}
	}
}

// journeys describes all journeys, with the names of the files.
func journeys(r *Result, file map[string]string) (out []string) {
	for i := range r.Journeys {
		j := &r.Journeys[i]
		b := &strings.Builder{}
		fmt.Fprintf(b, "%s %v %v:", j.Summary, j.Direction, j.Outcome.Kind)
		for k := range j.Hops {
			h := &j.Hops[k]
			fmt.Fprintf(b, " %s#%d", file[h.Node], h.Frame)
			if h.Copy {
				b.WriteString("(copy)")
			}
			for _, c := range h.Changes {
				fmt.Fprintf(b, " %v=%v", c.Field, c.Cause.Translation)
			}
		}
		if j.Outcome.Others != (trace.Point{}) {
			fmt.Fprintf(b, " not %s", file[j.Outcome.Others.Node])
		}
		out = append(out, b.String())
	}
	slices.Sort(out)
	return out
}

func differ(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}
