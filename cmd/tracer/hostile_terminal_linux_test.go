package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// rawTerminal opens a terminal that adds no carriage returns, so its output is exactly what
// was written.
func rawTerminal(t *testing.T, columns uint16) (master, slave *os.File) {
	t.Helper()
	t.Setenv("TERM", "xterm-256color")
	t.Setenv("NO_COLOR", "")
	master, slave = terminal(t, columns)
	settings, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	settings.Oflag &^= unix.OPOST
	settings.Lflag &^= unix.ECHO | unix.ICANON | unix.ISIG
	settings.Iflag &^= unix.ICRNL
	if err := unix.IoctlSetTermios(int(slave.Fd()), unix.TCSETS, settings); err != nil {
		t.Fatal(err)
	}
	return master, slave
}

// seen runs the command in this process, with both outputs on a terminal, and returns what
// it wrote.
func seen(t *testing.T, args ...string) string {
	t.Helper()
	master, slave := rawTerminal(t, 100)
	read := make(chan string)
	go func() {
		b, _ := io.ReadAll(master) // ends with EIO, when the other end is closed
		read <- string(b)
	}()
	stdout, stderr := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = slave, slave
	run(args)
	os.Stdout, os.Stderr = stdout, stderr
	slave.Close()
	return <-read
}

// TestHostileTerminal repeats the tests with output to a terminal.
func TestHostileTerminal(t *testing.T) {
	if withRace {
		t.Skip("one goroutine, and minutes under the race detector")
	}
	if !unprivileged(t) {
		return
	}
	captures := dockerCaptures()
	texts := slices.Concat(hostile, hostileBytes)
	docs := recorded(t)
	for i, s := range texts {
		dir := t.TempDir()
		name := strings.NewReplacer("/", "_", "\x00", "_", "=", "_").Replace(s)
		with := docs[i%len(docs)]
		for _, was := range []string{"client", "host/ens160", "host", "ens160", "client-eth0", "flask-demo", "nat", "postrouting", "200 Hello", "TCP SYN"} {
			with = renamed(with, was, s+was)
		}
		doc, err := json.Marshal(with)
		if err != nil {
			t.Fatal(err)
		}
		trace := save1(t, filepath.Join(dir, name+"-trace.json"), string(doc))
		capture := save1(t, filepath.Join(dir, name+".pcapng"), string(hostileCapture(t, captures[0], s)))
		torn := save1(t, filepath.Join(dir, name+"-torn"), string(hostileCapture(t, captures[0], s)[:2000]))
		quoted, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		scenario := save1(t, filepath.Join(dir, name+".yaml"), embedded(t, "title:", "answer: "+string(quoted)+"\ntitle: "+string(quoted)+" #"))
		for _, args := range [][]string{
			{"replay", trace, "--view", "text", "--unmatched"}, {"replay", trace, "--view", "json"}, {"replay", trace, "--view", "text", "--filter", s},
			{"explain", capture, captures[1], "--view", "text"}, {"explain", torn, "--view", "text"}, {"explain", name + "=" + capture, captures[1], "--view", "json"},
			{"show", scenario, "--answer"}, {"show", "flask-demo", "--fault", s}, {"show", name}, {s},
			{"export", trace, "--format", "text"}, {"export", trace, "--format", s},
		} {
			if args[0] == "replay" && !strings.Contains(seen(t, args...), "\x1b[1m") && !slices.Contains(args, "json") {
				t.Errorf("%q: no styles, and so no view", s)
			}
			printed := strings.ReplaceAll(seen(t, args...), clearLine, "")
			// Progress has its own line until it is erased.
			harmless(t, "on a terminal: "+strings.Join(args, " "), printed, true)
		}
	}
}

// TestHostileProgram checks the output of a program that fails.
func TestHostileProgram(t *testing.T) {
	if !unprivileged(t) {
		return
	}
	needLab(t)
	for _, s := range []string{"\x1b]52;c;eA==\x07\n" + forged + "\n\u009b2J\u202e\x9b", "a\r\x1b[2Kb\ttry: c"} {
		octal := ""
		for i := range len(s) {
			octal += fmt.Sprintf(`\\%03o`, s[i])
		}
		file := write(t, "hostile.yaml", embedded(t, "http: { port: 5000, body: Hello }", `exec: { port: 5000, command: [sh, -c, "printf '`+octal+`'; exit 1"] }`))
		r := tracer(t, "run", file, "--allow-exec")
		harmless(t, "a program's output", r.stdout+r.stderr, false)
		errorsInLines(t, "a program's output", r.stderr)
		if r.code != exitFailed || !strings.Contains(r.stderr, "it printed: ") || !strings.Contains(r.stderr, `\x1b`) || strings.Count(r.stderr, "\n") != 1 {
			t.Errorf("%+v", r)
		}
	}
}

// TestHostileWalk: the walk writes its own sequences, but none from a trace. The line it
// prints at the end is like any other.
func TestHostileWalk(t *testing.T) {
	if !unprivileged(t) {
		return
	}
	for i, s := range []string{"\x1b]52;c;ZXZpbA==\x07", "\u009d0;pwned\u009c", "\x1b[8;31mx", "\u202epwned\u2066", "x\n" + forged} {
		with := recorded(t)[i%3]
		for _, was := range []string{"flask-demo", "unpublished", "explain", "client", "host", "flask", "eth0", "client-eth0", "TCP SYN", "nat", "filter"} {
			with = renamed(with, was, s+was)
		}
		doc, err := json.Marshal(with)
		if err != nil {
			t.Fatal(err)
		}
		path := write(t, "trace.json", string(doc))
		master, slave := rawTerminal(t, 120)
		cmd := command("replay", path)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		slave.Close()
		var all strings.Builder
		drawn := make(chan struct{}, 1)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			b := make([]byte, 64<<10)
			for {
				n, err := master.Read(b)
				all.Write(b[:n])
				select {
				case drawn <- struct{}{}:
				default:
				}
				if err != nil {
					return
				}
			}
		}()
		timeout := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
		<-drawn
		for _, key := range []string{"n", "\t", "\t", "\t", "\t", "/zz\r", "q"} {
			select { // some keys change nothing
			case <-drawn:
			case <-time.After(100 * time.Millisecond):
			}
			if _, err := master.WriteString(key); err != nil {
				t.Fatal(err)
			}
		}
		<-ended
		timeout.Stop()
		if err := cmd.Wait(); err != nil {
			t.Errorf("%q: %v", s, err)
		}
		for _, part := range []string{s, "\x1b]52;", "\u009d", "\u202e", "\u2066", "\x1b[8;31m", "\n" + forged} {
			if strings.Contains(all.String(), part) {
				t.Errorf("%q got to the terminal", part)
			}
		}
		if left := all.String()[strings.LastIndex(all.String(), "\x1b"):]; !strings.Contains(left, " packets") || !strings.HasSuffix(left, "\n") {
			t.Errorf("%q: the last line is %q", s, left)
		}
	}
}
