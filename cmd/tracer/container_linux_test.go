package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tracer/trace"
	"tracer/trace/export"
)

// TestContainer runs tracer's image in a real Docker Engine. With each documented set of
// options, the journeys are the same as outside a container. If labs are not possible,
// doctor says why, and its advice helps.
func TestContainer(t *testing.T) {
	e := startEngine(t)
	host := []string{"--userns=host"}
	with := func(options ...string) []string { return append(host[:1:1], options...) }

	want := journeys(t, tracer(t, "run", "flask-demo", "--view", "json"))
	least := []string{"--user", "65532", "--cap-drop", "ALL", "--cap-add", "SYS_ADMIN", "--security-opt", "no-new-privileges", "--read-only"}
	for _, c := range []struct {
		name    string
		options []string
	}{
		{"a user without rights", with("--user", "65532", "--cap-add", "SYS_ADMIN")},
		{"the least", with(least...)},
		{"the least, in a user namespace", least},
		{"all of /proc/sys", with("--user", "65532", "--cap-add", "SYS_ADMIN", "--security-opt", "systempaths=unconfined")},
		{"no filter", with("--security-opt", "seccomp=unconfined")},
		{"root", with("--cap-add", "SYS_ADMIN")},
		{"privileged, a user without rights", with("--privileged", "--user", "65532")},
		{"privileged", with("--privileged")},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "privileged" && !mayGiveAll(t) {
				t.Skip("this machine's root has not all capabilities to give")
			}
			r := e.run(t, c.options, "run", "flask-demo", "--view", "json")
			if got := journeys(t, r); !slices.Equal(got, want) {
				t.Errorf("in the container:\n%s\noutside:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if r := e.run(t, c.options, "doctor"); r.code != 0 || !strings.Contains(r.stdout, "in a Docker container\n") {
				t.Errorf("doctor: %+v", r)
			}
		})
	}

	for _, c := range []struct {
		name    string
		options []string
		code    int
		says    []string
	}{
		{"no options", host, exitNotPermitted, []string{"no   rights ", "a seccomp filter forbids user namespaces", "flask-demo cannot run here"}},
		{"another user", with("--user", "65532"), exitNotPermitted, []string{"no   rights ", "a seccomp filter forbids user namespaces"}},
		{"no capabilities", with("--cap-drop", "ALL"), exitNotPermitted, []string{"a seccomp filter forbids user namespaces"}},
		{"/proc/sys is read-only", with("--user", "65532", "--cap-add", "SYS_ADMIN"), 0, []string{"no   kernel parameters", "/proc/sys is read-only"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := e.run(t, c.options, "doctor")
			for _, s := range c.says {
				if !strings.Contains(r.stdout, s) {
					t.Errorf("doctor does not say %q:\n%s", s, r.stdout)
				}
			}
			if r.code != c.code {
				t.Errorf("doctor: code %d", r.code)
			}
			tried := e.tryThat(t, r.stdout)
			if tried.code != 0 || strings.Contains(tried.stdout, c.says[0]) || !strings.HasSuffix(tried.stdout, "flask-demo can run here\n") {
				t.Errorf("what doctor says to try does not help: %+v", tried)
			}
		})
	}

	t.Run("a pod of a class", func(t *testing.T) {
		if got := e.inPod(t, readClass(t)); !slices.Equal(got, want) {
			t.Errorf("in the pod:\n%s\noutside:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
	t.Run("a pod", func(t *testing.T) {
		r := e.run(t, with("--env", "KUBERNETES_SERVICE_HOST=192.0.2.1"), "doctor")
		if !strings.Contains(r.stdout, "in a Kubernetes container") || !strings.Contains(r.stdout, "capabilities: {add: [SYS_ADMIN]}") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("what needs /proc/sys", func(t *testing.T) {
		r := e.run(t, least, "run", "bridge-netfilter", "--fault", "bridge-nf-off")
		if r.code != exitNotPermitted || !strings.Contains(r.stderr, "net.bridge.bridge-nf-call-iptables: kernel parameters cannot be set here") {
			t.Errorf("%+v", r)
		}
		if tried := e.tryThat(t, r.stderr); tried.code != 0 {
			t.Errorf("what it says to try does not help: %+v", tried)
		}
	})
	t.Run("a program of the scenario's", func(t *testing.T) {
		dir := serverScenario(t)
		for _, option := range []string{"--security-opt=seccomp=unconfined", "--cap-add=SYS_ADMIN"} {
			r := e.run(t, with(option, "-v", dir+":/data:ro"), "run", "mine.yaml", "--allow-exec", "--view", "json")
			if got := journeys(t, r); len(got) < 10 {
				t.Errorf("%s: %s", option, strings.Join(got, "\n"))
			}
		}
	})
	t.Run("without arguments", func(t *testing.T) {
		if r := e.run(t, host); r.code != 0 || !strings.Contains(r.stdout, "Usage:") {
			t.Errorf("%+v", r)
		}
	})
}

// serverScenario returns a directory with a version of flask-demo whose container runs a
// program in that directory.
func serverScenario(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	cmd := exec.Command("go", "build", "-o", filepath.Join(dir, "server"), "./testdata/server")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // the image has no libraries
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text := embedded(t, "http: { port: 5000, body: Hello }", "exec: { command: [./server], port: 5000 }")
	if err := os.WriteFile(filepath.Join(dir, "mine.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// tryThat runs the first docker run command that a text suggests, without a terminal.
func (e *engine) tryThat(t *testing.T, text string) result {
	t.Helper()
	const try = "try: docker run --rm -it "
	_, after, found := strings.Cut(text, try)
	if !found {
		t.Fatalf("it does not say what to try:\n%s", text)
	}
	line, _, _ := strings.Cut(after, "\n")
	options, args, found := strings.Cut(line, " tracer ")
	if !found {
		t.Fatalf("there is no image in %q", line)
	}
	return e.run(t, append([]string{"--userns=host"}, strings.Fields(options)...), strings.Fields(args)...)
}

// journeys lists what must be the same wherever flask-demo runs: each packet's hops, its
// changes with their causes, and its outcome. The number of acknowledgments may differ.
func journeys(t *testing.T, r result) []string {
	t.Helper()
	if r.code != 0 {
		t.Fatalf("%+v", r)
	}
	tr, err := export.Read(strings.NewReader(r.stdout))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for i := range tr.Journeys {
		if j := &tr.Journeys[i]; !j.Background() {
			list = append(list, journeyLine(j))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// decider returns what a cause names: a rule, a route, or an interface with a neighbor.
func decider(c *trace.Cause) string {
	switch c.Kind {
	case trace.CauseRule:
		return c.Rule.Text
	case trace.CauseRouting:
		return c.Route.Short()
	case trace.CauseNeighbour:
		return c.Interface + c.Neighbour.String()
	}
	return ""
}

func journeyLine(j *trace.Journey) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:", j.Summary)
	for _, h := range j.Hops {
		for _, c := range h.Changes {
			fmt.Fprintf(&b, " (%s by %s %s)", c.Field, c.Cause.Kind, decider(&c.Cause))
		}
		fmt.Fprintf(&b, " %s/%s %s", h.Node, h.Interface, h.Direction)
	}
	fmt.Fprintf(&b, " %s %s %s", j.Outcome.Kind, j.Outcome.Node, j.Outcome.Reason)
	return b.String()
}
