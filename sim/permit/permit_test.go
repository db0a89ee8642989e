package permit

import (
	"strings"
	"syscall"
	"testing"
)

// The evidence in different places, and the obstacle it indicates.
func TestUserNamespaces(t *testing.T) {
	fine := Evidence{Proc: true, Invalid: syscall.EINVAL, MaxUserNamespaces: "96343"}
	with := func(change func(*Evidence)) Evidence {
		e := fine
		change(&e)
		return e
	}
	for _, c := range []struct {
		name string
		e    Evidence
		want Obstacle
		try  string // a part of the remedy
	}{
		{"nothing", fine, None, "sudo tracer run flask-demo"},
		{"no /proc", Evidence{NewUser: syscall.ENOENT, Invalid: syscall.EINVAL}, NoProc, "mount -t proc proc /proc"},
		{"Docker without options", with(func(e *Evidence) {
			e.Container, e.NewUser, e.Invalid, e.Filtered = Docker, syscall.EPERM, syscall.EPERM, true
		}), Filter, "docker run --rm -it --user 65532 --cap-add SYS_ADMIN tracer run flask-demo"},
		{"a pod without options", with(func(e *Evidence) {
			e.Container, e.NewUser, e.Invalid, e.Filtered = Pod, syscall.EPERM, syscall.EPERM, true
		}), Filter, "capabilities: {add: [SYS_ADMIN]}"},
		{"a filter that looks at clone only", with(func(e *Evidence) {
			e.Container, e.NewUser, e.Filtered = Podman, syscall.EPERM, true
		}), Filter, "podman run --rm -it --user 65532 --cap-add SYS_ADMIN tracer run flask-demo"},
		{"a filter of systemd's", with(func(e *Evidence) { e.NewUser, e.Invalid, e.Filtered = syscall.EPERM, syscall.EPERM, true }), Filter, "RestrictNamespaces="},
		{"the limit", with(func(e *Evidence) { e.NewUser, e.MaxUserNamespaces = syscall.ENOSPC, "0" }), Limit, "sudo sysctl user.max_user_namespaces=10000"},
		{"the limit of the machine, in a container", with(func(e *Evidence) {
			e.Container, e.NewUser, e.MaxUserNamespaces, e.Filtered = Docker, syscall.ENOSPC, "0", true
		}), Limit, "sudo sysctl user.max_user_namespaces=10000   # on the machine that runs the container"},
		{"a limit further out", with(func(e *Evidence) { e.NewUser = syscall.ENOSPC }), EnclosingLimit, "user.max_user_namespaces"},
		{"Debian's switch", with(func(e *Evidence) { e.NewUser, e.Clone = syscall.EPERM, "0" }), Switch, "sudo sysctl kernel.unprivileged_userns_clone=1"},
		{"Debian's switch, and root", with(func(e *Evidence) { e.SysAdmin, e.Clone = true, "0" }), None, ""},
		{"AppArmor refuses", with(func(e *Evidence) { e.NewUser, e.AppArmorRestricted = syscall.EACCES, "1" }), AppArmor, "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"},
		{"AppArmor takes the capabilities", with(func(e *Evidence) { e.AppArmorRestricted, e.AppArmorLabel = "1", "unconfined" }), AppArmor, "apparmor_restrict"},
		{"AppArmor, in a container with a profile", with(func(e *Evidence) {
			e.AppArmorRestricted, e.AppArmorLabel = "1", "docker-default (enforce)"
		}), None, ""},
		{"something else", with(func(e *Evidence) { e.NewUser = syscall.EPERM }), Unknown, "sudo tracer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.e.UserNamespaces()
			if got != c.want {
				t.Errorf("%d, want %d", got, c.want)
			}
			if said := c.e.Explain(got); (said == "") != (got == None) {
				t.Errorf("it says %q", said)
			}
			r := c.e.Remedy(got, []string{"tracer", "run", "flask-demo"})
			if (r.Command == "") == (r.Otherwise == "") || !strings.Contains(r.Command+r.Otherwise, c.try) {
				t.Errorf("%+v, want %q", r, c.try)
			}
		})
	}
}

func TestParameters(t *testing.T) {
	for _, c := range []struct {
		name string
		e    Evidence
		want Obstacle
		try  string
	}{
		{"nothing", Evidence{Proc: true}, None, ""},
		{"Docker", Evidence{Proc: true, Container: Docker, Sysctls: syscall.EROFS}, ReadOnly, "--security-opt systempaths=unconfined tracer run"},
		{"Docker with AppArmor", Evidence{Proc: true, Container: Docker, Sysctls: syscall.EACCES, AppArmorLabel: "docker-default (enforce)"}, Profile, "docker run --rm -it --privileged tracer run"},
		{"Docker with AppArmor, read-only as well", Evidence{Proc: true, Container: Docker, Sysctls: syscall.EROFS, AppArmorLabel: "docker-default (enforce)"}, ReadOnly, "docker run --rm -it --privileged tracer run"},
		{"a pod", Evidence{Proc: true, Container: Pod, Sysctls: syscall.EROFS}, ReadOnly, "procMount: Unmasked"},
		{"no /proc", Evidence{Sysctls: syscall.ENOENT}, NoProc, "mount -t proc"},
		{"elsewhere", Evidence{Proc: true, Sysctls: syscall.EROFS}, ReadOnly, "a writable /proc/sys"},
	} {
		got := c.e.Parameters()
		if got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
		if r := c.e.Remedy(got, []string{"tracer", "run"}); !strings.Contains(r.Command+r.Otherwise, c.try) {
			t.Errorf("%s: %+v, want %q", c.name, r, c.try)
		}
	}
}
