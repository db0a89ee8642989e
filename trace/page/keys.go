package page

import "tracer/trace/explain"

// key is a key of the walk, or several that belong together, with what they do.
type key struct {
	Caps []keyCap
	Does string
}

// keyCap is a key as the reader sees it, and as the browser names it.
type keyCap struct{ Label, Key string }

// keys lists the keys, as in the walk in the terminal. The help is generated from it.
func keys(l explain.Language) (list []key) {
	for _, k := range []struct {
		caps []keyCap
		does explain.Message
	}{
		{[]keyCap{{"→", "ArrowRight"}, {"←", "ArrowLeft"}}, explain.KeySteps},
		{plain("]", "["), explain.KeyHops},
		{plain("n", "N"), explain.KeyEvents},
		{[]keyCap{{"↓", "ArrowDown"}, {"↑", "ArrowUp"}}, explain.KeyPackets},
		{[]keyCap{{"home", "Home"}, {"end", "End"}}, explain.KeyEnds},
		{plain("<", ">"), explain.KeyFirstLast},
		{plain("g"), explain.KeyGoTo},
		{[]keyCap{{"enter", "Enter"}}, explain.KeyRun},
		{plain("i"), explain.KeyStory},
		{plain("A"), explain.KeyAnswer},
		{plain("s"), explain.KeyStage},
		{plain("u"), explain.KeyMask},
		{[]keyCap{{"space", " "}}, explain.KeyPlay},
		{plain("+", "-"), explain.KeyPace},
		{plain("v", "V"), explain.KeyPanes},
		{plain("/"), explain.KeyFilter},
		{[]keyCap{{"esc", "Escape"}}, explain.KeyLeave},
		{plain("a"), explain.KeyBackground},
		{plain("?"), explain.LabelHelp},
	} {
		list = append(list, key{k.caps, l.Format(k.does)})
	}
	return list
}

// plain returns keys that are shown as the browser names them.
func plain(names ...string) (list []keyCap) {
	for _, n := range names {
		list = append(list, keyCap{n, n})
	}
	return list
}
