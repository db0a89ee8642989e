package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tracer/sim/labtest"
)

// If user namespaces are forbidden even to root, root works without them.
func TestRootForbidden(t *testing.T) {
	needLab(t)
	labtest.Peer(t, "unshare")
	const script = `echo 0 >/proc/sys/user/max_user_namespaces && exec "$0" run flask-demo`
	cmd := exec.Command("unshare", "--user", "--map-root-user", "sh", "-c", script, os.Args[0])
	cmd.Env = command().Env
	if r := finish(t, cmd); r.code != 0 || r.stderr != "" || !strings.Contains(r.stdout, "#3  TCP SYN") {
		t.Errorf("%+v", r)
	}
}

// A scenario is read once, by the process that may read it.
func TestScenarioOfOthers(t *testing.T) {
	needLab(t)
	text := embedded(t, "body: Hello", "body: Hello")
	cmd := command("run", "/dev/stdin")
	cmd.Stdin = strings.NewReader(text)
	if r := finish(t, cmd); r.code != 0 || !strings.Contains(r.stdout, "#3  TCP SYN") {
		t.Errorf("from a pipe: %+v", r)
	}
	if !labtest.MachineRoot(t) {
		t.Skip("only root can give a file away")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "mine.yaml")
	const somebody = 12345
	for _, err := range []error{
		os.WriteFile(file, []byte(text), 0o600), os.Chown(file, somebody, somebody), os.Chown(dir, somebody, somebody), os.Chmod(dir, 0o700),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if r := tracer(t, "run", file); r.code != 0 || !strings.Contains(r.stdout, "#3  TCP SYN") {
		t.Errorf("somebody's: %+v", r)
	}
}

// The process that builds a lab and examines its packets has no rights over the machine,
// even if started by root.
func TestConfined(t *testing.T) {
	needLab(t)
	p := newPlace(t, os.Geteuid())
	s := stages[2]
	cmd := command("run", s.scenario(t, p), "--allow-exec")
	cmd.Path, cmd.Dir = p.binary, p.empty
	cmd.Env = append(cmd.Env, "TMPDIR="+p.empty)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait() // it was interrupted
	}()
	s.wait(t, cmd.Process.Pid)
	ours, err := os.Readlink("/proc/self/ns/user")
	if err != nil {
		t.Fatal(err)
	}
	first, others := 0, 0
	for _, pid := range running(cmd.Process.Pid) {
		process := fmt.Sprintf("/proc/%d", pid)
		ns, err := os.Readlink(process + "/ns/user")
		if err != nil {
			continue // the process has just ended
		}
		if ns != ours {
			others++
			continue
		}
		first++
		// It has built nothing, and its only socket is for requests for queues.
		files, err := os.ReadDir(process + "/fd")
		if err != nil {
			t.Fatal(err)
		}
		sockets := 0
		for _, f := range files {
			to, _ := os.Readlink(process + "/fd/" + f.Name())
			if strings.HasPrefix(to, "socket:") {
				sockets++
			}
		}
		if sockets > 1 {
			t.Errorf("%s has %d sockets and is not in a user namespace", process, sockets)
		}
	}
	if first != 1 || others < 2 {
		t.Errorf("%d processes outside of a user namespace, %d inside", first, others)
	}
}
