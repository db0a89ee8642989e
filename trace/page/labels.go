package page

import "tracer/trace/explain"

// labels are the page's words that do not depend on the trace.
type labels struct {
	Story, Question, Answer, Refutes                          string
	Network, Node, Interface, Addresses, MAC                  string
	Packets, Filter, Nothing, Steps, Details, Hex             string
	Rules, Count, Rule                                        string
	Connections, Protocol, Original, Reply, Translated, Entry string
	Survey, Answers                                           string
	Walk, Panes                                               string
	Next, Before, Event, Play, Mask, ShowAnswer, Keys, Close  string
	GoTo, GoToPacket                                          string
	Course, CourseTitle, After, Faults                        string

	language explain.Language
}

func newLabels(l explain.Language) (out labels) {
	out.language = l
	for label, m := range map[*string]explain.Message{
		&out.Story: explain.HeadStory, &out.Question: explain.HeadQuestion, &out.Answer: explain.HeadAnswer, &out.Refutes: explain.HeadRefutes,
		&out.Network: explain.LabelNetwork, &out.Node: explain.PageNode, &out.Interface: explain.LabelInterface, &out.Addresses: explain.PageAddresses, &out.MAC: explain.PageMAC,
		&out.Packets: explain.LabelPackets, &out.Filter: explain.LabelFilter, &out.Nothing: explain.PageNothing, &out.Steps: explain.PageSteps, &out.Details: explain.LabelDetails, &out.Hex: explain.LabelHex,
		&out.Rules: explain.LabelRules, &out.Count: explain.LabelPackets, &out.Rule: explain.PageRule,
		&out.Connections: explain.LabelConntrack, &out.Protocol: explain.PageProtocol, &out.Original: explain.LabelOriginal, &out.Reply: explain.LabelReply, &out.Translated: explain.PageTranslation, &out.Entry: explain.PageEntry,
		&out.Survey: explain.LabelSurvey, &out.Answers: explain.PageAnswers,
		&out.Walk: explain.PageWalk, &out.Panes: explain.PagePanes,
		&out.Next: explain.KeyNext, &out.Before: explain.PageBack, &out.Event: explain.KeyNextEventBrief, &out.Play: explain.KeyPlay, &out.Mask: explain.KeyMask, &out.ShowAnswer: explain.KeyAnswer, &out.Keys: explain.LabelHelp, &out.Close: explain.PageClose,
		&out.GoTo: explain.KeyGoTo, &out.GoToPacket: explain.LabelGoTo,
		&out.Course: explain.AlbumCourse, &out.CourseTitle: explain.AlbumTitle, &out.After: explain.AlbumAfter, &out.Faults: explain.AlbumFaults,
	} {
		*label = l.Format(m)
	}
	return out
}
