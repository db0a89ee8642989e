package confine

import (
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// nobody is the user and group that own no files (the overflow IDs, proc(5)).
const nobody = 65534

// identity is the user and group of the second process, in its own user namespace and
// in this process's.
type identity struct {
	uid, gid             int  // in this namespace
	insideUID, insideGID int  // in the new one; the user is never 0
	groups               bool // supplementary groups can be dropped
	changeable           bool // this process may become another user
}

// whom chooses the second process's identity. For root it is the user who ran sudo, or
// nobody. If that user does not exist, as in a user namespace with a single user, or if
// root may not become another user, the current user is kept, under another ID.
func whom() identity {
	w := identity{uid: os.Geteuid(), gid: os.Getegid()}
	w.insideUID, w.insideGID = w.uid, w.gid
	if w.uid != 0 {
		return w
	}
	w.insideUID, w.insideGID = nobody, nobody
	const become = 1<<unix.CAP_SETUID | 1<<unix.CAP_SETGID
	if effective()&become != become {
		return w
	}
	uid, gid := sudo()
	if uids, gids := ownMap("uid_map"), ownMap("gid_map"); mapped(uids, uid) && mapped(gids, gid) {
		w = identity{uid: uid, gid: gid, insideUID: uid, insideGID: gid, changeable: true}
		setgroups, err := os.ReadFile("/proc/self/setgroups")
		w.groups = err == nil && strings.TrimSpace(string(setgroups)) == "allow"
	}
	return w
}

func ownMap(name string) []mapping {
	text, err := os.ReadFile("/proc/self/" + name)
	if err != nil {
		return nil
	}
	return parseMap(string(text))
}

// sudo returns the user and group of whoever ran sudo, or nobody's.
func sudo() (uid, gid int) {
	uid, err1 := strconv.Atoi(os.Getenv("SUDO_UID"))
	gid, err2 := strconv.Atoi(os.Getenv("SUDO_GID"))
	if err1 != nil || err2 != nil || uid <= 0 || gid <= 0 {
		return nobody, nobody
	}
	return uid, gid
}

// capabilities lists those of the second process over its user namespace: to create
// namespaces and mounts, to configure networks and capture packets, to listen on ports
// below 1024, and to restrict programs and change their root.
var capabilities = []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_NET_ADMIN, unix.CAP_NET_RAW, unix.CAP_NET_BIND_SERVICE, unix.CAP_SETPCAP, unix.CAP_SYS_CHROOT}

// namespace starts the second process in a user namespace in which only this identity
// exists.
func (w identity) namespace(attr *syscall.SysProcAttr) {
	attr.Cloneflags |= syscall.CLONE_NEWUSER
	attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: w.insideUID, HostID: w.uid, Size: 1}}
	attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: w.insideGID, HostID: w.gid, Size: 1}}
	attr.GidMappingsEnableSetgroups = w.groups
	attr.AmbientCaps = capabilities
	if w.insideUID != w.uid || w.changeable {
		attr.Credential = &syscall.Credential{Uid: uint32(w.insideUID), Gid: uint32(w.insideGID), NoSetGroups: !w.groups}
	}
}

// demoted starts the second process as this identity in the same user namespace.
func (w identity) demoted(attr *syscall.SysProcAttr) {
	attr.Credential = &syscall.Credential{Uid: uint32(w.uid), Gid: uint32(w.gid), NoSetGroups: !w.groups}
}
