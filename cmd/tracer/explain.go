package main

import (
	"context"
	"fmt"
	"net/netip"
	"runtime/debug"

	"github.com/spf13/cobra"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
	"tracer/trace/filter"
	"tracer/trace/stitch"
)

// explainFlags are the flags of tracer explain.
type explainFlags struct {
	showFlags
	flow  string
	limit int
}

func newExplain() *cobra.Command {
	var f explainFlags
	cmd := &cobra.Command{
		Use:   "explain [NAME=]FILE...",
		Short: "Follow packets through captures taken elsewhere",
		Long: `Combines captures that tcpdump or Wireshark took in several places at the same
time. It follows each packet from capture to capture, through routers and NAT.
Works on any system, and needs no root.

FILE is a pcap or pcapng file, plain or compressed with gzip; - is standard
input. Ethernet, Linux cooked captures ("-i any"), loopback and raw IP are
supported. Give one file per capture point, or one with several interfaces.
Offsets between the clocks of different files are estimated and reported. NAME
is the name of the capture point, such as docker0 or host/docker0; without it,
each capture point takes its file's name.

Captures contain no evidence from a kernel: where a packet was seen, and with
which addresses, is certain; what changed them is inferred, and marked so.

Up to 100 packets are listed in text; more are summarized: translated addresses,
delays, losses, retransmissions and resets. With --filter or --flow, packets are
listed up to --limit.

` + filterWords + `rewritten, dnat, snat,
masquerade), and its outcome (left; unseen if it was lost).`,
		Example: `  tcpdump -i ens160 -w ens160.pcap &  tcpdump -i docker0 -w docker0.pcap &
  tracer explain ens160.pcap docker0.pcap
  tracer explain client=laptop.pcap host/ens160=a.pcap.gz host/docker0=b.pcap.gz
  tracer explain *.pcap --view text --flow 192.168.52.202:48702
  tracer explain *.pcap --view json --filter "unseen" | jq '.survey.losses'`,
		Args: arguments(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error { return explainFiles(cmd.Context(), args, f) },
	}
	f.addView(cmd)
	cmd.Flags().StringVar(&f.flow, "flow", "", "only packets from or to `IP[:PORT]`")
	cmd.Flags().IntVar(&f.limit, "limit", 10_000, "show at most `N` packets")
	return cmd
}

func explainFiles(ctx context.Context, args []string, f explainFlags) error {
	look, err := f.look()
	if err != nil {
		return err
	}
	keep, err := f.keep()
	if err != nil {
		return err
	}
	debug.SetMemoryLimit(softMemory)
	all := ctx
	ctx, signals := obeySignals(all)
	defer signals.stop()
	k := &keeper{results: newResults("")}
	defer k.close()
	files, entered, err := openCaptures(args, signals, k)
	defer files.close()
	if entered || err != nil {
		return err
	}
	if err := files.fill(ctx); err != nil {
		return err
	}
	if len(files.spools) > 0 {
		ctx = signals.next(all) // the signal that ended the input must not stop the analysis
	}
	e := explanation{flags: f, look: look, keep: keep}
	if err := e.read(ctx, files.sources); err != nil {
		return unless(ctx, err)
	}
	if look.view == viewTUI {
		err = walk(ctx, e.trace, f.showFlags, "", k.results, source{})
	} else {
		over := signals.mayBlock()
		err = e.print()
		over()
	}
	if err != nil {
		return err
	}
	return broken(e.result)
}

// explanation is an analysis of captures.
type explanation struct {
	flags  explainFlags
	look   look
	keep   func(*trace.Journey) bool // nil for all
	result *stitch.Result
	trace  *trace.Trace
}

// read follows the packets through the captures.
func (e *explanation) read(ctx context.Context, sources []stitch.Source) (err error) {
	limit, summary := e.flags.limit, e.look.view == viewText && e.keep == nil
	if summary {
		limit = min(limit, listedPackets+1) // more are not shown
	}
	progress := newProgress()
	e.result, err = stitch.Files(ctx, sources, stitch.Options{Keep: e.keep, Limit: limit, Progress: func(packets int, part float64) {
		s := fmt.Sprintf("read %d packets", packets)
		if part > 0 {
			s += fmt.Sprintf(", %.0f %%", 100*part)
		}
		progress.say(s)
	}})
	progress.done()
	if err != nil {
		return fileError{err}
	}
	if summary && e.result.Survey.Packets > listedPackets {
		e.result.Journeys = nil
	}
	if e.trace, err = e.result.Trace(ctx); err != nil {
		return err
	}
	if n := len(e.trace.Journeys); e.keep != nil || 0 < n && n < e.result.Matched {
		e.trace.Headline += "; " + language().Format(explain.ShownFiltered, traffic(e.trace), e.result.Survey.Packets)
	}
	return nil
}

// broken reports the files that could be read only in part. Their packets have been shown.
func broken(r *stitch.Result) error {
	if len(r.Broken) == 0 {
		return nil
	}
	for _, err := range r.Broken[1:] {
		complain(err)
	}
	return fileError{r.Broken[0]}
}

// softMemory is the soft memory limit in bytes. Above it, the garbage collector runs as often
// as necessary. Other limits bound the memory in use (see trace/limits.go); this one bounds
// garbage.
const softMemory = 400 << 20

// unless returns the error, or errInterrupted if a signal came.
func unless(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errInterrupted
	}
	return err
}

// traffic counts the packets without background traffic.
func traffic(t *trace.Trace) (n int) {
	for i := range t.Journeys {
		if !t.Journeys[i].Background() {
			n++
		}
	}
	return n
}

// listedPackets is the number of packets up to which the text output lists each one.
const listedPackets = 100

// print writes to standard output.
func (e *explanation) print() error {
	if e.look.view == viewJSON {
		return export.JSON(stdoutRaw(), e.trace, language())
	}
	if err := e.flags.write(e.look.out, e.trace, export.TextOptions{}); err != nil {
		return err
	}
	shown := len(e.trace.Journeys)
	switch more := e.result.Matched - shown; {
	case shown == 0 && e.result.Matched > 0 && e.flags.limit > 0:
		say("%s", language().Format(explain.DrillDown))
	case more > 0:
		say("%s", language().Format(explain.LeftOut, more))
	}
	return nil
}

// keep returns a function that selects the journeys to keep; nil selects all.
func (f *explainFlags) keep() (func(*trace.Journey) bool, error) {
	if f.limit < 0 {
		return nil, mistake("--limit %d must not be negative", f.limit)
	}
	words := filter.New(f.filter)
	if f.flow == "" {
		if words.Empty() {
			return nil, nil
		}
		return words.Match, nil
	}
	is, err := endpoint(f.flow)
	if err != nil {
		return nil, mistake("--flow %q is not an IP address, with or without a port", f.flow)
	}
	return func(j *trace.Journey) bool {
		for i := range j.Hops {
			p := &j.Hops[i].Packet
			if q := p.ICMP.Quoted; is(p.Src) || is(p.Dst) || q != nil && (is(q.Ends.Source) || is(q.Ends.Destination)) {
				return words.Match(j)
			}
		}
		return false
	}, nil
}

// endpoint parses an address, with or without a port.
func endpoint(s string) (is func(netip.AddrPort) bool, err error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return func(p netip.AddrPort) bool { return p.Addr() == a }, nil
	}
	want, err := netip.ParseAddrPort(s)
	return func(p netip.AddrPort) bool { return p == want }, err
}
