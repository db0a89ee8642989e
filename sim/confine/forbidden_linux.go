package confine

import (
	"fmt"
	"os"
	"strings"
)

// Forbidden returns how this machine forbids plain users to have user namespaces,
// by the switches that distributions have for that: the one that says so, and the
// command that turns it. Both are empty where none does.
func Forbidden() (by, command string) {
	for _, s := range []struct{ key, bad, good string }{
		{"user.max_user_namespaces", "0", "10000"},
		{"kernel.unprivileged_userns_clone", "0", "1"},             // Debian
		{"kernel.apparmor_restrict_unprivileged_userns", "1", "0"}, // Ubuntu
	} {
		b, err := os.ReadFile("/proc/sys/" + strings.ReplaceAll(s.key, ".", "/"))
		if err == nil && strings.TrimSpace(string(b)) == s.bad {
			return s.key + "=" + s.bad, fmt.Sprintf("sudo sysctl %s=%s", s.key, s.good)
		}
	}
	return "", ""
}
