package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"tracer/trace/explain"
)

// binding holds the keys for an intent. The help is generated from the bindings.
type binding struct {
	intent intent
	label  explain.Message
	key.Binding
}

func bind(i intent, l explain.Message, shown string, keys ...string) binding {
	return binding{i, l, key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, ""))}
}

// keymap lists all keys, in the order of the help.
var keymap = []binding{
	bind(nextMoment, explain.KeyNext, "→ l", "right", "l"),
	bind(previousMoment, explain.KeyBack, "← h", "left", "h"),
	bind(nextHop, explain.KeyNextHop, "]", "]", "shift+right"),
	bind(previousHop, explain.KeyPreviousHop, "[", "[", "shift+left"),
	bind(nextPacket, explain.KeyNextPacket, "↓ j", "down", "j"),
	bind(previousPacket, explain.KeyPreviousPacket, "↑ k", "up", "k"),
	bind(nextEvent, explain.KeyNextEvent, "n", "n"),
	bind(previousEvent, explain.KeyPreviousEvent, "N", "N", "p"),
	bind(firstHop, explain.KeyFirstHop, "home", "home", "0"),
	bind(lastHop, explain.KeyLastHop, "end", "end", "$"),
	bind(firstPacket, explain.KeyFirstPacket, "<", "<"),
	bind(lastPacket, explain.KeyLastPacket, ">", ">"),
	bind(goTo, explain.KeyGoTo, "g #", "g", "#"),
	bind(play, explain.KeyPlay, "space", "space", " "),
	bind(slower, explain.KeySlower, "-", "-"),
	bind(faster, explain.KeyFaster, "+", "+", "="),
	bind(nextPane, explain.KeyNextPane, "tab", "tab"),
	bind(previousPane, explain.KeyPreviousPane, "shift+tab", "shift+tab"),
	bind(scrollDown, explain.KeyScrollDown, "pgdn", "pgdown", "ctrl+d"),
	bind(scrollUp, explain.KeyScrollUp, "pgup", "pgup", "ctrl+u"),
	bind(filterPackets, explain.KeyFilter, "/", "/"),
	bind(leave, explain.KeyLeave, "esc", "esc"),
	bind(openRun, explain.KeyRun, "enter", "enter"),
	bind(toggleMask, explain.KeyMask, "u", "u"),
	bind(showStory, explain.KeyStory, "i", "i"),
	bind(showAnswer, explain.KeyAnswer, "A", "A"),
	bind(showBackground, explain.KeyBackground, "a", "a"),
	bind(sendAgain, explain.KeyAgain, "r", "r"),
	bind(exportTrace, explain.KeyExport, "e", "e"),
	bind(toggleMouse, explain.KeyMouse, "m", "m"),
	bind(toggleHelp, explain.LabelHelp, "?", "?", "f1"),
	bind(quit, explain.KeyQuit, "q", "q", "ctrl+c"),
}

// brief lists the keys for the status line, most important first. The smallest screen has
// room for three.
var brief = []intent{nextMoment, nextEvent, toggleHelp, nextHop, nextPacket, nextPane, toggleMask, quit, play, filterPackets, sendAgain, exportTrace}

// intentOf returns what a key means.
func intentOf(k tea.KeyPressMsg) intent {
	for i := range keymap {
		if key.Matches(k, keymap[i].Binding) {
			return keymap[i].intent
		}
	}
	if k.String() == "ctrl+z" {
		return suspend
	}
	return nothing
}

// keysOf returns the keys of an intent as shown in the help, and their place there.
func keysOf(i intent) (rank int, keys string, l explain.Message) {
	k := slices.IndexFunc(keymap, func(b binding) bool { return b.intent == i })
	return k, keymap[k].Help().Key, keymap[k].label
}
