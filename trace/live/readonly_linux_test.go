package live

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"tracer/scenarios"
	"tracer/sim"
)

// readOnly is the environment variable that makes /proc/sys read-only for the test binary,
// as it is in most containers.
const readOnly = "TRACER_TEST_READ_ONLY"

// TestReadOnlySysctls: scenarios produce the same journeys where /proc/sys is read-only.
//
//	┌ mount namespace of this test's own ┐
//	│ /proc                              │
//	│ └─ /proc/sys  bind mount, ro       │
//	└────────────────────────────────────┘
func TestReadOnlySysctls(t *testing.T) {
	if os.Getenv(readOnly) != "" {
		t.Skip("this is it")
	}
	cmd := exec.Command("/proc/self/exe", "-test.run=^(TestScenarios|TestRepeat|TestOutOfReach)$",
		"-test.skip=Scenarios/bridge-netfilter/bridge-nf-off|Scenarios/published-ipv6|Repeat/bridge_netfilter_off|Repeat/neither", "-test.v")
	cmd.Env = append(os.Environ(), readOnly+"=1", "TRACER_RUNS=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, ran := range []string{"TestOutOfReach", "TestScenarios/flask-demo/ip-forward-off", "TestScenarios/metadata-dnat", "TestRepeat/bridge_netfilter_on"} {
		if !strings.Contains(string(out), "--- PASS: "+ran+" ") {
			t.Errorf("%s did not run:\n%s", ran, out)
		}
	}
}

// makeReadOnly makes /proc/sys read-only, for TestMain.
func makeReadOnly() error {
	const sysctls = "/proc/sys"
	return errors.Join(
		unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""),
		unix.Mount(sysctls, sysctls, "", unix.MS_BIND|unix.MS_REC, ""),
		unix.Mount("", sysctls, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""),
	)
}

// TestOutOfReach: errors name the required parameters that cannot be set without /proc/sys,
// and ip_forward is shown with its actual value, along with the interfaces' settings.
func TestOutOfReach(t *testing.T) {
	if os.Getenv(readOnly) == "" {
		t.Skip("TestReadOnlySysctls runs it")
	}
	for _, c := range []struct{ name, fault, key string }{
		{"bridge-netfilter", "bridge-nf-off", "net.bridge.bridge-nf-call-iptables"}, {"published-ipv6", "", "net.ipv6.conf.default.forwarding"},
	} {
		s, err := scenarios.Load(c.name)
		if err == nil && c.fault != "" {
			s, err = s.WithFault(c.fault)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err = Run(t.Context(), s, Options{}); !errors.Is(err, sim.ErrReadOnly) || !strings.Contains(err.Error(), c.key) {
			t.Errorf("%s: %v", c.name, err)
		}
	}

	reads, err := os.ReadFile("/proc/sys/net/ipv4/ip_forward") // the value in new namespaces
	if err != nil {
		t.Fatal(err)
	}
	host := flask(t, "1", Options{}).State.Node("host")
	if host.Forwarding != (strings.TrimSpace(string(reads)) == "1") {
		t.Errorf("ip_forward reads %s, and is shown as %v", reads, host.Forwarding)
	}
	for _, i := range host.Interfaces {
		if !i.Forwarding {
			t.Errorf("%s does not forward", i.Name)
		}
	}
}
