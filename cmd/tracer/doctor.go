package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/spf13/cobra"

	"tracer/sim"
	"tracer/sim/confine"
	"tracer/sim/permit"
	"tracer/trace/doctor"
	"tracer/trace/doctor/probe"
	"tracer/trace/escape"
	"tracer/trace/explain"
)

func newDoctor() *cobra.Command {
	var f showFlags
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Test what this machine allows, and what fixes each \"no\"",
		Long: `Tests one by one what scenarios need: rights, network namespaces, veth,
bridges, nf_tables and the matches and targets of Docker's rules, packet
sockets, the rule trace, and conntrack. For each, it builds the smallest network
that needs it, in namespaces of its own, and removes it again. It also looks at
the terminal.

For each "no" it says what will not work, and the one command that fixes it. The
exit code is 0 if flask-demo can run here, and 3 if not.`,
		Example: `  tracer doctor
  tracer doctor --view json | jq '.features[] | select(.state != "yes")'`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error { return examine(cmd.Context(), f) },
	}
	word(cmd, &f.view, "view", viewText, "`VIEW` is %s", viewText, viewJSON)
	addLook(cmd, &f.color, &f.ascii)
	return cmd
}

func examine(ctx context.Context, f showFlags) error {
	if err := oneOf("view", f.view, viewText, viewJSON); err != nil {
		return err
	}
	out, err := newOutput(f.color)
	if err != nil {
		return err
	}
	// Missing permission is one of the findings.
	if entered, err := confined(confine.Second{}); entered || err != nil && !errors.Is(err, sim.ErrPrivilege) {
		return err
	}
	ctx, signals := obeySignals(ctx)
	defer signals.stop()
	r := newReport(doctor.Examine(ctx, probe.Machine()))
	if ctx.Err() != nil {
		return errInterrupted
	}
	defer signals.mayBlock()()
	if f.view == viewJSON {
		e := json.NewEncoder(escape.JSON(stdoutRaw()))
		e.SetEscapeHTML(false)
		e.SetIndent("", " ")
		err = e.Encode(r)
	} else {
		err = r.text(out, f.ascii)
	}
	if err == nil && !r.Fit {
		return exitCode(exitNotPermitted)
	}
	return err
}

// report is the output of tracer doctor.
type report struct {
	Fit      bool            `json:"fit"` // flask-demo can run
	System   string          `json:"system"`
	Features []featureReport `json:"features"`
	Terminal terminalReport  `json:"terminal"`
}

type featureReport struct {
	Name     string `json:"name"`
	State    string `json:"state"` // "yes", "no", "not tried"
	Required bool   `json:"required"`
	Error    string `json:"error,omitempty"`
	Cost     string `json:"cost,omitempty"`
	Try      string `json:"try,omitempty"`   // a command
	Needs    string `json:"needs,omitempty"` // what no command provides, or the feature needed first
}

type terminalReport struct {
	Width   int    `json:"width"` // 0 if standard output is not a terminal
	Height  int    `json:"height"`
	Colours string `json:"colours"` // "", "ANSI", "ANSI256", "TrueColor"
	UTF8    bool   `json:"utf8"`
}

func newReport(findings []doctor.Finding) report {
	here := permit.Look()
	r := report{Fit: doctor.Fit(findings), System: language().System(sim.System()+", "+runtime.GOARCH, here.Container.String()), Features: []featureReport{}, Terminal: newTerminalReport()}
	for _, f := range findings {
		d := featureReport{Name: f.Feature.String(), State: f.State.String(), Required: f.Feature.Required()}
		switch f.State {
		case doctor.Missing:
			d.Error, d.Cost = f.Err.Error(), language().Cost(f.Feature)
			d.Try, d.Needs = language().Mend(f.Feature)
			var denied *permit.DeniedError
			if errors.As(f.Err, &denied) {
				r := denied.Remedy(quotedArgs())
				d.Try, d.Needs = r.Command, r.Otherwise
			} else if d.Try != "" { // to load a module, or raise a limit
				d.Try = here.OnMachine(d.Try)
			}
		case doctor.Untried:
			d.Needs = f.Needs.String()
		}
		r.Features = append(r.Features, d)
	}
	return r
}

func newTerminalReport() (t terminalReport) {
	if !shown() {
		return t
	}
	t.Width, t.Height = size()
	switch p := profile(); p {
	case colorprofile.ANSI, colorprofile.ANSI256, colorprofile.TrueColor:
		t.Colours = p.String()
	}
	t.UTF8 = utf8Locale()
	return t
}

// text writes the report for people.
func (r *report) text(w io.Writer, ascii bool) error {
	good, bad, dim := lipgloss.NewStyle().Foreground(lipgloss.Green), lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Red), lipgloss.NewStyle().Faint(true)
	var b strings.Builder
	fmt.Fprintln(&b, escape.Field(r.System))
	width := 0
	for _, f := range r.Features {
		width = max(width, len(f.Name))
	}
	for _, f := range r.Features {
		line := good.Render("yes") + "  " + f.Name
		switch f.State {
		case doctor.Missing.String():
			line = fmt.Sprintf("%s   %-*s  %s", bad.Render("no"), width, f.Name, f.Cost)
		case doctor.Untried.String():
			line = dim.Render(fmt.Sprintf("-    %-*s  %s", width, f.Name, language().Format(explain.Needs, f.Needs)))
		}
		fmt.Fprintln(&b, "  "+line)
		if f.State == doctor.Missing.String() {
			indent := strings.Repeat(" ", 2+5)
			fmt.Fprintln(&b, indent+dim.Render(escape.Field(f.Error)))
			if f.Try != "" {
				fmt.Fprintln(&b, indent+"try: "+escape.Field(f.Try))
			} else if f.Needs != "" {
				fmt.Fprintln(&b, indent+f.Needs)
			}
		}
	}
	fmt.Fprintln(&b)
	t := &r.Terminal
	size, colours, characters := language().Terminal(t.Width, t.Height, t.Colours, t.UTF8)
	for _, line := range []struct{ name, text string }{{"terminal", size}, {"colours", colours}, {"characters", characters}} {
		if line.text != "" {
			fmt.Fprintf(&b, "  %-10s  %s\n", line.name, line.text)
		}
	}
	fmt.Fprintln(&b)
	verdict := good
	if !r.Fit {
		verdict = bad
	}
	fmt.Fprintln(&b, verdict.Render(language().Fit(r.Fit)))
	s := b.String()
	if ascii {
		s = strings.ReplaceAll(s, "×", "x")
	}
	_, err := io.WriteString(w, s)
	return err
}
