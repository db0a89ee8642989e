package nft

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tracer/sim/labtest"
	"tracer/sim/netns"
)

func TestMain(m *testing.M) { labtest.Main(m, nil) }

// nft runs nft in a namespace.
func nft(t testing.TB, ns *netns.Namespace, input string, args ...string) string {
	t.Helper()
	path := labtest.Peer(t, "nft")
	var out, problems bytes.Buffer
	labtest.Do(t, ns, func() error {
		cmd := exec.Command(path, args...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &problems
		if err := cmd.Run(); err != nil {
			t.Errorf("nft %s: %v\n%s", strings.Join(args, " "), err, &problems)
		}
		return nil
	})
	return out.String()
}

// list returns nft's listing without counts.
func list(t testing.TB, ns *netns.Namespace) string {
	return nft(t, ns, "", "--stateless", "list", "ruleset")
}

func read(t testing.TB, ns *netns.Namespace) (rs Ruleset) {
	t.Helper()
	labtest.Do(t, ns, func() (err error) {
		rs, _, err = Read(func(Family, string) bool { return true })
		return err
	})
	return rs
}

func parse(t testing.TB, text string) Ruleset {
	t.Helper()
	rs, err := Parse(text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return rs
}

// opaque returns the rules that are not understood.
func opaque(rs Ruleset) (list []string) {
	for _, t := range rs.Tables {
		for _, c := range t.Chains {
			for i := range c.Rules {
				if !c.Rules[i].Understood() {
					list = append(list, t.String()+" "+c.Name+" "+c.Rules[i].String())
				}
			}
		}
		for _, s := range t.Sets {
			if s.Unknown {
				list = append(list, t.String()+" set "+s.Name)
			}
		}
	}
	return list
}

// check compares tracer with nft on a ruleset in nft's own words: read what nft wrote, and have
// nft list what Install wrote.
func check(t testing.TB, text string) {
	t.Helper()
	theirs, ours := labtest.Namespace(t), labtest.Namespace(t)
	nft(t, theirs, text, "-f", "-")
	want := list(t, theirs)
	back := read(t, theirs)
	if lines := opaque(back); len(lines) > 0 {
		t.Errorf("not understood: %s", strings.Join(lines, "\n"))
	}
	if got := back.String(); got != want {
		t.Errorf("read back\n%s\nnft lists\n%s", got, want)
	}
	rs := parse(t, want)
	if got := rs.String(); got != want {
		t.Errorf("parsed\n%s\nnft lists\n%s", got, want)
	}
	labtest.Do(t, ours, func() error {
		if err := rs.Install(); err != nil {
			t.Error(err)
		}
		return nil
	})
	if got := list(t, ours); got != want {
		t.Errorf("installed, nft lists\n%s\nnot\n%s", got, want)
	}
	if got := read(t, ours).String(); got != want {
		t.Errorf("installed and read back\n%s\nnft lists\n%s", got, want)
	}
}

func file(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestForms: all statements, in all families.
func TestForms(t *testing.T) { check(t, file(t, "testdata/forms.nft")) }

// TestDocker: the rules that Engine 29.7.2 installs for a published port.
func TestDocker(t *testing.T) { check(t, file(t, "testdata/docker29.nft")) }

// TestEngine29: every rule list in the tests of Docker Engine 29, if its source is in Go's
// module cache: it is when the engine was built to compare with.
func TestEngine29(t *testing.T) {
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		labtest.Lack(t, "there is no go command: %v", err)
	}
	const lists = "github.com/moby/moby/v2@*/daemon/libnetwork/drivers/bridge/internal/nftabler/testdata/TestNftabler/*.golden"
	files, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(cache)), lists))
	if len(files) == 0 {
		labtest.Lack(t, "the source of Docker Engine 29 is not in Go's module cache")
	}
	seen := map[string]bool{}
	for _, f := range files {
		// nft 1.0.9 and later name the priority of nat at output, and moby's lists follow it.
		text := strings.ReplaceAll(file(t, f), "hook output priority dstnat", "hook output priority -100")
		if seen[text] {
			continue
		}
		seen[text] = true
		if testing.Short() && len(seen) > 10 {
			break
		}
		if check(t, text); t.Failed() {
			t.Fatal(f)
		}
	}
	t.Logf("%d rule lists of %d files", len(seen), len(files))
}

// TestReplace: installed twice, the tables are there once; other tables remain.
func TestReplace(t *testing.T) {
	ns := labtest.Namespace(t)
	nft(t, ns, "table inet other { chain c { accept\n }\n}\n", "-f", "-")
	rs := parse(t, file(t, "testdata/docker29.nft"))
	for range 2 {
		labtest.Do(t, ns, rs.Install)
	}
	want := "table inet other {\n\tchain c {\n\t\taccept\n\t}\n}\n" + rs.String()
	if got := list(t, ns); got != want {
		t.Errorf("nft lists\n%s", got)
	}
	labtest.Do(t, ns, func() error {
		if found, err := rs.Flush("ip docker-bridges"); err != nil || !found {
			t.Errorf("found: %v, %v", found, err)
		}
		return nil
	})
	for i := range rs.Tables[0].Chains {
		rs.Tables[0].Chains[i].Rules = nil
	}
	if got := read(t, ns).Tables[1:]; (Ruleset{got}).String() != rs.String() {
		t.Errorf("after a flush\n%s", Ruleset{got})
	}
}

// TestOpaque: what is not understood is opaque as a whole, and what is known about it is
// kept.
func TestOpaque(t *testing.T) {
	ns := labtest.Namespace(t)
	nft(t, ns, `table ip t {
	set timed { type ipv4_addr; timeout 1h; }
	set commented { type ipv4_addr; elements = { 10.0.0.1 comment "x" } }
	chain n {
		type nat hook postrouting priority srcnat;
		log prefix "x" snat to 10.0.0.1
		meta mark set 7
		tcp flags syn masquerade
		numgen random mod 2 == 0 accept
		ip saddr @timed accept
		ip dscp 0x10 drop
		counter accept
	}
}
`, "-f", "-")
	tables := read(t, ns).Neutral()
	chain := tables[0].Chain("n")
	for i, want := range []struct{ opaque, marks, nat bool }{
		{true, false, true}, {true, true, false}, {true, false, true}, {true, false, false}, {false, false, false}, {true, false, false}, {false, false, false},
	} {
		r := chain.Rules[i]
		if r.Opaque != want.opaque || r.Marks != want.marks || (r.NAT != nil) != want.nat {
			t.Errorf("%d: %+v", i, r)
		}
	}
	if !tables[0].Partial {
		t.Error("a listing would be incomplete, but that is not said")
	}
}
