package page

import "tracer/trace/explain"

// labels are the page's words that do not depend on the trace.
type labels struct {
	Story, Question, Answer, Refutes                          string
	Network, Node, Interface, Addresses, MAC                  string
	Packets, Filter, Details, Hex                             string
	Rules, Count, Rule                                        string
	Connections, Protocol, Original, Reply, Translated, Entry string
	Survey, Answers                                           string
	Next, Before, Event, Mask, ShowAnswer, Keys, Close        string
}

func newLabels(l explain.Language) (out labels) {
	for label, m := range map[*string]explain.Message{
		&out.Story: explain.HeadStory, &out.Question: explain.HeadQuestion, &out.Answer: explain.HeadAnswer, &out.Refutes: explain.HeadRefutes,
		&out.Network: explain.LabelNetwork, &out.Node: explain.PageNode, &out.Interface: explain.LabelInterface, &out.Addresses: explain.PageAddresses, &out.MAC: explain.PageMAC,
		&out.Packets: explain.LabelPackets, &out.Filter: explain.LabelFilter, &out.Details: explain.LabelDetails, &out.Hex: explain.LabelHex,
		&out.Rules: explain.LabelRules, &out.Count: explain.LabelPackets, &out.Rule: explain.PageRule,
		&out.Connections: explain.LabelConntrack, &out.Protocol: explain.PageProtocol, &out.Original: explain.LabelOriginal, &out.Reply: explain.LabelReply, &out.Translated: explain.PageTranslation, &out.Entry: explain.PageEntry,
		&out.Survey: explain.LabelSurvey, &out.Answers: explain.PageAnswers,
		&out.Next: explain.KeyNext, &out.Before: explain.PageBack, &out.Event: explain.KeyNextEventBrief, &out.Mask: explain.KeyMask, &out.ShowAnswer: explain.KeyAnswer, &out.Keys: explain.LabelHelp, &out.Close: explain.PageClose,
	} {
		*label = l.Format(m)
	}
	return out
}

// key is a key of the walk, or two that are opposites, with what they do.
type key struct{ Keys, Does string }

// keys lists the keys, as in the walk in the terminal.
func keys(l explain.Language) (list []key) {
	for _, k := range []struct {
		keys string
		does explain.Message
	}{
		{"→ ←", explain.KeySteps}, {"] [", explain.KeyHops}, {"n N", explain.KeyEvents}, {"↓ ↑", explain.KeyPackets},
		{"i", explain.KeyStory}, {"A", explain.KeyAnswer}, {"s", explain.KeyStage}, {"u", explain.KeyMask}, {"a", explain.KeyBackground},
		{"/", explain.KeyFilter}, {"?", explain.LabelHelp},
	} {
		list = append(list, key{k.keys, l.Format(k.does)})
	}
	return list
}
