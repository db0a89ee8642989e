package tui

import "tracer/trace/explain"

// pane is one view of the packet and its stop.
type pane uint8

const (
	paneChanges pane = iota
	panePackets      // this and the next two have their own places on larger screens
	paneHops
	paneNetwork
	paneRules
	paneConntrack
	paneLayers
	paneHex
	paneSurvey // for captures of other programs, instead of rules and conntrack
	panes      // their number
)

var paneLabels = [panes]explain.Message{
	paneChanges: explain.LabelChanges, panePackets: explain.LabelPackets, paneHops: explain.LabelHops, paneNetwork: explain.LabelNetwork,
	paneRules: explain.LabelRules, paneConntrack: explain.LabelConntrack, paneLayers: explain.LabelLayers, paneHex: explain.LabelHex, paneSurvey: explain.LabelSurvey,
}

// offered lists the panes to choose from: those without their own place in the layout.
func (m *model) offered() []pane {
	list := []pane{paneChanges}
	if m.layout.tabs {
		list = append(list, panePackets, paneHops, paneNetwork)
	}
	if m.layout.side.h == 0 {
		list = append(list, m.kernel()...)
	}
	return append(list, paneLayers, paneHex)
}

// kernel lists the panes with the kernel's reports, or for captures, the survey.
func (m *model) kernel() []pane {
	if m.trace().Survey != nil {
		return []pane{paneSurvey}
	}
	return []pane{paneRules, paneConntrack}
}
