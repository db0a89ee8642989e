package sim

import "golang.org/x/sys/unix"

// System returns the operating system and its release: "Linux 6.18.0".
func System() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return "Linux"
	}
	return "Linux " + unix.ByteSliceToString(u.Release[:])
}
