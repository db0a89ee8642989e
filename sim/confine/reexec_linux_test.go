package confine

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// answering plays both processes of TestAsk: the first opens a file and answers
// requests, the second reads the file and sends them.
func answering(second func() int, reexec func(Second) (int, error)) int {
	if IsSecond() {
		return second()
	}
	f, err := os.Open(os.Getenv("TRACER_TEST_FILE"))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	code, err := reexec(Second{Input: []byte("the input"), Files: []*os.File{f}, Handlers: Handlers{
		"upper": func(argument []byte, file *os.File) ([]byte, error) {
			text, err := io.ReadAll(file)
			return []byte(strings.ToUpper(string(argument) + " " + string(text))), err
		},
		"full": func([]byte, *os.File) ([]byte, error) {
			return nil, &os.PathError{Op: "write", Path: "x", Err: unix.ENOSPC}
		},
		"done": func([]byte, *os.File) ([]byte, error) { return nil, nil },
	}})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	return code
}

// ask2 is the second process.
func ask2() int {
	h, ok := Received()
	if !ok || len(h.Files) != 1 {
		fmt.Println("nothing was received")
		return 1
	}
	text, err := io.ReadAll(h.Files[0])
	fmt.Println(string(h.Input), string(text), err)
	f, err := memory("f", []byte("file"))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	answer, err := Ask("upper", []byte("argument"), f)
	fmt.Println(string(answer), err)
	_, full := Ask("full", nil, nil)
	fmt.Println(full, errors.Is(full, unix.ENOSPC))
	_, done := Ask("done", nil, nil)
	_, other := Ask("other", nil, nil)
	_, long := Ask("done", make([]byte, longest+1), nil)
	fmt.Println(done, other, long != nil)
	_, unread := os.ReadFile(os.Getenv("TRACER_TEST_FILE"))
	fmt.Println(os.Geteuid() != 0, errors.Is(unread, os.ErrPermission), Confined(), Capable())
	return 7
}

// The second process can read a file that the first opened, though it could not open it
// itself, and its requests are carried out.
func TestAsk(t *testing.T) {
	path := t.TempDir() + "/file"
	if err := os.WriteFile(path, []byte("root's own"), 0o600); err != nil {
		t.Fatal(err)
	}
	root := os.Geteuid() == 0
	for name, confined := range map[string]bool{"reexec": true, "demote": false} {
		if !confined && !Demotable() {
			continue
		}
		out, err := child(t, name, nil, "TRACER_TEST_FILE="+path)
		want := "the input root's own <nil>\nARGUMENT FILE <nil>\nwrite x: no space left on device true\n<nil> unknown request \"other\" true\n" +
			fmt.Sprintln(true, root, confined, confined)
		if err == nil || err.Error() != "exit status 7" || out != want {
			t.Errorf("%s: %v, %q, want %q", name, err, out, want)
		}
	}
}

// No environment variable makes a process believe that it is confined.
func TestEnvironment(t *testing.T) {
	for _, env := range []string{"TRACER_IN_USER_NAMESPACE=1", "TRACER_QUEUES=3", "TRACER_INPUT=3", "TRACER_CONFINED=1"} {
		out, err := child(t, "believe", nil, env)
		if err != nil || out != "false false false\n" {
			t.Errorf("%s: %q, %v", env, out, err)
		}
	}
}

func believe() int {
	_, received := Received()
	fmt.Println(Confined(), IsSecond(), received)
	return 0
}

// Root's second process runs as the user who ran sudo, if there is one.
func TestSudo(t *testing.T) {
	if !Demotable() {
		t.Skip("only root can become another user")
	}
	none := fmt.Sprintf("%d %d []", nobody, nobody)
	for _, c := range []struct {
		env  []string
		want string
	}{
		{[]string{"SUDO_UID=12345", "SUDO_GID=12346"}, "12345 12346 []"},
		{[]string{"SUDO_UID=0", "SUDO_GID=0"}, none},
		{[]string{"SUDO_UID=x", "SUDO_GID=1"}, none},
		{[]string{"SUDO_UID=", "SUDO_GID="}, none},
	} {
		for _, name := range []string{"identity", "demoted identity"} {
			out, err := child(t, name, &syscall.SysProcAttr{Credential: &syscall.Credential{Groups: []uint32{0, 42}}}, c.env...)
			if err != nil || strings.TrimSpace(out) != c.want {
				t.Errorf("%s, %q: %q, want %q, %v", name, c.env, out, c.want, err)
			}
		}
	}
}

func tellIdentity() int {
	groups, _ := os.Getgroups()
	fmt.Println(os.Geteuid(), os.Getegid(), groups)
	return 0
}
