package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"tracer/sim/labtest"
)

// If /proc is missing or not writable, the error says so, instead of naming a consequence.
func TestProc(t *testing.T) {
	needLab(t)
	const none, readOnly = "mount -t tmpfs none /proc", "mount --rbind /proc/sys /proc/sys && mount -o remount,ro,bind /proc/sys"
	for _, c := range []struct {
		name, mount string
		args        []string
		code        int
		says        []string
	}{
		{"none: run", none, []string{"run", "flask-demo"}, exitNotPermitted, []string{"tracer: not permitted: /proc is not mounted\ntry: mount -t proc proc /proc\n"}},
		{"none: doctor", none, []string{"doctor"}, exitNotPermitted, []string{"no   network namespaces", "/proc is not mounted", "try: mount -t proc proc /proc", "flask-demo cannot run here"}},
		{"none: replay", none, []string{"replay", "flask-demo"}, 0, []string{"#3  TCP SYN"}},
		{"read-only: run", readOnly, []string{"run", "flask-demo"}, 0, []string{"#3  TCP SYN"}},
		{"read-only: doctor", readOnly, []string{"doctor"}, 0, []string{"no   kernel parameters", "/proc/sys is read-only", "flask-demo can run here"}},
		{"read-only: what needs it", readOnly, []string{"run", "bridge-netfilter", "--fault", "bridge-nf-off"}, exitNotPermitted,
			[]string{"set sysctl host/net.bridge.bridge-nf-call-iptables: kernel parameters cannot be set here: read-only file system\ntry: a writable /proc/sys\n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := without(t, c.mount, c.args...)
			if r.code != c.code {
				t.Errorf("code %d", r.code)
			}
			for _, want := range c.says {
				if !strings.Contains(r.stdout+r.stderr, want) {
					t.Errorf("it does not say %q:\n%s%s", want, r.stdout, r.stderr)
				}
			}
		})
	}
}

// without runs tracer after a mount, in its own mount namespace.
func without(t *testing.T, mount string, args ...string) result {
	t.Helper()
	labtest.Peer(t, "unshare")
	labtest.Peer(t, "mount")
	cmd := exec.Command("unshare", append([]string{"--user", "--map-root-user", "--mount", "sh", "-c", mount + ` && exec "$@"`, "sh", os.Args[0]}, args...)...)
	cmd.Env = command().Env
	return finish(t, cmd)
}
