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
	f.addView(cmd) // captures contain no rules
	cmd.Flags().StringVar(&f.flow, "flow", "", "only packets from or to `IP[:PORT]`")
	cmd.Flags().IntVar(&f.limit, "limit", 10_000, "show at most `N` packets")
	return cmd
}

func explainFiles(ctx context.Context, args []string, f explainFlags) error {
	view, err := chooseView(f.view)
	if err != nil {
		return err
	}
	out, err := newOutput(f.color, f.ascii)
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
	ctx = signals.next(all) // the signal that ended the input must not end reading it
	limit := f.limit
	if view == viewText && keep == nil {
		limit = min(limit, listedPackets+1) // more would not be shown
	}
	progress := newProgress()
	result, err := stitch.Files(ctx, files.sources, stitch.Options{Keep: keep, Limit: limit, Progress: func(packets int, part float64) {
		s := fmt.Sprintf("read %d packets", packets)
		if part > 0 {
			s += fmt.Sprintf(", %.0f %%", 100*part)
		}
		progress.say(s)
	}})
	progress.done()
	if err != nil {
		return unless(ctx, fileError{err})
	}
	if view == viewText && keep == nil && result.Survey.Packets > listedPackets {
		result.Journeys = nil
	}
	t, err := result.Trace(ctx)
	if err != nil {
		return unless(ctx, err)
	}
	if n := len(t.Journeys); keep != nil || 0 < n && n < result.Matched {
		t.Headline += "; " + explain.English().ShownFiltered(traffic(t), result.Survey.Packets)
	}
	if view == viewTUI {
		err = walk(ctx, t, f.showFlags, "", k.results, nil)
	} else {
		over := signals.mayBlock()
		err = show(t, result, f, view, out)
		over()
	}
	if err == nil && len(result.Broken) > 0 {
		// What could be read was shown; now what could not.
		for _, b := range result.Broken[1:] {
			complain(b)
		}
		return fileError{result.Broken[0]}
	}
	return err
}

// softMemory is the soft memory limit in bytes: above it, the garbage collector runs as
// often as necessary. Other limits bound the memory in use (see trace/limits.go); this
// one bounds garbage.
const softMemory = 400 << 20

// unless returns the error, or errInterrupted if a signal came.
func unless(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errInterrupted
	}
	return err
}

// traffic counts the packets that are not what nodes send by themselves.
func traffic(t *trace.Trace) (n int) {
	for i := range t.Journeys {
		if !t.Journeys[i].Housekeeping() {
			n++
		}
	}
	return n
}

// listedPackets is of how many packets the text view shows each without being asked.
const listedPackets = 100

// show writes what was found to standard output.
func show(t *trace.Trace, r *stitch.Result, f explainFlags, view string, out output) error {
	voice := explain.English()
	if view == viewJSON {
		return export.JSON(stdoutRaw(), t, voice)
	}
	o := export.TextOptions{Voice: voice, ASCII: f.ascii, Width: out.width}
	if err := export.Text(out, t, o); err != nil {
		return err
	}
	switch more := r.Matched - len(t.Journeys); {
	case len(t.Journeys) == 0 && r.Matched > 0 && f.limit > 0:
		say("%s", voice.DrillDown())
	case more > 0:
		say("%s", voice.KeptSome(more))
	}
	return nil
}

// keep is which journeys are wanted; nil is all.
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

// endpoint reads an address, with a port or without.
func endpoint(s string) (is func(netip.AddrPort) bool, err error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return func(p netip.AddrPort) bool { return p.Addr() == a }, nil
	}
	want, err := netip.ParseAddrPort(s)
	return func(p netip.AddrPort) bool { return p == want }, err
}
