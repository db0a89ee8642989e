package dockerd

import (
	"archive/tar"
	"bytes"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Image is the image that [Daemon.Load] makes.
const Image = "echo"

// Docker runs a docker command, and returns what it prints.
func (d *Daemon) Docker(stdin []byte, args ...string) (string, error) {
	cmd := exec.Command("docker", args...)
	cmd.Env = append(os.Environ(), "DOCKER_HOST=unix://"+d.socket)
	cmd.Stdin = bytes.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = errors.Join(err, errors.New(string(out)))
	}
	return strings.TrimSpace(string(out)), err
}

// Must is like Docker, but ends the test on an error.
func (d *Daemon) Must(t *testing.T, args ...string) string {
	t.Helper()
	out, err := d.Docker(nil, args...)
	if err != nil {
		t.Fatalf("docker %s: %v", strings.Join(args, " "), err)
	}
	return out
}

// Load builds the program in testdata/echo and makes the image of it, without a
// registry.
func (d *Daemon) Load(t *testing.T) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "echo")
	build := exec.Command("go", "build", "-trimpath", "-o", program, "tracer/sim/labtest/dockerd/testdata/echo")
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
	err = w.WriteHeader(&tar.Header{Name: "echo", Mode: 0o755, Size: int64(len(text))})
	if err == nil {
		_, err = w.Write(text)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Docker(image.Bytes(), "import", "-c", `CMD ["/echo"]`, "-", Image); err != nil {
		t.Fatal(err)
	}
}

// Await waits until the program of a container with [Image] answers. "docker run -d" returns when
// it has been started, and docker-proxy does not repeat a datagram that nobody received.
func (d *Daemon) Await(t *testing.T, container string) {
	t.Helper()
	sandbox := d.Sandbox(t, container)
	var err error
	for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit); time.Sleep(5 * time.Millisecond) {
		if err = sandbox.Do(echoes); err == nil {
			return
		}
	}
	t.Fatalf("container %s: %v", container, err)
}

// echoes asks the program in the calling thread's namespace.
func echoes() error {
	conn, err := net.Dial("udp4", "127.0.0.1:53")
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	if _, err := conn.Write([]byte("ready?")); err != nil {
		return err
	}
	_, err = conn.Read(make([]byte, 1))
	return err
}

// Sandbox returns a container's network namespace.
func (d *Daemon) Sandbox(t *testing.T, container string) Sandbox {
	t.Helper()
	key := d.Must(t, "inspect", "-f", "{{.NetworkSettings.SandboxKey}}", container)
	return Sandbox(filepath.Join(d.Root, strings.TrimPrefix(key, "/var")))
}

// Sandbox is the network namespace in a file.
type Sandbox string

// Do runs f on a thread that ends with it.
func (file Sandbox) Do(f func() error) error {
	result := make(chan error)
	go func() {
		runtime.LockOSThread()
		ns, err := os.Open(string(file))
		if err == nil {
			err = unix.Setns(int(ns.Fd()), unix.CLONE_NEWNET)
			ns.Close()
		}
		if err == nil {
			err = f()
		}
		result <- err
	}()
	return <-result
}
