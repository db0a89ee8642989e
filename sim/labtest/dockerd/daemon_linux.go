package dockerd

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
	"tracer/sim/labtest"
	"tracer/sim/netns"
)

// Daemon is a Docker Engine in namespaces of its own, for comparison:
//
//	network namespace: lo
//	  dockerd ─┬─ docker0 ─── containers: echo
//	           └─ iptables
type Daemon struct {
	Program
	Namespace *netns.Namespace
	Root      string // the file system as the engine sees it
	socket    string
}

// Nameserver is the name server in the host's resolv.conf. No interface has its address
// unless a test assigns it.
const Nameserver = "192.0.2.53"

// startDockerd runs in a new mount namespace. The engine needs the sysfs of its network
// namespace, a /run without the machine's own engine, and a resolv.conf of its own.
const startDockerd = `set -e
mkdir "$1/cgroup" && mount --rbind /sys/fs/cgroup "$1/cgroup" && mount --make-rslave "$1/cgroup"
umount -l /sys && mount -t sysfs none /sys && mount --rbind "$1/cgroup" /sys/fs/cgroup
mount --bind "$1/resolv.conf" /etc/resolv.conf
mount -t tmpfs none /run
dir=$1 group=$2 dockerd=$3
shift 3
exec "$dockerd" --config-file "$dir/daemon.json" --data-root "$dir/data" --exec-root "$dir/exec" --pidfile "$dir/pid" \
  -H "unix://$dir/docker.sock" --cgroup-parent "$group" --exec-opt native.cgroupdriver=cgroupfs --storage-driver=vfs "$@"`

// Start starts the engine on a host without interfaces, and returns when it answers.
func (p Program) Start(t *testing.T, flags ...string) *Daemon {
	t.Helper()
	return p.StartOn(t, labtest.Loopback(t), flags...)
}

// StartOn is like Start, for a host that is ready.
func (p Program) StartOn(t *testing.T, host *netns.Namespace, flags ...string) *Daemon {
	t.Helper()
	if testing.Short() {
		t.Skip("takes 15 seconds, nearly all of them in other programs")
	}
	for _, name := range []string{"docker", "iptables", "unshare", "mount"} {
		labtest.Peer(t, name)
	}
	if !labtest.MachineRoot(t) {
		t.Skip("only root can start an engine")
	}
	dir, err := os.MkdirTemp("", "tracer-engine-") // t.TempDir is too long for a socket path
	if err != nil {
		t.Fatal(err)
	}
	d := &Daemon{Program: p, Namespace: host, socket: filepath.Join(dir, "docker.sock")}
	group := "/" + filepath.Base(dir)
	t.Cleanup(func() { removeEngine(t, dir, group) })
	log, err := os.Create(filepath.Join(dir, "log"))
	if err == nil {
		err = errors.Join(
			os.WriteFile(filepath.Join(dir, "daemon.json"), []byte(p.configuration), 0o644),
			os.WriteFile(filepath.Join(dir, "resolv.conf"), []byte("nameserver "+Nameserver+"\n"), 0o644),
		)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	args := []string{
		"--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "slave",
		"sh", "-c", startDockerd, "sh", dir, group, p.dockerd,
	}
	cmd := exec.Command("unshare", slices.Concat(args, p.flags, flags)...)
	cmd.Stdout, cmd.Stderr = log, log
	if p.Version == nftables { // with this backend, dockerd does not turn it on
		labtest.Do(t, d.Namespace, func() error { return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0) })
	}
	labtest.Do(t, d.Namespace, cmd.Start)
	d.Root = fmt.Sprintf("/proc/%d/root", cmd.Process.Pid)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGKILL) // ends unshare, and with it the namespace of the processes
		<-ended
	})
	for limit := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if _, err := d.Docker(nil, "version"); err == nil {
			return d
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
