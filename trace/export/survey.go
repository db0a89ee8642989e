package export

import (
	"time"

	"tracer/trace"
	"tracer/trace/explain"
)

// surveyDoc is a survey of captures. Points are named by their index in the list of
// points; durations are in nanoseconds.
type surveyDoc struct {
	Packets       int       `json:"packets"`
	Conversations int       `json:"conversations"`
	First         timestamp `json:"first"`
	Last          timestamp `json:"last"`

	Points   []trace.PointSurvey  `json:"points"`
	Mappings []trace.Mapping      `json:"mappings"`
	Strides  []trace.StrideSurvey `json:"strides"`
	Paths    []trace.PathSurvey   `json:"paths"`
	Losses   []lossDoc            `json:"losses"`

	Retransmissions findingDoc `json:"retransmissions"`
	Resets          findingDoc `json:"resets"`
	Ambiguous       findingDoc `json:"ambiguous"`
	Unsorted        int        `json:"unsorted"`
	Cut             int        `json:"cut,omitempty"`
	Limits          []limitDoc `json:"limits,omitempty"`
}

type limitDoc struct {
	trace.Limit
	Text string `json:"text"`
}

type lossDoc struct {
	After  int  `json:"after"`
	Never  int  `json:"never"`
	Passed bool `json:"passed,omitempty"`
	Quiet  bool `json:"quiet,omitempty"`
	findingDoc
}

type findingDoc struct {
	Packets  int          `json:"packets"`
	Examples []exampleDoc `json:"examples"`
}

type exampleDoc struct {
	Journey     int       `json:"journey"`
	Time        timestamp `json:"time"`
	Summary     string    `json:"summary"`
	Source      string    `json:"src"`
	Destination string    `json:"dst"`
}

func newSurvey(s *trace.Survey, l explain.Language) surveyDoc {
	return surveyDoc{
		Packets: s.Packets, Conversations: s.Conversations, First: timestamp(s.First), Last: timestamp(s.Last),
		Points: filled(s.Points), Mappings: filled(s.Mappings), Strides: filled(s.Strides), Paths: filled(s.Paths),
		Losses: each(s.Losses, func(l *trace.Loss) lossDoc {
			return lossDoc{l.After, l.Never, l.Passed, l.Quiet, newFinding(l.Finding)}
		}),
		Retransmissions: newFinding(s.Retransmissions), Resets: newFinding(s.Resets), Ambiguous: newFinding(s.Ambiguous),
		Unsorted: s.Unsorted, Cut: s.Cut,
		Limits: each(s.Limits, func(r *trace.Limit) limitDoc { return limitDoc{*r, l.Limit(*r)} }),
	}
}

func newFinding(f trace.Finding) findingDoc {
	return findingDoc{f.Packets, each(f.Examples, func(e *trace.Example) exampleDoc {
		return exampleDoc{e.Journey, timestamp(e.Time), e.Summary, e.Source, e.Destination}
	})}
}

func (p *reader) survey(d *surveyDoc) *trace.Survey {
	for i := range d.Points {
		p.names(d.Points[i].Node, d.Points[i].Interface)
	}
	for i := range d.Mappings {
		p.names(d.Mappings[i].Protocol)
	}
	return &trace.Survey{
		Packets: d.Packets, Conversations: d.Conversations, First: time.Time(d.First), Last: time.Time(d.Last),
		Points: kept(p, d.Points), Mappings: kept(p, d.Mappings), Strides: kept(p, d.Strides), Paths: kept(p, d.Paths),
		Losses: list(p, "losses", d.Losses, func(l *lossDoc) trace.Loss {
			return trace.Loss{After: l.After, Never: l.Never, Passed: l.Passed, Quiet: l.Quiet, Finding: p.finding(&l.findingDoc)}
		}),
		Retransmissions: p.finding(&d.Retransmissions), Resets: p.finding(&d.Resets), Ambiguous: p.finding(&d.Ambiguous),
		Unsorted: d.Unsorted, Cut: d.Cut,
		Limits: list(p, "limits", d.Limits, func(l *limitDoc) trace.Limit {
			p.names(string(l.Kind))
			return l.Limit
		}),
	}
}

func (p *reader) finding(d *findingDoc) trace.Finding {
	return trace.Finding{Packets: d.Packets, Examples: list(p, "examples", d.Examples, func(e *exampleDoc) trace.Example {
		return trace.Example{Journey: e.Journey, Time: time.Time(e.Time), Summary: e.Summary, Source: e.Source, Destination: e.Destination}
	})}
}
