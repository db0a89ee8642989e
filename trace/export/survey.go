package export

import (
	"time"

	"tracer/trace"
	"tracer/trace/explain"
)

// surveyDoc is what captures from elsewhere show as a whole. Points are meant by
// their index in the list of points; durations are in nanoseconds.
type surveyDoc struct {
	Packets       int    `json:"packets"`
	Conversations int    `json:"conversations"`
	First         string `json:"first"`
	Last          string `json:"last"`

	Points   []pointDoc   `json:"points"`
	Mappings []mappingDoc `json:"mappings"`
	Strides  []strideDoc  `json:"strides"`
	Paths    []pathDoc    `json:"paths"`
	Losses   []lossDoc    `json:"losses"`

	Retransmissions findingDoc `json:"retransmissions"`
	Resets          findingDoc `json:"resets"`
	Ambiguous       findingDoc `json:"ambiguous"`
	Unsorted        int        `json:"unsorted"`
	Cut             int        `json:"cut,omitempty"`
	Limits          []limitDoc `json:"limits,omitempty"`
}

// limitDoc is a limit that was reached.
type limitDoc struct {
	Kind   string `json:"kind"`
	Most   int    `json:"most"`
	Beyond int    `json:"beyond"`
	Text   string `json:"text"`
}

type pointDoc struct {
	Node      string        `json:"node"`
	Interface string        `json:"interface,omitempty"`
	Mixed     bool          `json:"mixed,omitempty"`
	File      string        `json:"file"`
	Packets   int           `json:"packets"`
	Undecoded int           `json:"undecoded,omitempty"`
	Link      int           `json:"undecoded_link,omitempty"`
	Snapped   int           `json:"snapped,omitempty"`
	Disorder  bool          `json:"out_of_order,omitempty"`
	Clock     time.Duration `json:"clock_offset,omitempty"`
	Tolerance time.Duration `json:"clock_tolerance,omitempty"`
	Compared  int           `json:"clock_packets"`
	SetBack   time.Duration `json:"clock_set_back,omitempty"`
}

type mappingDoc struct {
	Kind        trace.Translation `json:"kind"`
	Protocol    string            `json:"protocol"`
	From        string            `json:"from"`
	To          string            `json:"to"`
	After       int               `json:"after"`
	Before      int               `json:"before"`
	Connections int               `json:"connections"`
	OtherPort   int               `json:"other_port,omitempty"`
}

type strideDoc struct {
	From    int           `json:"from"`
	To      int           `json:"to"`
	Packets int           `json:"packets"`
	P50     time.Duration `json:"p50"`
	P90     time.Duration `json:"p90"`
	P99     time.Duration `json:"p99"`
	Max     time.Duration `json:"max"`
}

type pathDoc struct {
	Points  []int `json:"points"`
	Packets int   `json:"packets"`
}

type lossDoc struct {
	After    int          `json:"after"`
	Never    int          `json:"never"`
	Passed   bool         `json:"passed,omitempty"`
	Quiet    bool         `json:"quiet,omitempty"`
	Packets  int          `json:"packets"`
	Examples []exampleDoc `json:"examples"`
}

type findingDoc struct {
	Packets  int          `json:"packets"`
	Examples []exampleDoc `json:"examples"`
}

type exampleDoc struct {
	Journey     int    `json:"journey"`
	Time        string `json:"time"`
	Summary     string `json:"summary"`
	Source      string `json:"src"`
	Destination string `json:"dst"`
}

func newSurvey(s *trace.Survey, l explain.Language) *surveyDoc {
	d := &surveyDoc{
		Packets: s.Packets, Conversations: s.Conversations, First: timestamp(s.First), Last: timestamp(s.Last),
		Points: each(s.Points, func(p trace.PointSurvey) pointDoc {
			return pointDoc{p.Node, p.Interface, p.Mixed, p.File, p.Packets, p.Undecoded, int(p.Link), p.Snapped, p.Disorder, p.Clock, p.Tolerance, p.Compared, p.SetBack}
		}),
		Mappings: each(s.Mappings, func(m trace.Mapping) mappingDoc {
			return mappingDoc{m.Kind, m.Protocol, m.From.String(), m.To.String(), m.After, m.Before, m.Connections, m.OtherPort}
		}),
		Strides: each(s.Strides, func(t trace.StrideSurvey) strideDoc { return strideDoc(t) }),
		Paths:   each(s.Paths, func(p trace.PathSurvey) pathDoc { return pathDoc(p) }),
		Losses: each(s.Losses, func(l trace.Loss) lossDoc {
			return lossDoc{l.After, l.Never, l.Passed, l.Quiet, l.Packets, each(l.Examples, newExample)}
		}),
		Retransmissions: newFinding(s.Retransmissions), Resets: newFinding(s.Resets), Ambiguous: newFinding(s.Ambiguous),
		Unsorted: s.Unsorted, Cut: s.Cut,
	}
	for _, r := range s.Limits {
		d.Limits = append(d.Limits, limitDoc{string(r.Kind), r.Most, r.Beyond, l.Limit(r)})
	}
	return d
}

func newFinding(f trace.Finding) findingDoc {
	return findingDoc{f.Packets, each(f.Examples, newExample)}
}

func newExample(e trace.Example) exampleDoc {
	return exampleDoc{e.Journey, timestamp(e.Time), e.Summary, e.Source, e.Destination}
}

// survey reads a survey.
func (p *reader) survey(path string, d *surveyDoc) *trace.Survey {
	s := &trace.Survey{
		Packets: d.Packets, Conversations: d.Conversations, Unsorted: d.Unsorted, Cut: d.Cut,
		First: parsed(p, path+".first", d.First, instant), Last: parsed(p, path+".last", d.Last, instant),
		Retransmissions: p.finding(path+".retransmissions", &d.Retransmissions),
		Resets:          p.finding(path+".resets", &d.Resets),
		Ambiguous:       p.finding(path+".ambiguous", &d.Ambiguous),
	}
	s.Points = list(p, d.Points, path+".points", func(path string, d *pointDoc) trace.PointSurvey {
		return trace.PointSurvey{
			Point: trace.Point{Node: p.name(path+".node", d.Node), Interface: p.name(path+".interface", d.Interface), Mixed: d.Mixed}, File: d.File, Packets: d.Packets,
			Undecoded: d.Undecoded, Link: trace.LinkType(d.Link), Snapped: d.Snapped, Disorder: d.Disorder, Clock: d.Clock, Tolerance: d.Tolerance, Compared: d.Compared, SetBack: d.SetBack,
		}
	})
	s.Mappings = list(p, d.Mappings, path+".mappings", func(path string, d *mappingDoc) trace.Mapping {
		return trace.Mapping{
			Kind: d.Kind, Protocol: p.name(path+".protocol", d.Protocol), Connections: d.Connections, OtherPort: d.OtherPort,
			From: parsed(p, path+".from", d.From, endpoint), To: parsed(p, path+".to", d.To, endpoint),
			After: d.After, Before: d.Before,
		}
	})
	s.Strides = list(p, d.Strides, path+".strides", func(_ string, d *strideDoc) trace.StrideSurvey {
		return trace.StrideSurvey(*d)
	})
	s.Paths = list(p, d.Paths, path+".paths", func(path string, d *pathDoc) trace.PathSurvey {
		claim[int](p, path, len(d.Points))
		return trace.PathSurvey(*d)
	})
	s.Losses = list(p, d.Losses, path+".losses", func(path string, d *lossDoc) trace.Loss {
		return trace.Loss{
			After: d.After, Never: d.Never, Passed: d.Passed, Quiet: d.Quiet,
			Finding: p.finding(path, &findingDoc{d.Packets, d.Examples}),
		}
	})
	s.Limits = list(p, d.Limits, path+".limits", func(path string, d *limitDoc) trace.Limit {
		return trace.Limit{Kind: trace.LimitKind(p.name(path+".kind", d.Kind)), Most: d.Most, Beyond: d.Beyond}
	})
	return s
}

func (p *reader) finding(path string, d *findingDoc) trace.Finding {
	return trace.Finding{Packets: d.Packets, Examples: list(p, d.Examples, path+".examples", func(path string, d *exampleDoc) trace.Example {
		return trace.Example{
			Journey: d.Journey, Time: parsed(p, path+".time", d.Time, instant), Summary: d.Summary, Source: d.Source, Destination: d.Destination,
		}
	})}
}
