package tui

import "tracer/trace/explain"

// pane is one of the things to be shown about the packet and its stop.
type pane uint8

const (
	paneChanges pane = iota
	panePackets      // this and the next two have places of their own on larger screens
	paneHops
	paneNetwork
	paneRules
	paneConntrack
	paneLayers
	paneHex
	panes // their number
)

var paneLabels = [panes]explain.Label{
	paneChanges: explain.LabelChanges, panePackets: explain.LabelPackets, paneHops: explain.LabelHops, paneNetwork: explain.LabelNetwork,
	paneRules: explain.LabelRules, paneConntrack: explain.LabelConntrack, paneLayers: explain.LabelLayers, paneHex: explain.LabelHex,
}

// offered lists the panes that can be chosen in a layout.
func (l *layout) offered() []pane {
	switch {
	case l.tabs:
		return []pane{paneChanges, panePackets, paneHops, paneNetwork, paneRules, paneConntrack, paneLayers, paneHex}
	case l.side.h > 0:
		return []pane{paneChanges, paneLayers, paneHex}
	}
	return []pane{paneChanges, paneRules, paneConntrack, paneLayers, paneHex}
}
