package permit

import "strings"

// Remedy removes an obstacle: a command, or a description if no command can.
type Remedy struct{ Command, Otherwise string }

// image is the name of tracer's image, as in the documentation.
const image = "tracer"

// plain holds the docker run options for an unprivileged user. The default seccomp
// profiles of Docker and containerd allow user namespaces if CAP_SYS_ADMIN is in the
// bounding set; this user's processes do not have the capability themselves.
const plain = "--user 65532 --cap-add SYS_ADMIN"

// Remedy returns what removes an obstacle. args is the command line: the program's name,
// as it was invoked, and its arguments.
func (e *Evidence) Remedy(o Obstacle, args []string) Remedy {
	name, rest := "tracer", ""
	if len(args) > 0 {
		name = args[0]
		rest = strings.Join(append([]string{""}, args[1:]...), " ")
	}
	switch o {
	case NoProc:
		return Remedy{Command: "mount -t proc proc /proc"}
	case Filter:
		switch e.Container {
		case Docker:
			return Remedy{Command: "docker run --rm -it " + plain + " " + image + rest}
		case Podman:
			return Remedy{Command: "podman run --rm -it " + plain + " " + image + rest}
		case Pod:
			return Remedy{Otherwise: "in the container's securityContext: runAsUser: 65532, capabilities: {add: [SYS_ADMIN]}; in the pod: hostUsers: false"}
		}
		return Remedy{Otherwise: "run it without the filter: a systemd unit with RestrictNamespaces=, for example, sets one"}
	case Limit, EnclosingLimit:
		return e.outside("user.max_user_namespaces=10000")
	case Switch:
		return e.outside("kernel.unprivileged_userns_clone=1")
	case AppArmor:
		return e.outside("kernel.apparmor_restrict_unprivileged_userns=0")
	case ReadOnly, Profile:
		switch {
		case e.Container == Docker && e.confined():
			// Docker's AppArmor profile forbids it as well. Without a profile, Ubuntu
			// grants no capabilities in a plain user's namespaces, so it must be root.
			return Remedy{Command: "docker run --rm -it --privileged " + image + rest}
		case e.Container == Docker:
			return Remedy{Command: "docker run --rm -it " + plain + " --security-opt systempaths=unconfined " + image + rest}
		case e.Container == Podman:
			return Remedy{Command: "podman run --rm -it " + plain + " --security-opt unmask=/proc/sys " + image + rest}
		case e.Container == Pod:
			return Remedy{Otherwise: "in the container's securityContext: procMount: Unmasked"}
		}
		return Remedy{Otherwise: "a writable /proc/sys"}
	}
	if e.Container != NoContainer {
		return Remedy{Otherwise: "run it outside of the container"}
	}
	return Remedy{Command: "sudo " + name + rest}
}

// outside returns the command that sets a kernel parameter on the machine.
func (e *Evidence) outside(assignment string) Remedy {
	return Remedy{Command: e.OnMachine("sudo sysctl " + assignment)}
}

// OnMachine marks a command that must run on the machine rather than in this container.
func (e *Evidence) OnMachine(command string) string {
	if e.Container == NoContainer {
		return command
	}
	return command + "   # on the machine that runs the container"
}
