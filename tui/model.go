package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"tracer/trace"
	"tracer/trace/escape"
	"tracer/trace/explain"
	"tracer/trace/filter"
	"tracer/trace/netmap"
	"tracer/trace/outline"
	"tracer/tui/internal/canvas"
)

// model is everything that the view shows and that keys change.
type model struct {
	theme
	language explain.Language
	options  Options

	recorded *trace.Trace // unescaped, for saving
	whole    *trace.Trace // escaped; what may be drawn of it is in the scene

	known      *outline.Facts // about the whole trace
	list       list
	opened     map[int]bool // see list
	at         cursor
	staged     bool // the stage view is shown
	masked     bool // only what has been reached is shown
	scene      scene
	page       page
	pageScroll int   // lines
	last       place // the last place with a packet
	pane       pane
	scroll     int // lines scrolled from the pane's initial position
	netmap     *netmap.Map
	carried    map[netmap.Place]bool // where frames were seen
	help       bool

	width, height int
	column        bool // it is drawn in a column, beside another trace
	layout        layout
	view          seen

	playing bool
	tick    int           // of playing; older ones are ignored
	pace    time.Duration // per hop

	prompt *prompt
	choice *choice
	picked *Fault // chosen in this walk; nil: none was
	note   string // the answer to the last key
	failed bool   // the note reports a failure
	doing  string // what is being done in the background: sending, applying a fault
	mouse  bool
}

// seen is what was drawn last, for clicks and page keys.
type seen struct {
	rows               []outline.Row // of the list
	firstRow, firstHop int
	below              int // lines of the pane below the view
}

func newModel(t *trace.Trace, o Options) *model {
	m := &model{language: o.Language, options: o, theme: newTheme(!o.Light, o.ASCII), pace: usualPace, mouse: o.Mouse, opened: map[int]bool{}}
	m.recorded = t
	m.masked = !o.NoMask && t.Survey == nil
	m.showAt(place{}, escape.Value(t), filter.New(o.Filter), false)
	m.goTo(m.begin())
	if m.masked && told(t.Lesson) {
		m.page = pageStory
	}
	return m
}

// begin returns the start of the walk: the first IP packet or, if the lesson is about one
// before it, such as an ARP reply, the first packet.
func (m *model) begin() cursor {
	for i := range m.list.len() {
		j := m.list.At(i)
		if len(j.Hops) > 0 && j.Hops[0].Packet.IsIP() {
			return m.list.enter(i)
		}
		if len(m.list.Focus[j.ID]) > 0 {
			break
		}
	}
	return cursor{}
}

// arrange lays out the screen.
func (m *model) arrange() {
	lay := netmap.New
	if m.width >= vastWidth && m.height >= vastHeight {
		lay = netmap.Spread
	}
	m.netmap = lay(&m.whole.State, m.carried, m.width-2, canvas.Width)
	divide := newLayout
	if m.column {
		divide = divided
	}
	m.layout = divide(m.width, m.height, m.netmap.H, m.whole.Survey != nil)
	offered := m.offered()
	for _, p := range offered {
		if p == m.pane {
			return
		}
	}
	m.pane = offered[0]
}

// The messages of this package.
type (
	tickMsg int
	sentMsg struct {
		trace *trace.Trace
		err   error
	}
	progressMsg string
	faultMsg    struct {
		fault Fault // the zero Fault: none
		trace *trace.Trace
		err   error
	}
	savedMsg struct {
		where string
		err   error
	}
)

// Init asks for the terminal's background color, to select readable colors.
func (m *model) Init() tea.Cmd { return tea.RequestBackgroundColor }

// Update handles a message.
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
	case progressMsg:
		if m.doing != "" {
			m.doing = escape.Field(m.language.Format(explain.LabelProgress, string(msg)))
		}
	case faultMsg:
		m.faulted(msg)
	case savedMsg:
		if msg.err != nil {
			m.say(true, explain.LabelNotDone, msg.err)
		} else {
			m.say(false, explain.LabelSaved, msg.where)
		}
	}
	return m, nil
}

func (m *model) say(failed bool, l explain.Message, args ...any) {
	m.note, m.failed = escape.Field(m.language.Format(l, args...)), failed
}
