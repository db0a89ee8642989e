package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tracer/scenarios"
	"tracer/sim/confine"
)

// TestRecordedFaults: every verb that reads recordings reads those of faults, too.
func TestRecordedFaults(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "trace.json")
	if r := tracer(t, "export", "flask-demo", "--fault", "forward-drop", "--format", "json", "--out", file); r.code != 0 {
		t.Fatalf("code %d: %s", r.code, r.stderr)
	}
	for _, c := range []struct {
		args string
		want string
	}{
		{"replay flask-demo --fault forward-drop --view text", "no rule in filter FORWARD accepted it; policy drop"},
		{"replay flask-demo --fault input-drop --view text", "200 Hello"},
		{"replay " + file + " --view text", "fault forward-drop"},
		{"replay flask-demo --view json", `"fault": ""`},
		{"export flask-demo --fault forward-drop --format text", "fault forward-drop"},
		{"show flask-demo --fault forward-drop host iptables -S FORWARD", "-P FORWARD DROP"},
		{"show --fault ip-forward-off flask-demo host iptables -nvL INPUT", "Chain INPUT"},
	} {
		r := tracer(t, strings.Fields(c.args)...)
		absent := strings.HasSuffix(c.want, `: ""`)
		if r.code != 0 || strings.Contains(r.stdout, strings.TrimSuffix(c.want, ` ""`)) == absent {
			t.Errorf("%s: code %d: %s%s", c.args, r.code, r.stdout, r.stderr)
		}
	}
	const drop = "-d 172.17.0.2/32 ! -i docker0 -o docker0"
	for fault, there := range map[string]bool{"forward-drop": false, "input-drop": true} {
		r := tracer(t, "show", "flask-demo", "--fault", fault, "host", "iptables", "-S", "DOCKER")
		if r.code != 0 || strings.Contains(r.stdout, drop) != there {
			t.Errorf("%s: code %d: %s%s", fault, r.code, r.stdout, r.stderr)
		}
	}
}

// TestFaultMistakes: a fault that does not exist is answered with those that do, and one of a
// file is refused.
func TestFaultMistakes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "trace.json")
	if err := os.WriteFile(file, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"replay flask-demo --fault forwrd-drop":       "tracer: flask-demo has no fault \"forwrd-drop\"; did you mean forward-drop?\ntry: tracer show flask-demo\n",
		"export flask-demo --fault zzz --format json": "tracer: flask-demo has no fault \"zzz\"; it has forward-drop, ip-forward-off, input-drop, docker-user-port\ntry: tracer show flask-demo\n",
		"show flask-demo --fault zzz host ip addr":    "tracer: flask-demo has no fault \"zzz\"; it has forward-drop, ip-forward-off, input-drop, docker-user-port\ntry: tracer show flask-demo\n",
		"replay hairpin --fault x":                    "tracer: hairpin has no fault \"x\": it has none\ntry: tracer show hairpin\n",
		"replay hairpn --fault x":                     "tracer: there is no scenario \"hairpn\"; did you mean hairpin?\ntry: tracer list\n",
		"replay " + file + " --fault forward-drop":    "tracer: --fault needs the name of a scenario, not \"" + file + "\"\ntry: tracer replay --help\n",
		"replay - --fault forward-drop":               "tracer: --fault needs the name of a scenario, not \"-\"\ntry: tracer replay --help\n",
		"replay flask-demo@forward-drop --view text":  "tracer: there is no scenario \"flask-demo@forward-drop\", and no such file\ntry: tracer list\n",
		"replay flask-demo --fault ../flask-demo":     "tracer: flask-demo has no fault \"../flask-demo\"; it has forward-drop, ip-forward-off, input-drop, docker-user-port\ntry: tracer show flask-demo\n",
	} {
		if r := tracer(t, strings.Fields(args)...); r.code != exitUsage || r.stderr != want || r.stdout != "" {
			t.Errorf("%s: code %d:\n%s%s", args, r.code, r.stdout, r.stderr)
		}
	}
}

// TestReplayFaults: in the walk through a recording, a fault is chosen from a list, and taken
// back. The walk stays at its packet.
func TestReplayFaults(t *testing.T) {
	s := newScreen(t, 80, 24, "$TRACER replay flask-demo")
	s.await("any key begins the walk")
	s.press("Enter")
	s.await("#3 TCP SYN", "#3, hop 1")
	s.press("f")
	s.await("no fault", "A rule in filter DOCKER is deleted", "DOCKER-USER drops port 80", "enter applies")
	s.press("Down", "Enter")
	s.await("What does the client notice?", "any key begins the walk")
	s.press("Enter")
	s.await("#3 TCP SYN", "#3, hop 1")
	s.press("n", "n")
	s.await("✗ dropped by host at forward")
	s.press("f", "Up", "Enter")
	s.await("Where does it change", "any key begins the walk")
	s.press("Enter", "n", "n", "n", "n")
	s.await("#6 TCP SYN-ACK", "conntrack")
	s.press("q")
	s.await("flask-demo: 14 packets")

	s = newScreen(t, 80, 24, "$TRACER replay hairpin --no-mask")
	s.await("hop 1")
	s.press("f")
	s.await("this trace has no faults to choose from")
}

// TestRunFaults: in the walk through a run, the lab is rebuilt with the fault, also for
// traffic that is sent again, and the former lab is gone.
func TestRunFaults(t *testing.T) {
	needLab(t)
	s := newScreen(t, 100, 30, "$TRACER run flask-demo --no-mask --out out; echo code $?")
	s.number(`packet 3 of (1[45])`)
	s.press("f", "Down", "Down", "Enter")
	s.await("now with a fault: net.ipv4.ip_forward is 0", "packet 3 of 3")
	s.press("r")
	s.await("sent again: 1 new packet", "packet 4 of 4")
	s.press("f")
	s.await("▸ net.ipv4.ip_forward is 0")
	s.press("Up", "Up", "Enter")
	s.await("now without a fault")
	s.number(`packet 3 of (1[45])`)
	s.press("q")
	s.await("packets, all delivered; saved in out", "code 0")
}

// TestRebuild: a lab with a fault takes the place of the former one, which is closed. If it
// cannot be built, or its traffic is cut short, the former one remains.
func TestRebuild(t *testing.T) {
	if !confine.Capable() {
		t.Skip("needs the right to build labs in this process")
	}
	s, err := scenarios.Load("flask-demo")
	if err != nil {
		t.Fatal(err)
	}
	r := recorder{base: s, flags: runFlags{timeout: time.Minute}}
	defer r.close()
	if _, err := r.record(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	former, from := r.session, r.source()
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for what, ctx := range map[string]context.Context{"nothing": t.Context(), "input-drop": stopped} {
		if tr, err := from.with(ctx, what, func(string) {}); err == nil || tr != nil || r.session != former {
			t.Errorf("%s: %v", what, err)
		}
	}
	if again, err := from.again(t.Context()); err != nil || len(again.Answers) != 2 || again.Lesson.Fault != "" {
		t.Fatalf("the former lab is gone: %v", err)
	}
	var steps []string
	tr, err := from.with(t.Context(), "ip-forward-off", func(s string) { steps = append(steps, s) })
	if err != nil || tr.Lesson.Fault != "ip-forward-off" || len(tr.Answers) != 1 || len(steps) < 3 {
		t.Fatalf("%v, steps %q", err, steps)
	}
	if err := former.Do("host", func() error { return nil }); err == nil {
		t.Error("the former lab is still there")
	}
	if again, err := from.again(t.Context()); err != nil || len(again.Answers) != 2 || again.Lesson.Fault != "ip-forward-off" {
		t.Errorf("sent again: %v", err)
	}
	if err := r.close(); err != nil {
		t.Error(err)
	}
}
