package explain

// Two traces compared.
const (
	CompareOne     Message = "%[1]s: two runs compared"
	CompareTwo     Message = "%[1]s, compared with %[2]s"
	CompareFault   Message = "%[1]s, with and without the fault %[2]s"
	CompareSide    Message = "without a fault"
	CompareSideHas Message = "with the fault %[1]s: %[2]s"
	CompareRun     Message = "%[1]s: %[2]s"

	CompareAlike       Message = "Every packet fares alike on both sides, but the networks differ."
	CompareEqual       Message = "The two traces do not differ."
	CompareFirst       Message = "First difference"
	CompareFirstOf     Message = "First difference: %[1]s"
	CompareNone        Message = "No packet fares differently."
	CompareFurther     Message = "%[1]d further difference|%[1]d further differences"
	CompareMore        Message = "and %[1]d more; --format json lists all|and %[1]d more; --format json lists all"
	CompareBefore      Message = "%[1]d packet before it is alike|%[1]d packets before it are alike"
	CompareSetup       Message = "What only one side has"
	CompareUnsure      Message = "uncertain: the traces do not show for certain that this is a difference"
	CompareUnsureBrief Message = "uncertain"
	CompareIgnored     Message = "Not compared: times, ephemeral ports, hardware addresses and counters; packets in the background; and how often a packet was sent again."

	CompareOnly       Message = "only in %[1]s"
	CompareNothing    Message = "nothing of the kind"
	CompareNoStep     Message = "no such step"
	CompareDiffers    Message = "next difference"
	CompareAlikeMore  Message = "%[1]d more packet|%[1]d more packets"
	CompareLeftOut    Message = "%[1]d packet that differs is not shown: at most %[2]d are|%[1]d packets that differ are not shown: at most %[2]d are"
	CompareWithin     Message = "part of the step above"
	CompareUnrecorded Message = "not recorded"
	CompareThen       Message = "then: %[1]s"

	// Facts.
	CompareHook     Message = "reaches the hook %[1]s"
	CompareSent     Message = "sent as %[1]s %[3]s %[2]s"
	CompareSentTTL  Message = "sent as %[1]s %[4]s %[2]s, ttl %[3]d"
	CompareSeen     Message = "seen at %[1]s (%[2]s)"
	CompareChainEnd Message = "%[1]s %[2]s: no rule matched; back to the chain before it"
	ComparePolicy   Message = "%[1]s %[2]s: no rule decided; policy %[3]s"
	CompareUnknown  Message = "%[1]s %[2]s: a rule whose text is not known"

	// Why a packet did not match the other side's rule.
	CompareMissing     Message = "not in %[1]s: %[2]s does not have this rule"
	CompareUnmatched   Message = "no match in %[1]s: %[2]s (it is %[3]s)"
	CompareUnmatchedIt Message = "no match in %[1]s: %[2]s"
	CompareUnreached   Message = "%[1]s has this rule, too, but the packet does not get to it"

	// Kinds of differences.
	CompareRequests Message = "other requests"
	CompareAnswers  Message = "another answer to request %[1]s"
	CompareSentBy   Message = "sent otherwise by %[1]s"
	CompareHookAt   Message = "other hooks on %[1]s"
	CompareRuleAt   Message = "another rule on %[1]s, at %[2]s"
	CompareRuleOn   Message = "another rule on %[1]s"
	CompareField    Message = "%[2]s changes otherwise on %[1]s"
	ComparePlace    Message = "another way through %[1]s"
	CompareEnd      Message = "ends otherwise on %[1]s"

	// Settings.
	CompareNode        Message = "%[1]s: the node"
	CompareRule        Message = "%[1]s: rule %[2]s"
	CompareRulePolicy  Message = "%[1]s: policy of %[2]s"
	CompareRoute       Message = "%[1]s: route %[2]s"
	CompareForwarding  Message = "%[1]s: net.ipv4.ip_forward=1"
	CompareInterface   Message = "%[1]s: net.ipv4.conf.%[2]s.forwarding=1"
	CompareBridge      Message = "%[1]s: net.bridge.bridge-nf-call-iptables=1"
	CompareLocalnet    Message = "%[1]s: net.ipv4.conf.%[2]s.route_localnet=1"
	CompareMatchedBy   Message = "matched by %[1]s"
	CompareUnmatchedBy Message = "does not match %[1]s: %[2]s (it is %[3]s)"
	CompareUnmetBy     Message = "does not match %[1]s: %[2]s"
	CompareUnmet       Message = "no packet comes to it"
)
