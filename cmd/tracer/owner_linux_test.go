package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"tracer/sim/labtest"
)

// With sudo, the files of a run belong to the user, and existing files keep their owners.
func TestOwner(t *testing.T) {
	needLab(t)
	if !labtest.MachineRoot(t) {
		t.Skip("only root can give files away")
	}
	there := t.TempDir()
	made := filepath.Join(there, "new", "deep")
	for _, args := range [][]string{
		{"run", "flask-demo", "--out", there}, {"run", "flask-demo", "--out", made},
		{"export", "flask-demo", "--format", "pcap", "--out", filepath.Join(there, "pcaps")},
	} {
		cmd := command(args...)
		cmd.Env = append(cmd.Env, "SUDO_UID=12345", "SUDO_GID=12346")
		if r := finish(t, cmd); r.code != 0 {
			t.Fatalf("%q: %+v", args, r)
		}
	}
	for path, user := range map[string]bool{
		there: false, filepath.Join(there, "trace.json"): true,
		filepath.Dir(made): true, made: true, filepath.Join(made, "docker0.pcap"): true,
		filepath.Join(there, "pcaps"): true, filepath.Join(there, "pcaps", "docker0.pcap"): true,
	} {
		info, err := os.Lstat(path)
		if err != nil {
			t.Error(err)
			continue
		}
		of := info.Sys().(*syscall.Stat_t)
		if got := of.Uid == 12345 && of.Gid == 12346; got != user {
			t.Errorf("%s belongs to %d:%d", path, of.Uid, of.Gid)
		}
	}
}
