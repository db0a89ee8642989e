package confine

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Capable reports whether this process may build labs: it has CAP_SYS_ADMIN and
// CAP_NET_ADMIN over the user namespace it is in.
func Capable() bool {
	const need = 1<<unix.CAP_SYS_ADMIN | 1<<unix.CAP_NET_ADMIN
	return effective()&need == need
}

// effective returns the first 32 effective capabilities.
func effective() uint32 {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var sets [2]unix.CapUserData
	if err := unix.Capget(&header, &sets[0]); err != nil {
		return 0
	}
	return sets[0].Effective
}

// Confined reports whether this process is like one that [Reexec] starts: not root, with
// capabilities over a user namespace in which no other user exists. It asks the kernel
// (user_namespaces(7)), never the environment.
func Confined() bool {
	text, err := os.ReadFile("/proc/self/uid_map")
	if err != nil {
		return false
	}
	m := parseMap(string(text))
	return len(m) == 1 && m[0].size == 1 && m[0].inside == os.Geteuid() && m[0].inside != 0 && Capable()
}

// mapping is one line of a uid_map or gid_map: size consecutive IDs, starting at inside
// in this namespace and at outside in its parent.
type mapping struct{ inside, outside, size int }

func parseMap(text string) (list []mapping) {
	for line := range strings.Lines(text) {
		var m mapping
		if _, err := fmt.Sscan(line, &m.inside, &m.outside, &m.size); err == nil {
			list = append(list, m)
		}
	}
	return list
}

// mapped reports whether an ID exists in the namespace that a map describes.
func mapped(list []mapping, id int) bool {
	for _, m := range list {
		if id >= m.inside && id-m.inside < m.size {
			return true
		}
	}
	return false
}
