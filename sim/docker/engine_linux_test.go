package docker

import (
	"archive/tar"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tracer/sim/labtest"
	"tracer/sim/netns"
)

// realEngine is Docker Engine 20.10 in namespaces of its own, for comparison:
//
//	network namespace: lo
//	  dockerd ─┬─ docker0 ─── containers: echo
//	           └─ iptables
type realEngine struct {
	ns     *netns.Namespace
	socket string
}

// startDockerd runs in a new mount namespace. The engine needs the sysfs of its network
// namespace, and a /run without the machine's own engine.
const startDockerd = `set -e
mkdir "$1/cgroup" && mount --rbind /sys/fs/cgroup "$1/cgroup" && mount --make-rslave "$1/cgroup"
umount -l /sys && mount -t sysfs none /sys && mount --rbind "$1/cgroup" /sys/fs/cgroup
mount -t tmpfs none /run
exec dockerd --config-file "$1/daemon.json" --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/pid" \
  -H "unix://$1/docker.sock" --cgroup-parent "$2" --exec-opt native.cgroupdriver=cgroupfs --storage-driver=vfs`

func startRealEngine(t *testing.T) *realEngine {
	t.Helper()
	if testing.Short() {
		t.Skip("takes 15 seconds, nearly all of them in other programs")
	}
	for _, name := range []string{"dockerd", "docker-proxy", "docker", "iptables", "unshare", "mount"} {
		labtest.Peer(t, name)
	}
	if !labtest.MachineRoot(t) {
		t.Skip("only root can start an engine")
	}
	if version := labtest.Output(t, "dockerd", "--version"); !strings.Contains(version, " 20.10.") {
		t.Skipf("not the engine that is modeled: %s", version)
	}
	dir, err := os.MkdirTemp("", "tracer-engine-") // t.TempDir is too long for a socket path
	if err != nil {
		t.Fatal(err)
	}
	e := &realEngine{ns: labtest.Loopback(t), socket: filepath.Join(dir, "docker.sock")}
	group := "/" + filepath.Base(dir)
	t.Cleanup(func() { removeEngine(t, dir, group) })
	log, err := os.Create(filepath.Join(dir, "log"))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "daemon.json"), []byte("{}"), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "slave",
		"sh", "-c", startDockerd, "sh", dir, group)
	cmd.Stdout, cmd.Stderr = log, log
	labtest.Do(t, e.ns, cmd.Start)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGKILL) // ends unshare, and with it the namespace of the processes
		<-ended
	})
	for limit := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if _, err := e.docker(nil, "version"); err == nil {
			return e
		}
		select {
		case err = <-ended:
			ended <- err
		default:
		}
		if text, _ := os.ReadFile(log.Name()); err != nil || time.Now().After(limit) {
			t.Fatalf("dockerd does not answer: %v\n%s", err, text)
		}
	}
}

// removeEngine removes what an engine leaves behind.
func removeEngine(t *testing.T, dir, group string) {
	if err := os.RemoveAll(dir); err != nil {
		t.Error(err)
	}
	groups, _ := filepath.Glob("/sys/fs/cgroup/*" + group)
	for _, g := range append(groups, "/sys/fs/cgroup"+group) {
		if err := os.Remove(g); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Log(err)
		}
	}
}

// docker runs a docker command, and returns what it prints.
func (e *realEngine) docker(stdin []byte, args ...string) (string, error) {
	cmd := exec.Command("docker", args...)
	cmd.Env = append(os.Environ(), "DOCKER_HOST=unix://"+e.socket)
	cmd.Stdin = bytes.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = errors.Join(err, errors.New(string(out)))
	}
	return strings.TrimSpace(string(out)), err
}

func (e *realEngine) must(t *testing.T, args ...string) string {
	t.Helper()
	out, err := e.docker(nil, args...)
	if err != nil {
		t.Fatalf("docker %s: %v", strings.Join(args, " "), err)
	}
	return out
}

// load builds the program in testdata/echo and makes the image "echo" of it, without a
// registry.
func (e *realEngine) load(t *testing.T) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "echo")
	build := exec.Command("go", "build", "-trimpath", "-o", program, "tracer/sim/docker/testdata/echo")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	var image bytes.Buffer
	w := tar.NewWriter(&image)
	err = errors.Join(w.WriteHeader(&tar.Header{Name: "echo", Mode: 0o755, Size: int64(len(text))}))
	if err == nil {
		_, err = w.Write(text)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := e.docker(image.Bytes(), "import", "-c", `CMD ["/echo"]`, "-", "echo"); err != nil {
		t.Fatal(err)
	}
}

// rules lists a table of the engine's namespace as iptables does.
func (e *realEngine) rules(t *testing.T, table string) []string {
	t.Helper()
	var out []byte
	labtest.Do(t, e.ns, func() (err error) {
		out, err = exec.Command("iptables", "-t", table, "-S").Output()
		return err
	})
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}
