package sim

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"tracer/sim/labtest"
	"tracer/sim/netns"
)

// TestSysctlsAreOwn: every parameter that a scenario may set belongs to one network
// namespace. Writing it in one changes neither another nor the test's own.
func TestSysctlsAreOwn(t *testing.T) {
	spaces := [2]*netns.Namespace{labtest.Namespace(t), labtest.Namespace(t)}
	value := func(ns *netns.Namespace, path string) (text string) {
		read := func() error {
			b, err := os.ReadFile(path)
			text = strings.Join(strings.Fields(string(b)), " ")
			return err
		}
		err := read()
		if ns != nil {
			err = ns.Do(read)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		return text
	}
	tried := 0
	for _, tunable := range tunables() {
		keys := []string{tunable.key}
		if strings.Contains(tunable.key, "*") {
			keys = nil
			for _, device := range []string{"lo", "default", "all"} {
				if device == "lo" || strings.Contains(tunable.key, ".conf.") {
					keys = append(keys, strings.Replace(tunable.key, "*", device, 1))
				}
			}
		}
		for _, key := range keys {
			s := Sysctl{Key: key}
			before := [2]string{value(spaces[1], s.path()), value(nil, s.path())}
			old := value(spaces[0], s.path())
			if old == "" {
				continue // this kernel does not have it
			}
			written := ""
			err := spaces[0].Do(func() (err error) {
				for _, s.Value = range tunable.value.examples() {
					if s.Value == old || s.check(nil) != nil {
						continue
					}
					if err = os.WriteFile(s.path(), []byte(s.Value), 0); err == nil {
						written = s.Value
						return nil
					}
				}
				return err
			})
			if err != nil || written == "" {
				t.Errorf("%s: no value could be written: %v", key, err)
				continue
			}
			tried++
			if now := value(spaces[0], s.path()); now == old {
				t.Errorf("%s: %s was written, and it is %s as before", key, written, now)
			}
			if after := [2]string{value(spaces[1], s.path()), value(nil, s.path())}; after != before {
				t.Errorf("%s: written to in one namespace, it changed elsewhere: %q became %q", key, before, after)
			}
		}
	}
	if tried < len(tunables())/2 {
		t.Errorf("only %d parameters were tried", tried)
	}
	t.Logf("%d parameters", tried)
}

// examples returns values of which at least one differs from any other value.
func (v value) examples() []string {
	if v.two {
		return []string{"20000 30000", "20001 30001"}
	}
	middle := (v.low + v.high) / 2
	return []string{strconv.Itoa(v.high), strconv.Itoa(v.low), strconv.Itoa(middle), strconv.Itoa(middle + 1)}
}

// TestNoSuchSysctl: a parameter that the kernel lacks is reported as such.
func TestNoSuchSysctl(t *testing.T) {
	var op *OpError
	n := &labNode{Node: Node{Name: "client"}}
	err := n.applySysctls([]Sysctl{{"net.ipv4.no_such_key", "1"}})
	if !errors.As(err, &op) || !errors.Is(err, ErrNotSupported) || op.Op != "set sysctl" || op.Node != "client" || op.Object != "net.ipv4.no_such_key" {
		t.Error(err)
	}
}
