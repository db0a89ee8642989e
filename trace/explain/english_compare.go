package explain

// Two traces compared.
const (
	CompareOne     Message = "%[1]s: two runs compared"
	CompareTwo     Message = "%[1]s, compared with %[2]s"
	CompareFault   Message = "%[1]s, with and without the fault %[2]s"
	CompareSide    Message = "without a fault"
	CompareSideHas Message = "with the fault %[1]s: %[2]s"
	CompareRun     Message = "%[1]s: %[2]s"

	CompareAlike       Message = "Every packet fares the same on both sides, but the networks differ."
	CompareEqual       Message = "The two traces do not differ."
	CompareFirst       Message = "First difference"
	CompareFirstOf     Message = "First difference: %[1]s"
	CompareNone        Message = "No packet fares differently."
	CompareFurther     Message = "%[1]d further difference|%[1]d further differences"
	CompareMore        Message = "and %[1]d more; --format json lists all|and %[1]d more; --format json lists all"
	CompareBefore      Message = "%[1]d packet before it is the same on both sides|%[1]d packets before it are the same on both sides"
	CompareSetup       Message = "Configured on one side only"
	CompareUnsure      Message = "uncertain: the traces do not show for certain that this is a difference"
	CompareUnsureBrief Message = "uncertain"
	CompareIgnored     Message = "Not compared: times, ephemeral ports, hardware addresses and counters; background packets; and the number of retransmissions."

	CompareOnly       Message = "only in %[1]s"
	CompareNothing    Message = "no counterpart"
	CompareNoStep     Message = "no such step"
	CompareDiffers    Message = "next difference"
	CompareAlikeMore  Message = "%[1]d more packet|%[1]d more packets"
	CompareLeftOut    Message = "%[1]d packet that differs is not shown: the limit is %[2]d|%[1]d packets that differ are not shown: the limit is %[2]d"
	CompareWithin     Message = "part of the step above"
	CompareUnrecorded Message = "not recorded"
	CompareThen       Message = "then: %[1]s"

	// Facts.
	CompareHook     Message = "reaches the %[1]s hook"
	CompareSent     Message = "sent as %[1]s %[3]s %[2]s"
	CompareSentTTL  Message = "sent as %[1]s %[4]s %[2]s, ttl %[3]d"
	CompareSeen     Message = "seen at %[1]s (%[2]s)"
	CompareChainEnd Message = "%[1]s %[2]s: no rule decided; returns to the calling chain"
	ComparePolicy   Message = "%[1]s %[2]s: no rule decided; policy %[3]s"
	CompareUnknown  Message = "%[1]s %[2]s: a rule whose text is not known"

	// Why a packet did not match the other side's rule.
	CompareMissing     Message = "not in %[1]s: %[2]s does not have this rule"
	CompareUnmatched   Message = "no match in %[1]s: %[2]s (it is %[3]s)"
	CompareUnmatchedIt Message = "no match in %[1]s: %[2]s"
	CompareUnreached   Message = "%[1]s has this rule too, but the packet does not reach it"

	// Kinds of differences.
	CompareRequests Message = "different requests"
	CompareAnswers  Message = "different answer to request %[1]s"
	CompareSentBy   Message = "sent differently by %[1]s"
	CompareHookAt   Message = "different hooks on %[1]s"
	CompareRuleAt   Message = "different rule on %[1]s, at %[2]s"
	CompareRuleOn   Message = "different rule on %[1]s"
	CompareField    Message = "%[2]s changes differently on %[1]s"
	ComparePlace    Message = "different path through %[1]s"
	CompareEnd      Message = "ends differently on %[1]s"

	// Settings.
	CompareNode        Message = "%[1]s: the node"
	CompareRule        Message = "%[1]s: rule %[2]s"
	CompareRulePolicy  Message = "%[1]s: policy %[2]s"
	CompareRoute       Message = "%[1]s: route %[2]s"
	CompareForwarding  Message = "%[1]s: net.ipv4.ip_forward=1"
	CompareInterface   Message = "%[1]s: net.ipv4.conf.%[2]s.forwarding=1"
	CompareBridge      Message = "%[1]s: net.bridge.bridge-nf-call-iptables=1"
	CompareLocalnet    Message = "%[1]s: net.ipv4.conf.%[2]s.route_localnet=1"
	CompareMatchedBy   Message = "matched by %[1]s"
	CompareUnmatchedBy Message = "does not match %[1]s: %[2]s (it is %[3]s)"
	CompareUnmetBy     Message = "does not match %[1]s: %[2]s"
	CompareUnmet       Message = "no packet reaches it"
)
