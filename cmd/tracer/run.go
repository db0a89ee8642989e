package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"tracer/scenarios"
	"tracer/sim/confine"
	"tracer/trace"
	"tracer/trace/expect"
	"tracer/trace/live"
)

// runFlags are the flags of tracer run.
type runFlags struct {
	showFlags
	out     string
	fault   string
	engine  string
	timeout time.Duration

	allowExec bool
}

func newRun() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run SCENARIO|FILE.yaml",
		Short: "Build a scenario's network, send its traffic, show what happens",
		Long: `Builds the scenario's network in network namespaces, sends its traffic, follows
every packet, and removes the network again. SCENARIO is a name from
"tracer list"; FILE.yaml is a scenario of your own.

On a terminal, run opens the walk: step through the packets with the arrow
keys; "?" lists all keys. Elsewhere, and with --view text, it prints the path
that each packet takes. The result goes to standard output, everything else to
standard error. Output to a terminal is colored, unless NO_COLOR is set.

A scenario may contain programs (exec). They run in a sandbox, after tracer has
listed them and you have agreed, or with --allow-exec.

With --engine, the network is built as another Docker Engine would build it.
The expectations are for the scenario's own engine, so they are not checked.

A request without an answer ends after five seconds, unless the scenario sets
another timeout; all traffic ends after --timeout, and tracer shows whatever
was captured by then. If the scenario's expectations are not met, the exit code
is 4.

` + filterHelp,
		Example: `  tracer run flask-demo
  tracer run flask-demo --brief
  tracer run flask-demo --view text --filter "syn rewritten"
  tracer run flask-demo --out /tmp/flask
  tracer run direct-access --engine 29
  tracer run flask-demo --view json | jq '.journeys[].summary'
  tracer run ./mine.yaml
  tracer run ./lesson/with-python.yaml --allow-exec`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeScenario,
		RunE:              func(cmd *cobra.Command, args []string) error { return runScenario(cmd.Context(), args[0], f) },
	}
	f.add(cmd)
	addFault(cmd, &f.fault)
	addEngine(cmd, &f.engine)
	cmd.Flags().DurationVar(&f.timeout, "timeout", time.Minute, "end the traffic after `DURATION`")
	cmd.Flags().BoolVar(&f.allowExec, "allow-exec", false, "run the scenario's programs without asking")
	cmd.Flags().StringVar(&f.out, "out", "", "also save trace.json, page, pcapng and pcaps to `DIR`")
	return cmd
}

func runScenario(ctx context.Context, name string, f runFlags) error {
	look, err := f.look()
	if err != nil {
		return err
	}
	if f.timeout <= 0 {
		return mistake("--timeout %s must be positive", f.timeout)
	}
	text, directory, err := scenarioText(name)
	if directory != nil {
		defer directory.Close() // it is only read from
	}
	if err != nil {
		return err
	}
	k := &keeper{results: newResults(f.out)}
	defer k.close()
	entered, err := confined(confine.Second{Input: text, Directory: directory, Handlers: k.handlers()})
	if entered || err != nil {
		return err
	}
	base, err := parseFor(name, text, f.engine)
	if err != nil {
		return err
	}
	s, err := withFault(base, f.fault)
	if err != nil {
		return err
	}
	// Not earlier: so far, there is nothing to clean up, so a signal may end this process
	// at once. The first process passes on its signals.
	ctx, signals := obeySignals(ctx)
	defer signals.stop()
	if err := consent(ctx, name, s, f.allowExec); err != nil {
		return err
	}
	if f.out != "" { // fail before the lab is built
		if err := k.ready(); err != nil {
			return err
		}
	}
	r := recorder{base: base, flags: f, look: look, results: k.results, signals: signals}
	return r.run(ctx, s)
}

// recorder runs a scenario and shows the result.
type recorder struct {
	base    *scenarios.Scenario // without a fault
	flags   runFlags
	look    look
	results results
	signals *signals
	session *live.Session // nil until the lab is built
}

// run records and shows a scenario. Whatever was recorded is saved and shown, even if the
// run was cut short.
func (r *recorder) run(ctx context.Context, s *scenarios.Scenario) error {
	t, err := r.record(ctx, s)
	defer r.close() // again, if nothing goes wrong
	if t == nil {
		return err
	}
	shown := r.present(ctx, t, err)
	if err := errors.Join(shown, r.close()); err != nil {
		return err
	}
	return check(s, t)
}

// close takes down the lab, if there is one.
func (r *recorder) close() error {
	if r.session == nil {
		return nil
	}
	return r.session.Close()
}

// record builds the lab and sends the traffic.
func (r *recorder) record(ctx context.Context, s *scenarios.Scenario) (t *trace.Trace, err error) {
	progress := newProgress()
	defer progress.done()
	r.session, err = live.Open(ctx, s, live.Options{Progress: progress.say})
	if err == nil {
		t, err = r.send(ctx, r.session)
	}
	if err != nil && ctx.Err() != nil {
		err = errInterrupted
	}
	return t, err
}

// present shows a trace, and saves it with --out. cut is the error that cut the run short.
func (r *recorder) present(ctx context.Context, t *trace.Trace, cut error) error {
	if r.look.view == viewTUI && cut == nil {
		return walk(ctx, t, r.flags.showFlags, r.flags.out, r.results, r.source())
	}
	defer r.signals.mayBlock()()
	return errors.Join(cut, deliver(t, r.flags, r.results, r.look))
}

// scenarioText returns a scenario's text, and the directory that its programs may read. The
// directory is opened before the file is read, so nobody can replace it afterwards. In the
// second process, scenarioText returns what the first process read.
func scenarioText(name string) (text []byte, directory *os.File, err error) {
	if h, ok := confine.Received(); ok {
		return h.Input, nil, nil
	}
	if scenarios.IsFile(name) {
		directory, _ = os.Open(filepath.Dir(name)) // if this fails, so does opening the file
	}
	_, text, err = scenarios.Read(name)
	return text, directory, err
}

// send sends the scenario's traffic, for at most --timeout.
func (r *recorder) send(ctx context.Context, session *live.Session) (*trace.Trace, error) {
	limited, cancel := context.WithTimeout(ctx, r.flags.timeout)
	defer cancel()
	t, err := session.Send(limited)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = fmt.Errorf("the traffic did not end within %s (--timeout)", r.flags.timeout)
	}
	return t, err
}

// deliver saves a trace with --out, and prints it even if it cannot be saved.
func deliver(t *trace.Trace, f runFlags, r results, look look) error {
	var unsaved error
	if f.out != "" {
		var written int
		if written, unsaved = save(r, t); unsaved == nil {
			say("wrote %d files to %s", written, f.out)
		}
	}
	return errors.Join(print(t, f.showFlags, look), unsaved)
}

// check reports the expectations that a complete run did not meet.
func check(s *scenarios.Scenario, t *trace.Trace) error {
	unchecked(s)
	unmet := expect.Check(s, t)
	for _, u := range unmet {
		say("tracer: expectation not met (%s, line %d): %s", s.Name, u.Line, u.Text)
	}
	if len(unmet) > 0 {
		return exitCode(exitUnmet)
	}
	return nil
}

func completeScenario(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return scenarios.Names(), cobra.ShellCompDirectiveDefault
}
