package stitch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tracer/trace"
	"tracer/trace/join"
	"tracer/trace/savefile"
	"tracer/trace/survey"
)

// Options control what [Files] keeps and reports.
type Options struct {
	// Keep reports whether a journey is kept; nil keeps all.
	Keep func(*trace.Journey) bool
	// Limit is the maximum number of journeys kept.
	Limit int
	// Progress is called now and then with the number of packets read, and the fraction
	// of the files read, which is 0 if unknown.
	Progress func(packets int, part float64)
}

// Result is what capture files show.
type Result struct {
	Survey   trace.Survey
	Journeys []trace.Journey // those that were kept, by number
	Flows    []trace.Flow    // of these
	Matched  int             // journeys that Options.Keep accepted
	Points   []trace.Point
	Stats    Stats

	sources []Source
	files   map[string]int // by the name of a point: the source
	bytes   int            // of the frames kept
	cut     int            // frames of which only the headers are kept
	// Broken holds the errors of files that could not be read to their end. What came
	// before is in the result.
	Broken []error
}

// Files reads capture files and stitches their packets. Their order does not matter. If
// Options.Keep depends on how journeys ended, the files are read twice.
func Files(ctx context.Context, sources []Source, o Options) (*Result, error) {
	sources = slices.SortedStableFunc(slices.Values(sources), func(a, b Source) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Label, b.Label))
	})
	j, err := read(ctx, sources, o, nil)
	if err != nil {
		return nil, err
	}
	if j.selection.depends {
		again, err := read(ctx, sources, o, j)
		if err != nil {
			return nil, err
		}
		j.selection = again.selection
	}
	return j.result(sources), nil
}

// read reads the files. before is the first pass, or nil.
func read(ctx context.Context, sources []Source, o Options, before *job) (*job, error) {
	ctx, cancel := context.WithCancel(ctx)
	var readers []*reader
	defer func() { // nothing reads the sources anymore when read returns
		cancel()
		for _, r := range readers {
			r.wait()
		}
	}()
	for _, s := range sources {
		r, err := open(ctx, s, len(sources))
		if err != nil {
			return nil, err
		}
		readers = append(readers, r)
	}
	var steps []time.Duration
	for _, r := range readers {
		r.shared = &steps
	}
	clocks := setClocks(readers)
	j := &job{
		Options: o, tally: survey.New(), named: map[string]int{}, alike: map[string]int{}, selection: selection{keep: o.Keep, limit: o.Limit},
		readers: readers, clocks: clocks, before: before,
	}
	j.stitcher = NewStitcher(j.take)
	for _, r := range readers { // number points in the order of the files
		for _, list := range r.batches.held {
			for i := range list {
				j.number(r, list[i].Point)
			}
		}
	}
	merge(readers, func(r *reader, s *join.Sighting) {
		s.Point = j.number(r, s.Point)
		j.stitcher.Sight(s)
		if j.seen++; j.seen%reportEvery == 0 {
			j.report(readers)
		}
	})
	j.stitcher.Flush()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	j.lost = j.tally.Lost(j.stitcher.Captured)
	return j, nil
}

// Sizes of the samples that clocks are compared by: of each file's beginning, and of all
// together.
const (
	samples    = 1 << 13
	allSamples = 1 << 16
)

// setClocks reads the beginnings of all files and corrects their clocks.
func setClocks(readers []*reader) []Clock {
	beginnings, machines := make([][][]join.Sighting, len(readers)), make([]string, len(readers))
	for i, r := range readers {
		r.ahead(min(samples, allSamples/len(readers)))
		beginnings[i] = r.batches.held
		machines[i], _, _ = strings.Cut(r.Source.Name, "/")
	}
	found := clocks(beginnings, machines)
	for i, r := range readers {
		r.offset = found[i].Offset
	}
	return found
}

// reportEvery is the number of packets between two reports of progress.
const reportEvery = 1 << 16

// job is one run of [Files].
type job struct {
	Options
	stitcher  *Stitcher
	tally     *survey.Tally
	selection selection
	readers   []*reader
	clocks    []Clock
	before    *job      // first pass over the same files, or nil
	files     []*reader // by point
	seen      int
	lost      map[int]int    // by the numbers of lost packets: the points where they were missing
	named     map[string]int // points by name
	alike     map[string]int // by name: the next number to try
}

// number returns the number of a file's point among all points.
func (j *job) number(r *reader, point int) int {
	for len(r.numbers) <= point {
		p := j.unique(r.points.at(len(r.numbers)))
		r.numbers = append(r.numbers, len(j.files))
		j.named[p.String()] = len(j.files)
		j.stitcher.Add(p)
		j.files = append(j.files, r)
	}
	return r.numbers[point]
}

// unique renames a point if its name is taken: files in two directories may have the same
// name.
func (j *job) unique(p trace.Point) trace.Point {
	p.Node, p.Interface = short(p.Node), short(p.Interface)
	name := &p.Interface
	if *name == "" {
		name = &p.Node
	}
	first, all := *name, p.String()
	for n := max(2, j.alike[all]); ; n++ {
		if _, taken := j.named[p.String()]; !taken {
			j.alike[all] = n
			return p
		}
		*name = fmt.Sprintf("%s (%d)", first, n)
	}
}

// short cuts a name: file names can be longer than interface names.
func short(name string) string {
	if len(name) <= savefile.MaxName+len("…") {
		return name
	}
	return strings.ToValidUTF8(name[:savefile.MaxName], "") + "…"
}

// take counts a track, and keeps its journey if it is wanted.
func (j *job) take(w *Track) {
	if j.before != nil {
		j.selection.add(w, j.before.end)
		return
	}
	j.tally.Add(w)
	j.selection.add(w, nil)
}

func (j *job) report(readers []*reader) {
	if j.Progress == nil {
		return
	}
	var read, size int64
	for _, r := range readers {
		if r.Size == 0 {
			j.Progress(j.seen, 0)
			return
		}
		read += r.read.Load()
		size += r.Size
	}
	j.Progress(j.seen, float64(read)/float64(size))
}

// result assembles the result.
func (j *job) result(sources []Source) *Result {
	for _, r := range j.readers {
		j.number(r, len(r.counts)-1) // points without readable packets
	}
	out := &Result{Survey: j.tally.Survey(j.stitcher.Captured), Points: j.stitcher.Points(), files: map[string]int{}, sources: sources}
	out.Stats = j.stitcher.Stats()
	out.Survey.Cut = out.Stats.Cut
	out.Survey.Limits = append(out.Survey.Limits, out.Stats.Limits...)
	out.Survey.Points = slices.Grow(out.Survey.Points, len(out.Points))[:len(out.Points)]
	for i, r := range j.files {
		file := slices.Index(j.readers, r)
		out.files[out.Points[i].String()] = file
		at, c := &out.Survey.Points[i], j.clocks[file]
		at.Point, at.File, at.Disorder = out.Points[i], r.Label, r.disorder
		n := &r.counts[slices.Index(r.numbers, i)]
		at.Undecoded, at.Link, at.Snapped = n.undecoded, n.link, n.snapped
		at.Clock, at.Tolerance, at.Compared, at.SetBack = c.Offset, c.Tolerance, c.Common, r.setBack
	}
	for _, r := range j.readers {
		if r.err != nil {
			out.Broken = append(out.Broken, r.err)
		}
	}
	for _, kind := range []trace.Limit{
		{Kind: trace.LimitPoints, Most: min(maxPoints, maxAllPoints/len(j.readers))},
		{Kind: trace.LimitNames, Most: savefile.MaxName},
		{Kind: trace.LimitTimes, Most: lastYear},
		{Kind: trace.LimitClock, Most: maxSteps},
	} {
		for _, r := range j.readers {
			kind.Beyond += r.beyond(kind.Kind)
		}
		if kind.Beyond > 0 {
			out.Survey.Limits = append(out.Survey.Limits, kind)
		}
	}
	if n := j.selection.unkept; n > 0 {
		out.Survey.Limits = append(out.Survey.Limits, trace.Limit{Kind: trace.LimitJourneys, Most: maxKept, Beyond: n})
	}
	conversations := map[int]*Conversation{}
	for i := range j.selection.kept {
		c := &j.selection.kept[i]
		j.end(c)
		out.Journeys = append(out.Journeys, c.Journey)
		conversations[c.Flow] = c.conversation
	}
	out.Matched = j.selection.matched
	slices.SortFunc(out.Journeys, func(a, b trace.Journey) int { return cmp.Compare(rank(a.ID), rank(b.ID)) })
	for _, c := range conversations {
		out.Flows = append(out.Flows, c.Flow())
	}
	slices.SortFunc(out.Flows, func(a, b trace.Flow) int { return cmp.Compare(a.ID, b.ID) })
	out.renumber()
	return out
}

// renumber numbers the remaining flows from 1, without gaps.
func (r *Result) renumber() {
	numbers := make(map[int]int, len(r.Flows))
	for i := range r.Flows {
		f := &r.Flows[i]
		numbers[f.ID] = i + 1
		f.ID = i + 1
	}
	for i := range r.Journeys {
		j := &r.Journeys[i]
		j.Flow = numbers[j.Flow]
	}
}

// rank sorts background packets, whose numbers count down, after all others.
func rank(id int) uint { return uint(id) }

// end determines how a journey ended. It returns at once for all but the few packets that
// may have been lost.
func (j *job) end(c *candidate) {
	if never, is := j.lost[c.ID]; is && c.Outcome.Kind == trace.OutcomeLeft {
		c.Outcome.Kind, c.Outcome.Reason = trace.OutcomeUnseen, trace.ReasonOthersWentOn
		c.Outcome.Others = j.stitcher.Points()[never]
	}
}
