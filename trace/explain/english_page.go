package explain

// The page.
const (
	PageLanguage    Message = "en" // the language's tag (RFC 5646)
	PageDrawing     Message = "The network of %[1]s: nodes, their interfaces, and the cables between them"
	PageWithFault   Message = "%[1]s, with a fault"
	PageUnmatched   Message = "%[1]d rule did not match|%[1]d rules did not match"
	PageMorePackets Message = "%[1]d packet is shown step by step only in a current browser with JavaScript: it is in the background, shows nothing new, or is not among the first %[2]d|%[1]d packets are shown step by step only in a current browser with JavaScript: those in the background, those that show nothing new, and any beyond the first %[2]d"
	PageMoreEntries Message = "%[1]d more line of the list is shown only in a current browser with JavaScript|%[1]d more lines of the list are shown only in a current browser with JavaScript"
	PageDetails     Message = "rules that did not match, and the layers and bytes of frames, are shown only in a current browser with JavaScript"
	LabelDetails    Message = "details"
	PageRules       Message = "rules on %[1]s"
	PageRulesBefore Message = "rules on %[1]s, before %[2]s"
	PagePolicy      Message = "policy %[1]s"
	PageAnswers     Message = "answers to the requests"
	PageNode        Message = "node"
	PageMAC         Message = "hardware address"
	PageAddresses   Message = "addresses"
	PageRule        Message = "rule"
	PageProtocol    Message = "protocol"
	PageTranslation Message = "translation"
	PageEntry       Message = "final entry"
	PageBack        Message = "previous step"
	PageWalk        Message = "walk"
	PagePanes       Message = "panes"
	PageSteps       Message = "steps"
	PageClose       Message = "close"
	PageNothing     Message = "no packet matches the filter"
)

// The album of pages.
const (
	AlbumTitle   Message = "tracer: the course"
	AlbumCourse  Message = "the course"
	AlbumAbout   Message = "%[1]d lesson on what happens to a packet in Docker's network. It sets the scene and asks a question: predict the answer, then follow the packets with → and ←.|%[1]d lessons on what happens to a packet in Docker's network. Each sets the scene and asks a question: predict the answer, then follow the packets with → and ←."
	AlbumMinutes Message = "%[1]d min"
	AlbumAfter   Message = "follows"
	AlbumNoFault Message = "without the fault"
	AlbumFaults  Message = "the same with a fault:"
)
