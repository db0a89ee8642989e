package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tracer/sim/labtest"
)

// engine is a test's own Docker Engine, with tracer's image.
//
//	own namespaces: network (only lo), mounts, processes
//	  dockerd ── containerd ── container: tracer ── user namespace: the lab
//
// Its containers are in a user namespace, as in a pod with hostUsers: false, unless run with
// --userns=host. It has no networks and no rules, because labs create their own. It does not
// touch anything of the machine.
type engine struct{ socket, cgroup string }

// startDockerd runs in the new namespaces. A tmpfs on /run hides the sockets of the
// machine's own engine, if any.
const startDockerd = `set -e
mount -t tmpfs none /run
mount --bind "$1/subid" /etc/subuid
mount --bind "$1/subid" /etc/subgid
exec dockerd --config-file "$1/daemon.json" --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/pid" \
  -H "unix://$1/docker.sock" --cgroup-parent "$2" --exec-opt native.cgroupdriver=cgroupfs \
  --bridge=none --iptables=false --ip-forward=false --storage-driver=vfs --userns-remap=root`

func startEngine(t *testing.T) *engine {
	t.Helper()
	for _, name := range []string{"dockerd", "docker", "unshare", "mount"} {
		labtest.Peer(t, name)
	}
	if !labtest.MachineRoot(t) {
		t.Skip("only root can start an engine")
	}
	dir, err := os.MkdirTemp("", "tracer-engine-") // t.TempDir is too long for a socket path
	if err != nil {
		t.Fatal(err)
	}
	e := &engine{socket: filepath.Join(dir, "docker.sock"), cgroup: "/" + filepath.Base(dir)}
	t.Cleanup(func() { e.remove(t, dir) })
	for name, text := range map[string]string{"daemon.json": `{"features": {"containerd-snapshotter": false}}`, "subid": "root:100000:65536\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o711); err != nil { // root in containers is an unprivileged user here
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "slave",
		"sh", "-c", startDockerd, "sh", dir, e.cgroup)
	cmd.Stdout, cmd.Stderr = log, log
	// No Pdeathsig, which would depend on this thread: when the first process of a PID
	// namespace ends, so do all others.
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGKILL) // ends unshare, and with it the namespace
		<-ended
	})
	for limit := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if _, err := e.docker("version"); err == nil {
			break
		}
		select {
		case err := <-ended:
			ended <- err
			text, _ := os.ReadFile(log.Name())
			t.Fatalf("dockerd: %v\n%s", err, text)
		default:
		}
		if time.Now().After(limit) {
			text, _ := os.ReadFile(log.Name())
			t.Fatalf("dockerd does not answer\n%s", text)
		}
	}
	e.load(t, dir)
	return e
}

// load builds the image and loads it into the engine.
func (e *engine) load(t *testing.T, dir string) {
	t.Helper()
	image := filepath.Join(dir, "tracer.tar")
	if out, err := exec.Command("go", "run", "tracer/docs/container", "-o", image).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if r, err := e.docker("load", "-i", image); err != nil {
		t.Fatalf("%v: %+v", err, r)
	}
}

// remove removes what the engine leaves behind.
func (e *engine) remove(t *testing.T, dir string) {
	if err := os.RemoveAll(dir); err != nil {
		t.Error(err)
	}
	groups, _ := filepath.Glob("/sys/fs/cgroup/*" + e.cgroup)
	for _, g := range append(groups, "/sys/fs/cgroup"+e.cgroup) {
		if err := os.Remove(g); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Log(err)
		}
	}
}

// docker runs a docker command, for at most a minute.
func (e *engine) docker(args ...string) (result, error) {
	cmd := exec.Command("docker", args...)
	cmd.Env = append(os.Environ(), "DOCKER_HOST=unix://"+e.socket)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		return result{}, err
	}
	late := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	err := cmd.Wait()
	return result{code: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String()}, err
}

// run runs tracer in a container.
func (e *engine) run(t *testing.T, options []string, args ...string) result {
	t.Helper()
	r, err := e.docker(append(append(append([]string{"run", "--rm"}, options...), "tracer"), args...)...)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if r.code == 125 { // an error of the engine itself
		t.Fatalf("docker run %v: %s", options, r.stderr)
	}
	return r
}

// mayGiveAll reports whether this process has all capabilities. Without them, an engine
// cannot run --privileged as root.
func mayGiveAll(t *testing.T) bool {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	var last int
	text, err := os.ReadFile("/proc/sys/kernel/cap_last_cap")
	if err == nil {
		_, err = fmt.Sscan(string(text), &last)
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(status), fmt.Sprintf("CapBnd:\t%016x\n", uint64(1)<<(last+1)-1))
}
