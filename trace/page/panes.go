package page

// pane is a part of the walk that a button brings into view.
type pane struct {
	Name, Label string
	At          int // the moment from which there is something in it; 0: always
}

// panes lists the panes of a document, in the order of their buttons. The first two have a
// button only where there is no room for them beside another pane.
func (d *document) panes() []pane {
	l := d.Labels
	list := []pane{{"walk", l.Steps, 0}, {"index", l.Packets, 0}}
	add := func(there bool, p pane) {
		if there {
			list = append(list, p)
		}
	}
	add(d.Lesson != nil && len(d.Lesson.Story)+len(d.Lesson.Question) > 0, pane{"task", l.Question, 0})
	add(len(d.Survey) > 0, pane{"survey", l.Survey, 0})
	add(len(d.Rulesets) > 0, pane{"rules", l.Rules, 0})
	if len(d.Flows) > 0 {
		add(true, pane{"connections", l.Connections, d.Flows[0].At})
	}
	add(d.detailed(), pane{"details", l.Details, 0})
	add(true, pane{"addresses", l.Addresses, 0})
	if len(d.Answers) > 0 {
		add(true, pane{"answers", l.Answers, d.Answers[0].At})
	}
	add(d.Lesson != nil && len(d.Lesson.Answer)+len(d.Lesson.Refutes)+len(d.Lesson.Fault) > 0, pane{"answer", l.Answer, 0})
	return list
}
