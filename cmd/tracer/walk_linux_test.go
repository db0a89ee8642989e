package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
)

const dnatRule = "nat DOCKER ! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:5000"

// TestWalk goes to the reply's rewrite with keys only. There, the screen shows the old and
// new addresses, that conntrack rewrote them, and the rule and packet behind that.
func TestWalk(t *testing.T) {
	s := newScreen(t, 80, 24, "$TRACER replay flask-demo")
	s.await("question", "Where does it change", "any key begins the walk")
	s.press("Enter")
	s.await("#3 TCP SYN", "#3, hop 1", "sent by client on eth0")
	s.press("Right")
	s.await("#3, hop 2", "over the cable from client/eth0 to host/ens160", "unchanged")
	s.press("Right")
	s.await("#3, inside host", "inside host, after ens160", "prerouting")
	s.press("n")
	s.await("#3, inside host", "dst 192.168.52.203:80 ⇒ 172.17.0.2:5000", "by this DNAT rule; added to the conntrack entry", dnatRule, "prerouting✎")
	s.press("n") // the lesson expects this change, and that MASQUERADE counts nothing
	s.await("#3, inside host", "▸ ttl 64 ⇒ 63 by routing: 172.17.0.0/16 dev docker0")
	s.press("n")
	s.await("#3, inside host", "▸ nat POSTROUTING no rule decided: policy accept")
	s.press("n")
	s.await("#6 TCP SYN-ACK", "#6, inside host", "src 172.17.0.2:5000 ⇒ 192.168.52.203:80", "by conntrack at postrouting: the reverse of #3's DNAT",
		"#3 matched "+dnatRule, "no nat rule was evaluated", "postrouting✎")
	s.press("N")
	s.await("#3 TCP SYN", "#3, inside host")
	s.press("]")
	s.await("#3, hop 3", "inside host, from ens160 to docker0")
	s.press("Tab")
	s.await("nat DOCKER 0 -i docker0 -j RETURN", "▸ 1 ! -i docker0 -p tcp -m tcp --dport 80 -j DNAT")
	s.press("Tab")
	s.await("conntrack new when this packet passed", "translated: DNAT")
	s.press("u")
	s.await("new when this packet passed, finally tcp", "#5 ◀ ARP reply", "everything is shown")
	s.press("Tab")
	s.await("Ethernet 0+14", "✎ destination")
	s.press("Tab")
	s.await("0000 ", "bytes differ from the previous hop")
	s.press("g", "6", "Enter")
	s.await("#6 TCP SYN-ACK", "packet 6 of 14, hop 1 of 5")
	s.press("/", "f", "i", "n", "Enter")
	s.await("2 of 14", "packet 1 of 2", "#12 ▶ TCP FIN-ACK")
	s.press("Escape")
	s.await("packet 12 of 14")
	s.press("?")
	s.await("resend traffic", "turning point")
	s.press("?")
	s.await("packet 12 of 14")
	s.press("A")
	s.await("At postrouting on the host, and no rule does.", "what this disproves")
}

// TestWalkAgain: traffic sent again joins the list, and everything can be saved. A run has 14
// or 15 packets: a server that closes late first sends a separate ACK for the client's FIN.
func TestWalkAgain(t *testing.T) {
	needLab(t)
	s := newScreen(t, 120, 30, "$TRACER run flask-demo --no-mask; echo code $?")
	first := s.number(`packet 3 of (\d+)`)
	s.press("r")
	again := s.number(`sent again: (\d+) new packets`)
	if first < 14 || first > 15 || again < 10 || again > 11 {
		t.Errorf("%d packets, and then %d", first, again)
	}
	s.await(fmt.Sprintf("packet %d of %d", first+1, first+again), fmt.Sprintf("#%d TCP SYN", first+1))
	s.press("e")
	s.await("saved to flask-demo-trace")
	s.press("e")
	s.await("saved to flask-demo-trace-2")
	for _, name := range []string{"trace.json", "ens160.pcap", "docker0.pcap", "client-eth0.pcap"} {
		if _, err := os.Stat(filepath.Join(s.dir, "flask-demo-trace", name)); err != nil {
			t.Error(err)
		}
	}
	s.press("q")
	s.await(fmt.Sprintf("flask-demo: %d packets, all delivered; saved in flask-demo-trace-2", first+again), "code 0")
	if strings.Contains(s.text(), "╭") {
		t.Errorf("the walk is still on the screen:\n%s", s.text())
	}
}

// TestWalkSizes: the walk is usable at every size, no line is wider than the terminal, and
// it adapts when the terminal is resized.
func TestWalkSizes(t *testing.T) {
	s := newScreen(t, 60, 16, "$TRACER replay flask-demo --no-mask")
	s.await("client/eth0", "what happened", "sent by client on eth0")
	for _, size := range []struct {
		columns, rows int
		texts         []string
	}{
		{80, 24, []string{"╭ client", "packets", "hops", "what happened", "packet 3 of 14"}},
		{200, 50, []string{"╭ client", "packets", "hops", "nat POSTROUTING policy ACCEPT", "conntrack"}},
		{120, 30, []string{"╭ client", "capture complete"}},
		{60, 16, []string{"client/eth0", "hops"}},
		{40, 10, []string{"terminal too small: 40×10; 60×16 needed"}},
		{81, 25, []string{"╭ client", "packet 3 of 14"}},
	} {
		s.resize(size.columns, size.rows)
		s.await(size.texts...)
		lines := strings.Split(strings.TrimRight(s.text(), "\n"), "\n")
		if len(lines) > size.rows {
			t.Errorf("%d×%d: %d lines", size.columns, size.rows, len(lines))
		}
		for _, line := range lines {
			if lipgloss.Width(line) > size.columns {
				t.Errorf("%d×%d: %q has %d cells", size.columns, size.rows, line, lipgloss.Width(line))
			}
		}
	}
}

// TestWalkRestoresTheTerminal: however the walk ends, the terminal is restored, and one line
// summarizes the result.
func TestWalkRestoresTheTerminal(t *testing.T) {
	needLab(t)
	for _, c := range []struct {
		name, key, signal, code string
	}{
		{name: "q", key: "q", code: "code 0"},
		{name: "ctrl+c", key: "C-c", code: "code 0"},
		{name: "SIGTERM", signal: "TERM", code: "code 1"},
		{name: "SIGHUP", signal: "HUP", code: "code 1"},
		{name: "SIGINT", signal: "INT", code: "code 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScreen(t, 100, 24, `stty -g >before; sh -c 'echo $$ >pid; exec "$TRACER" run flask-demo --no-mask'; echo code $?; stty -g >after; echo the end`)
			count := s.number(`packet 3 of (\d+)`)
			if c.key != "" {
				s.press(c.key)
			} else {
				pid := strings.TrimSpace(s.file("pid"))
				if out, err := exec.Command("kill", "-"+c.signal, pid).CombinedOutput(); err != nil {
					t.Fatalf("%v: %s", err, out)
				}
			}
			s.await(fmt.Sprintf("flask-demo: %d packets, all delivered; not saved", count), c.code, "the end")
			if before, after := s.file("before"), s.file("after"); before != after {
				t.Errorf("the terminal's settings were %s, and are %s", before, after)
			}
			if strings.Contains(s.text(), "╭") || s.do("display", "-p", "#{alternate_on} #{cursor_flag} #{mouse_any_flag}") != "0 1 0\n" {
				t.Errorf("the terminal is not as it was: %s\n%s", s.do("display", "-p", "#{alternate_on} #{cursor_flag} #{mouse_any_flag}"), s.text())
			}
		})
	}
}

// TestWalkColours: there are colors unless disabled. Without them, there are still signs.
func TestWalkColours(t *testing.T) {
	for script, coloured := range map[string]bool{
		"$TRACER replay flask-demo":                       true,
		"NO_COLOR= $TRACER replay flask-demo":             true,
		"NO_COLOR=please $TRACER replay flask-demo":       false,
		"$TRACER replay flask-demo --color never":         false,
		"$TRACER replay flask-demo --ascii --color never": false,
	} {
		s := newScreen(t, 80, 24, script)
		s.await("any key begins the walk")
		s.press("Enter")
		s.await("#3, hop 1")
		s.press("n")
		s.await("#3, inside host")
		screen := s.do("capture-pane", "-e", "-p")
		if got := strings.Contains(screen, "\x1b[38;"); got != coloured {
			t.Errorf("%s: colours: %v", script, got)
		}
		if ascii := strings.Contains(script, "--ascii"); ascii != strings.Contains(screen, "* dst") || ascii == strings.Contains(screen, "✎ dst") {
			t.Errorf("%s: the change is not marked:\n%s", script, s.text())
		}
	}
}

// TestNoWalk: without a terminal, there is no walk and no escape sequence.
func TestNoWalk(t *testing.T) {
	needLab(t)
	if r := tracer(t, "run", "flask-demo"); r.code != 0 || strings.Contains(r.stdout+r.stderr, "\x1b") || !strings.Contains(r.stdout, "#3  TCP SYN") {
		t.Errorf("code %d: %s%s", r.code, r.stdout, r.stderr)
	}
	if r := tracer(t, "run", "flask-demo", "--view", "tui"); r.code != exitUsage || !strings.Contains(r.stderr, "--view tui needs standard input and output to be a terminal") {
		t.Errorf("code %d: %s", r.code, r.stderr)
	}
}

// TestFileNotShown: what is meant for another program is not written to a terminal.
func TestFileNotShown(t *testing.T) {
	for call, want := range map[string]string{
		"export flask-demo":                                             "pcapng is binary, and standard output is a terminal; use --out FILE",
		"export flask-demo --format html":                               "html is for a browser, and standard output is a terminal; use --out FILE",
		"compare flask-demo --fault forward-drop --format html":         "html is for a browser, and standard output is a terminal; use --out FILE",
		"compare flask-demo --fault forward-drop --format html --out -": "html is for a browser, and standard output is a terminal; use --out FILE",
	} {
		newScreen(t, 120, 30, "$TRACER "+call+"; echo code $?").await(want, "code 2")
	}
}
