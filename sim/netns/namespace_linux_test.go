package netns_test

import (
	"errors"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"tracer/sim/labtest"
	"tracer/sim/netns"
)

func TestMain(m *testing.M) { labtest.Main(m, nil) }

// own identifies the calling thread's network namespace.
func own(t testing.TB) string {
	t.Helper()
	name, err := os.Readlink("/proc/thread-self/ns/net")
	if err != nil {
		t.Error(err)
	}
	return name
}

// in identifies the namespace that f runs in.
func in(t testing.TB, ns *netns.Namespace) (name string) {
	t.Helper()
	if err := ns.Do(func() error { name = own(t); return nil }); err != nil {
		t.Error(err)
	}
	return name
}

// Each Namespace is distinct and stays the same, and the machine's own is untouched.
func TestDo(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := own(t)
	a, b := labtest.Namespace(t), labtest.Namespace(t)
	first := in(t, a)
	if other := in(t, b); first == other || first == before || other == before {
		t.Errorf("the machine's is %s, the others are %s and %s", before, first, other)
	}
	for range 100 {
		if again := in(t, a); again != first {
			t.Fatalf("%s is now %s", first, again)
		}
	}
	if after := own(t); after != before {
		t.Errorf("this thread was in %s and is in %s", before, after)
	}
	main, err := os.Readlink("/proc/self/ns/net")
	if err != nil || main != before {
		t.Errorf("the main thread is in %s, not in %s: %v", main, before, err)
	}
	if err := a.Do(func() error { return unix.ENOENT }); err != unix.ENOENT {
		t.Errorf("f's error became %v", err)
	}
}

// A socket stays where it was opened: two listen on the same address.
func TestSockets(t *testing.T) {
	for _, ns := range []*netns.Namespace{labtest.Namespace(t), labtest.Namespace(t)} {
		err := ns.Do(func() error {
			l, err := net.Listen("tcp4", "0.0.0.0:80")
			if err == nil {
				t.Cleanup(func() { l.Close() })
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// A joined thread works in the same namespace concurrently, and outlives the first
// thread.
func TestJoin(t *testing.T) {
	a, err := netns.New()
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	b, err := a.Join()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var first, second string
	err = a.Do(func() error {
		first = own(t)
		return b.Do(func() error { second = own(t); return nil }) // while a is busy
	})
	if err != nil || first != second {
		t.Errorf("joined %s, is in %s: %v", first, second, err)
	}
	a.Close()
	if after := in(t, b); after != first {
		t.Errorf("after the first thread's end %s is %s", first, after)
	}
}

// A namespace created in a parent has its own TCP table, not the parent's.
func TestParent(t *testing.T) {
	parent, err := netns.NewParent()
	if err != nil {
		t.Fatal(err)
	}
	defer parent.Close()
	child, err := parent.New()
	if err != nil {
		t.Fatal(err)
	}
	defer child.Close()
	if in(t, parent) == in(t, child) {
		t.Error("the child is its parent")
	}
	parent.Close()
	err = child.Do(func() error {
		// Negative where the table is shared (proc_tcp_ehash_entries in net/ipv4/sysctl_net_ipv4.c).
		entries, err := os.ReadFile("/proc/sys/net/ipv4/tcp_ehash_entries")
		if errors.Is(err, os.ErrNotExist) {
			t.Log("before Linux 6.1 all namespaces share one table")
			return nil
		}
		if got := strings.TrimSpace(string(entries)); err == nil && got != "1024" {
			t.Errorf("a table of %s entries", got)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// After Close nothing can run; an f that ends its goroutine ends the thread.
func TestClose(t *testing.T) {
	for name, end := range map[string]func(*netns.Namespace){
		"closed":   (*netns.Namespace).Close,
		"f exited": func(ns *netns.Namespace) { _ = ns.Do(func() error { runtime.Goexit(); return nil }) },
	} {
		ns, err := netns.New()
		if err != nil {
			t.Fatal(err)
		}
		end(ns)
		if err := ns.Do(func() error { return nil }); !errors.Is(err, netns.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
		ns.Close()
		ns.Close()
	}
}

// Many namespaces leave no thread and no descriptor behind.
func TestNothingLeft(t *testing.T) {
	count := func(dir string) int {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	labtest.Namespace(t).Close() // lets the runtime start its own threads
	threads, files := count("/proc/self/task"), count("/proc/self/fd")
	for range 200 {
		ns, err := netns.New()
		if err != nil {
			t.Fatal(err)
		}
		ns.Close()
	}
	if now := count("/proc/self/fd"); now != files {
		t.Errorf("%d descriptors, before %d", now, files)
	}
	if now := count("/proc/self/task"); now > threads+20 { // some are still ending, others are kept by the runtime
		t.Errorf("%d threads, before %d", now, threads)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		ns, err := netns.New()
		if err != nil {
			b.Fatal(err)
		}
		ns.Close()
	}
}

func BenchmarkDo(b *testing.B) {
	ns := labtest.Namespace(b)
	for b.Loop() {
		if err := ns.Do(func() error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
