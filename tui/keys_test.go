package tui

import (
	"strings"
	"testing"

	"tracer/trace"
)

// TestKeys checks where each key leads from the start of flask-demo: packet #3, the first
// with a rewrite.
func TestKeys(t *testing.T) {
	for keys, want := range map[string]string{
		"":                              "#3.1",
		"right":                         "#3.2",
		"l l":                           "#3.3:0", // prerouting
		"l l l l l":                     "#3.3:3", // the rule that jumps to DOCKER
		"l l l l l h":                   "#3.3:2",
		"]":                             "#3.2",
		"] ] shift+right shift+right":   "#3.5",
		"] ] ] ] ]":                     "#3.6", // its end
		"] ] ] ] ] ]":                   "#4.1", // on to the next packet
		"] ] ] ] ] right":               "#4.1",
		"l l l l l ]":                   "#3.3",
		"l l l l l [":                   "#3.2",
		"] ] [":                         "#3.2",
		"left":                          "#2.3", // back to the end of the previous one
		"[":                             "#2.3",
		"[ shift+left":                  "#2.2",
		"h h h h h h h h":               "#1.1",
		"down":                          "#4.1",
		"up up up":                      "#1.1",
		"n":                             "#3.3:4", // the DNAT rule's change
		"n n":                           "#6.4:5",
		"n n N":                         "#3.3:4",
		"n n n":                         "#7.3:1",
		"n n n n":                       "#7.3:1", // the others show nothing new
		"N":                             "#3.1",   // there is no earlier one
		"end":                           "#3.6",
		"end home":                      "#3.1",
		">":                             "#14.6", // the end of a folded run
		"> right":                       "#14.6",
		"> left":                        "#7.6",
		"> [":                           "#7.6",
		"> up":                          "#7.1",
		"> up down":                     "#14.6",
		"> home":                        "#14.6",
		"> enter":                       "#8.1",
		"> enter > right":               "#14.2",
		"> enter > enter":               "#14.6",
		"> n":                           "#14.6",
		"> enter n":                     "#8.3:1",
		"g 7 enter ] ] ] ] ] ]":         "#14.6",
		"g 7 enter end right":           "#14.6",
		"g 9 enter down":                "#10.1", // opened
		"<":                             "#1.1",
		"< left":                        "#1.1",
		"g 1 2 enter":                   "#12.1",
		"# # 9 enter":                   "#9.1",
		"g 9 9 enter":                   "#3.1",
		"g x enter":                     "#3.1",
		"g 7 esc":                       "#3.1",
		"/ f i n enter":                 "#12.1",
		"/ f i n enter right":           "#12.2",
		"/ f i n enter down":            "#13.1",
		"/ f i n esc":                   "#3.1", // back to where the prompt was opened
		"right / q q enter esc":         "#3.2", // nothing matched
		"/ f i n backspace q enter esc": "#3.1",
		"right / q q enter / backspace backspace enter": "#3.2",
		"a g b 2 enter":          "#-2.1",
		"? q right":              "#3.2", // q closes the help
		"/ f i n enter esc":      "#12.1",
		"/ f i n enter esc down": "#13.1",
		"? x":                    "#3.1",
	} {
		m := opened(recorded(t, "flask-demo"), 100, 30, Options{})
		press(m, strings.Fields(keys)...)
		if got := m.place(); got != want {
			t.Errorf("%q: at %s, not %s", keys, got, want)
		}
		within(t, keys, m.draw(), 100, 30)
	}
}

// TestNotes checks what the screen says after keys, such as keys without an effect.
func TestNotes(t *testing.T) {
	for keys, want := range map[string]string{
		"N":                       "no turning point before this one",
		"> n n":                   "no turning point after this one",
		"g 9 9 enter":             "no packet #99 in the list",
		"r":                       "this trace is a recording",
		"/ q q enter":             `no packet matches "qq"; esc clears the filter`,
		"m":                       "mouse on",
		"m m":                     "mouse off",
		"/ q q enter m":           "mouse on",
		"a g 1 2 enter":           "#12, hop 1",
		"a g b 2 enter":           "b2, hop 1",
		"a u g 1 2 enter":         "packet 12 of 14, hop 1 of 5",
		"a u g b 2 enter":         "background 2 of 5, hop 1 of ",
		"u / f i n enter":         "packet 1 of 2, hop 1 of 5",
		"u g 3 enter right right": "packet 3 of 14, hop 3 of 5",
		"u":                       "everything is shown, including what is still to come",
		"u u":                     "only what has happened so far is shown",
		"n":                       "#3, inside host",
		"end":                     "#3, end",
		"i":                       "this trace has no lesson",
		"A":                       "this trace has no lesson",
		"enter":                   "this packet is not in a run of similar packets",
		">":                       "#8–#14  7 alike (enter)",
		"?":                       "clear the filter",
		"+":                       "",
		"space":                   "playing, 2 s a step",
		"space +":                 "playing, 1.5 s a step",
		"space -":                 "playing, 2.5 s a step",
		"space right":             "next step",
		"? ":                      "resend traffic",
	} {
		m := opened(recorded(t, "flask-demo"), 120, 30, Options{})
		press(m, strings.Fields(keys)...)
		if got := shown(m); !strings.Contains(got, want) {
			t.Errorf("%q: no %q in\n%s", keys, want, got)
		}
	}
}

// TestTurningPoints checks where n leads in lessons, from their beginning: to what any lesson
// would be about, and to what the expectations of this one name, such as a rule's counter or a
// hop where nothing happens.
func TestTurningPoints(t *testing.T) {
	for name, want := range map[string]string{
		// DNAT, a route, MASQUERADE that does not match, DNAT's reverse, and DNAT by conntrack
		"flask-demo":           "prerouting✎, ▸ ttl 64 ⇒ 63 by routing, ▸ nat POSTROUTING no rule decided, postrouting✎, prerouting✎",
		"veth-pair":            "▸ 1 host/veth1f out, ▸ 2 red/eth0 in",
		"egress-needs":         "prerouting, ▸ filter FORWARD -i br-5c710e739634 ! -o br-5c710e739634 -j ACCEPT, postrouting✎",
		"hairpin":              "DOCKER -i docker0 -j RETURN, ▸ delivered to host, docker-proxy",
		"localhost":            "▸ 1 host/lo out, ▸ 2 host/lo in, docker-proxy",
		"tcpdump-sees-dropped": "▸ 1 client/eth0 out, ▸ 2 host/ens160 in, dropped",
		"bound-to-loopback":    "prerouting✎, no socket listens, in response to #, postrouting✎, ▸ delivered to host, no socket listens, in response to #",
		"bridge-netfilter":     "▸ forward, ▸ filter FORWARD -i docker0, ▸ nat POSTROUTING, ▸ delivered to web, ▸ forward",
	} {
		m := opened(lesson(t, name), 120, 40, Options{NoMask: true})
		press(m, "<")
		for _, sign := range strings.Split(want, ", ") {
			if press(m, "n"); !strings.Contains(strings.Join(strings.Fields(shown(m)), " "), sign) || m.note != "" {
				t.Errorf("%s: no %q at %s:\n%s", name, sign, m.place(), shown(m))
			}
		}
	}
}

// TestBegin: a walk begins with the first IP packet, or before it if the lesson is about ARP.
func TestBegin(t *testing.T) {
	for name, want := range map[string]string{"docker0": "#1.1", "routing": "#1.1", "veth-pair": "#3.1:0", "snat-plain": "#3.1"} {
		if m := opened(lesson(t, name), 120, 40, Options{}); m.place() != want {
			t.Errorf("%s begins at %s", name, m.place())
		}
	}
}

// TestSilentRequest: a request of which no packet was seen says so beside the last packet; a
// command does not.
func TestSilentRequest(t *testing.T) {
	for name, want := range map[string]bool{"veth-pair": true, "flush-nat": false} {
		m := opened(lesson(t, name), 80, 24, Options{NoMask: true})
		press(m, ">", "end")
		if got := strings.Contains(shown(m), "no packet was seen"); got != want {
			t.Errorf("%s: %t\n%s", name, got, shown(m))
		}
	}
}

// TestFocus: n opens a run for a packet that the lesson is about, ignores places that do not
// exist, and shows nothing that comes after the place.
func TestFocus(t *testing.T) {
	tr := *lesson(t, "flask-demo")
	l := *tr.Lesson
	l.Focus = []trace.Focus{
		{Journey: 10, Hop: 2, Kind: trace.FocusSeen}, {Journey: 11, Hop: 99, Kind: trace.FocusSeen},
		{Journey: 11, Kind: trace.FocusChange}, {Journey: 99, Kind: trace.FocusSeen},
	}
	tr.Lesson = &l
	m := opened(&tr, 120, 40, Options{})
	press(m, "g", "7", "enter", "n", "n")
	if got := shown(m); m.place() != "#10.3" || !strings.Contains(got, "#10 ") || strings.Contains(got, "#11") || strings.Contains(got, "alike") {
		t.Errorf("at %s:\n%s", m.place(), got)
	}
	m = opened(&tr, 120, 40, Options{})
	press(m, ">", "N")
	if m.place() != "#10.3" {
		t.Errorf("N leads to %s", m.place())
	}
}

// TestAnswers: under its packets, a request has what its sender received, when it is over.
func TestAnswers(t *testing.T) {
	m := opened(lesson(t, "who-says-no"), 120, 60, Options{})
	if answer := "→ no answer"; strings.Contains(shown(m), answer) {
		t.Errorf("it is known from the beginning:\n%s", shown(m))
	}
	press(m, ">", "end")
	for _, answer := range []string{"→ no answer", "→ connection refused", "→ network is unreachable", "→ no route to host"} {
		if !strings.Contains(shown(m), answer) {
			t.Errorf("%q is not shown:\n%s", answer, shown(m))
		}
	}
}
