package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"tracer/trace/explain"
)

// binding holds the keys for an intent. The help is generated from the bindings: one line for
// two that are opposites.
type binding struct {
	intent intent
	label  explain.Message // in the status line
	line   explain.Message // in the help; empty: none
	key.Binding
}

func bind(i intent, l explain.Message, shown string, keys ...string) binding {
	return binding{i, l, l, key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, ""))}
}

// pair binds the keys for an intent and its opposite. The line of the help is about both; the
// label, if any, is about the intent alone.
func pair(i, back intent, l explain.Message, shown, opposite string, line explain.Message, keys, others []string) []binding {
	return []binding{
		{i, l, line, key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, opposite))},
		{back, "", "", key.NewBinding(key.WithKeys(others...))},
	}
}

// keymap lists all keys, in the order of the help.
var keymap = slices.Concat(
	pair(nextMoment, previousMoment, explain.KeyNext, "→", "←", explain.KeySteps, []string{"right", "l"}, []string{"left", "h"}),
	pair(nextHop, previousHop, explain.KeyNextHop, "]", "[", explain.KeyHops, []string{"]", "shift+right"}, []string{"[", "shift+left"}),
	pair(nextEvent, previousEvent, explain.KeyNextEvent, "n", "N", explain.KeyEvents, []string{"n"}, []string{"N", "p"}),
	pair(nextPacket, previousPacket, explain.KeyNextPacket, "↓", "↑", explain.KeyPackets, []string{"down", "j"}, []string{"up", "k"}),
	pair(firstHop, lastHop, "", "home", "end", explain.KeyEnds, []string{"home", "0"}, []string{"end", "$"}),
	pair(firstPacket, lastPacket, "", "<", ">", explain.KeyFirstLast, []string{"<"}, []string{">"}),
	[]binding{
		bind(goTo, explain.KeyGoTo, "g #", "g", "#"),
		bind(openRun, explain.KeyRun, "enter", "enter"),
		bind(showStory, explain.KeyStory, "i", "i"),
		bind(showAnswer, explain.KeyAnswer, "A", "A"),
		bind(toggleStage, explain.KeyStage, "s", "s"),
		bind(toggleMask, explain.KeyMask, "u", "u"),
		bind(play, explain.KeyPlay, "space", "space", " "),
	},
	pair(faster, slower, "", "+", "-", explain.KeyPace, []string{"+", "="}, []string{"-"}),
	pair(nextPane, previousPane, explain.KeyNextPane, "tab", "⇧tab", explain.KeyPanes, []string{"tab"}, []string{"shift+tab"}),
	pair(scrollDown, scrollUp, "", "pgdn", "pgup", explain.KeyScroll, []string{"pgdown", "ctrl+d"}, []string{"pgup", "ctrl+u"}),
	[]binding{
		bind(filterPackets, explain.KeyFilter, "/", "/"),
		bind(leave, explain.KeyLeave, "esc", "esc"),
		bind(showBackground, explain.KeyBackground, "a", "a"),
		bind(sendAgain, explain.KeyAgain, "r", "r"),
		bind(chooseFault, explain.KeyFaults, "f", "f"),
		bind(exportTrace, explain.KeyExport, "e", "e"),
		bind(toggleMouse, explain.KeyMouse, "m", "m"),
		bind(toggleHelp, explain.LabelHelp, "?", "?", "f1"),
		bind(quit, explain.KeyQuit, "q", "q", "ctrl+c"),
	},
)

// brief lists the keys for the status line, most important first. The smallest screen has
// room for three.
var brief = []intent{nextMoment, nextEvent, toggleHelp, nextHop, nextPacket, nextPane, toggleMask, quit, play, filterPackets, sendAgain, exportTrace}

// intentOf returns what a key means.
func intentOf(k tea.KeyPressMsg) intent { return meaning(keymap, k) }

// meaning returns what a key means where these bindings hold.
func meaning(bindings []binding, k tea.KeyPressMsg) intent {
	for i := range bindings {
		if key.Matches(k, bindings[i].Binding) {
			return bindings[i].intent
		}
	}
	if k.String() == "ctrl+z" {
		return suspend
	}
	return nothing
}

// keysOf returns the keys of an intent as shown in the help, and their place there.
func keysOf(i intent) (rank int, keys string, l explain.Message) { return keysIn(keymap, i) }

func keysIn(bindings []binding, i intent) (rank int, keys string, l explain.Message) {
	k := slices.IndexFunc(bindings, func(b binding) bool { return b.intent == i })
	return k, bindings[k].Help().Key, bindings[k].label
}
