package tui

import (
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"tracer/trace"
	"tracer/trace/escape"
	"tracer/trace/explain"
	"tracer/trace/filter"
	"tracer/trace/netmap"
	"tracer/tui/internal/canvas"
)

// model is all that the view shows, and all that keys change.
type model struct {
	theme
	voice   explain.Voice
	options Options

	recorded *trace.Trace // unescaped, for saving; the list has the packets shown

	list    list
	account *explain.Account
	at      cursor
	pane    pane
	scroll  int // lines that the pane was scrolled, from where it begins by itself
	netmap  *netmap.Map
	carried map[netmap.Place]bool // where a frame was seen
	help    bool

	width, height int
	layout        layout
	view          seen

	playing bool
	tick    int           // of playing; an older one counts no more
	pace    time.Duration // a hop

	prompt  *prompt
	note    string // an answer to the last key
	failed  bool   // the answer is bad news
	sending bool
	mouse   bool
}

// seen is what the last drawing showed, which a click or a page key refers to.
type seen struct {
	firstPacket, firstHop int
	below                 int // lines of the pane that are not in view
}

// The pace of playing.
const (
	usualPace   = 2 * time.Second
	fastestPace = 500 * time.Millisecond
	slowestPace = 10 * time.Second
)

// liveFilter is up to how many packets a filter is tried while it is typed.
const liveFilter = 20000

func newModel(t *trace.Trace, o Options) *model {
	m := &model{voice: o.Voice, options: o, theme: newTheme(!o.Light, o.ASCII), pace: usualPace, mouse: o.Mouse}
	m.recorded = t
	m.show(escape.Value(t), filter.New(o.Filter), false)
	m.at = m.begin()
	return m
}

// begin is where the walk begins: at the first packet in which something of a
// lesson happens, or else at the first of all.
func (m *model) begin() cursor {
	if c, ok := m.list.event(cursor{0, -1}, 1); ok {
		return cursor{c.packet, 0}
	}
	return cursor{}
}

// show takes a trace, or another selection of its packets; the walk stays where
// it was, as far as that is shown.
func (m *model) show(t *trace.Trace, f filter.Filter, kept bool) {
	var id, stop int
	if j := m.list.at(m.at.packet); j != nil {
		id, stop = j.ID, m.at.stop
	}
	if m.account == nil || t != m.trace() {
		m.account = m.voice.Account(t, m.Signs)
	}
	m.list = newList(t, f, kept)
	m.at = cursor{max(0, m.list.find(id)), 0}
	if j := m.list.at(m.at.packet); j != nil && j.ID == id {
		m.at.stop = stop
	}
	m.carried = map[netmap.Place]bool{}
	for i := range t.Frames {
		m.carried[netmap.Place{Node: t.Frames[i].Node, Interface: t.Frames[i].Interface}] = true
	}
	m.arrange()
}

// arrange lays the screen out.
func (m *model) arrange() {
	m.netmap = netmap.New(&m.trace().State, m.carried, m.width-2, canvas.Width)
	m.layout = newLayout(m.width, m.height, m.netmap.H, m.trace().Survey != nil)
	offered := m.offered()
	for _, p := range offered {
		if p == m.pane {
			return
		}
	}
	m.pane = offered[0]
}

// trace is the trace shown: escaped.
func (m *model) trace() *trace.Trace { return m.list.trace }

// packet returns the packet that is walked with; the list must not be empty.
func (m *model) packet() *trace.Journey { return m.list.at(m.at.packet) }

// The messages that are not keys.
type (
	tickMsg int
	sentMsg struct {
		trace *trace.Trace
		err   error
	}
	savedMsg struct {
		where string
		err   error
	}
)

// Init asks for the terminal's background, to choose colours that can be read.
func (m *model) Init() tea.Cmd { return tea.RequestBackgroundColor }

// Update takes one message.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		m.arrange()
	case tea.BackgroundColorMsg:
		m.theme = newTheme(msg.IsDark(), m.options.ASCII)
	case tea.KeyPressMsg:
		return m, m.press(msg)
	case tea.PasteMsg:
		if m.prompt != nil {
			m.prompt.take(msg)
		}
	case tea.MouseClickMsg:
		m.click(msg.X, msg.Y)
	case tea.MouseWheelMsg:
		m.wheel(msg.Mouse())
	case tickMsg:
		return m, m.played(int(msg))
	case sentMsg:
		m.sent(msg)
	case savedMsg:
		if msg.err != nil {
			m.say(true, explain.LabelNotDone, msg.err)
		} else {
			m.say(false, explain.LabelSaved, msg.where)
		}
	}
	return m, nil
}

func (m *model) press(k tea.KeyPressMsg) tea.Cmd {
	m.note = ""
	switch {
	case m.prompt != nil:
		if m.prompt.press(k) {
			m.prompt = nil
		}
		return nil
	case m.help && intentOf(k) != quit:
		m.help = false
		return nil
	case k.String() == "esc":
		m.playing = false
		if !m.list.filter.Empty() {
			m.filter("")
		}
		return nil
	}
	return m.do(intentOf(k))
}

// do does what the user wants.
func (m *model) do(i intent) tea.Cmd {
	switch i {
	case quit:
		return tea.Quit
	case suspend:
		return tea.Suspend
	case toggleHelp:
		m.help = !m.help
	case toggleMouse:
		m.mouse = !m.mouse
	case sendAgain:
		return m.again()
	case filterPackets:
		m.askFilter()
	case showKept:
		m.show(m.trace(), m.list.filter, !m.list.kept)
	}
	if m.list.len() == 0 {
		return nil
	}
	switch i {
	case exportTrace:
		return m.save()
	case play:
		return m.togglePlay()
	case slower:
		m.pace = min(slowestPace, m.pace+500*time.Millisecond)
	case faster:
		m.pace = max(fastestPace, m.pace-500*time.Millisecond)
	case nextPane, previousPane:
		m.turn(i)
	case scrollDown:
		m.scroll += min(m.view.below, max(1, m.layout.detail.h-3))
	case scrollUp:
		m.scroll -= max(1, m.layout.detail.h-3) // as far as there is something: see drawPane
	case goTo:
		m.askPacket()
	default:
		if m.move(i) {
			m.playing = false
		}
	}
	return nil
}

// move moves the walk, and reports whether the intent is a move.
func (m *model) move(i intent) bool {
	c := m.at
	last := m.list.len() - 1
	switch i {
	case nextHop:
		c, _ = m.list.next(c, 1)
	case previousHop:
		c, _ = m.list.next(c, -1)
	case nextPacket:
		c = cursor{min(c.packet+1, last), 0}
	case previousPacket:
		c = cursor{max(c.packet-1, 0), 0}
	case nextEvent, previousEvent:
		by, label := 1, explain.LabelLastEvent
		if i == previousEvent {
			by, label = -1, explain.LabelFirstEvent
		}
		at, ok := m.list.event(c, by)
		if !ok {
			m.say(false, label)
		}
		c = at
	case firstHop:
		c.stop = 0
	case lastHop:
		c.stop = explain.Stops(m.packet()) - 1
	case firstPacket:
		c = cursor{}
	case lastPacket:
		c = cursor{last, 0}
	default:
		return false
	}
	m.goTo(c)
	return true
}

func (m *model) goTo(c cursor) {
	if c != m.at {
		m.at, m.scroll = c, 0
	}
}

// turn chooses the next pane, or the one before.
func (m *model) turn(i intent) {
	offered := m.offered()
	by := 1
	if i == previousPane {
		by = len(offered) - 1
	}
	for k, p := range offered {
		if p == m.pane {
			m.pane, m.scroll = offered[(k+by)%len(offered)], 0
			return
		}
	}
}

func (m *model) say(failed bool, l explain.Label, args ...any) {
	m.note, m.failed = escape.Field(m.voice.Label(l, args...)), failed
}

// togglePlay begins to walk by itself, or stops.
func (m *model) togglePlay() tea.Cmd {
	if m.playing = !m.playing; !m.playing {
		return nil
	}
	return m.wait()
}

func (m *model) wait() tea.Cmd {
	m.tick++
	now := m.tick
	return tea.Tick(m.pace, func(time.Time) tea.Msg { return tickMsg(now) })
}

// played makes one step of playing.
func (m *model) played(tick int) tea.Cmd {
	if !m.playing || tick != m.tick || m.list.len() == 0 {
		return nil
	}
	c, ok := m.list.next(m.at, 1)
	if !ok {
		m.playing = false
		m.say(false, explain.LabelPlayed)
		return nil
	}
	m.goTo(c)
	return m.wait()
}

// again has the traffic sent once more.
func (m *model) again() tea.Cmd {
	switch {
	case m.options.Again == nil:
		m.say(true, explain.LabelNoNetwork)
		return nil
	case m.sending:
		return nil
	}
	m.sending = true
	m.options.beside.Add(1)
	return func() tea.Msg {
		defer m.options.beside.Done()
		t, err := m.options.Again(m.options.ctx)
		return sentMsg{t, err}
	}
}

func (m *model) sent(msg sentMsg) {
	m.sending = false
	if msg.err != nil {
		m.say(true, explain.LabelNotDone, msg.err)
		return
	}
	before := 0
	for i := range m.trace().Journeys {
		if !m.trace().Journeys[i].Background() {
			before++
		}
	}
	first := -1
	fresh := 0
	for i := range msg.trace.Journeys {
		if j := &msg.trace.Journeys[i]; !j.Background() {
			if fresh++; fresh == before+1 {
				first = j.ID
			}
		}
	}
	m.recorded = msg.trace
	m.show(escape.Value(msg.trace), m.list.filter, m.list.kept)
	if at := m.list.exactly(first); at >= 0 {
		m.playing = false
		m.goTo(cursor{at, 0})
	}
	m.say(false, explain.LabelSent, fresh-before)
}

// save writes the trace to files.
func (m *model) save() tea.Cmd {
	if m.options.Export == nil {
		return nil
	}
	t := m.recorded
	return func() tea.Msg {
		where, err := m.options.Export(t)
		return savedMsg{where, err}
	}
}

func (m *model) filter(s string) { m.show(m.trace(), filter.New(s), m.list.kept) }

func (m *model) askFilter() {
	before := m.list.filter.String()
	p := newPrompt(explain.LabelFilter, before)
	if len(m.trace().Journeys) <= liveFilter {
		p.changed = m.filter
	}
	p.answer = m.filter
	p.cancel = func() { m.filter(before) }
	m.prompt = p
}

func (m *model) askPacket() {
	p := newPrompt(explain.LabelGoTo, "")
	p.answer = func(s string) {
		s = strings.TrimPrefix(strings.TrimSpace(s), "#")
		id, err := strconv.Atoi(s)
		at := m.list.exactly(id)
		if err != nil || at < 0 {
			m.say(true, explain.LabelNoSuchPacket, s)
			return
		}
		m.goTo(cursor{at, 0})
	}
	m.prompt = p
}
