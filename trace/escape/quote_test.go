package escape

import (
	"os/exec"
	"strings"
	"testing"

	"tracer/sim/labtest"
)

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{
		"":                  "''",
		"python3":           "python3",
		"./app.py":          "./app.py",
		"a b":               "'a b'",
		"it's":              `'it'\''s'`,
		"$(reboot)":         "'$(reboot)'",
		"~":                 "'~'",
		"A=b":               "'A=b'",
		`C:\n`:              `'C:\n'`,
		"a\nb":              `$'a\nb'`,
		"\r\x1b[2K'\\":      `$'\r\x1b[2K\'\\'`,
		"\x80\u00e9":        `$'\x80\u00e9'`,
		"\u0441url":         `$'\u0441url'`,
		"\U000e0041\u202ea": `$'\U000e0041\u202ea'`,
	} {
		if got := Quote(in); got != want {
			t.Errorf("%q: %s, not %s", in, got, want)
		}
	}
	if got := Command([]string{"sh", "-c", "echo hi; sleep 1"}); got != "sh -c 'echo hi; sleep 1'" {
		t.Error(got)
	}
}

// TestShellAgrees: a shell reads back the arguments that were quoted.
func TestShellAgrees(t *testing.T) {
	bash := labtest.Peer(t, "bash")
	random := labtest.Random(t)
	args := []string{"", "a", "'", `\`, "\xff", "\u202e", "é", "\x1b]0;x\x07", "a\nb\n", "-n", "*", "!x", "{a,b}", "#", "~root", "\xe2\x82"}
	for range 300 {
		b := make([]byte, 1+random.IntN(6))
		for i := range b {
			b[i] = byte(1 + random.IntN(255)) // an argument has no NUL
		}
		args = append(args, string(b))
	}
	cmd := exec.Command(bash, "-c", `printf '%s\0' `+Command(args))
	cmd.Env = []string{"LC_ALL=C.UTF-8"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if got != args[i] {
			t.Errorf("%s is %q to bash, not %q", Quote(args[i]), got, args[i])
		}
	}
}
