package iptables

// Numbers of linux/netfilter/nf_tables.h, spelt out here because decoding
// works on every operating system and golang.org/x/sys/unix has them on Linux
// only.
const (
	genID = 1 // NFTA_GEN_ID

	chainTable  = 1 // NFTA_CHAIN_*
	chainName   = 3
	chainHook   = 4
	chainPolicy = 5
	chainType   = 7

	hookNumber   = 1 // NFTA_HOOK_*
	hookPriority = 2

	ruleTable       = 1 // NFTA_RULE_*
	ruleChain       = 2
	ruleHandle      = 3
	ruleExpressions = 4

	exprName = 1 // NFTA_EXPR_*
	exprData = 2

	dataValue    = 1 // NFTA_DATA_*
	dataVerdict  = 2
	verdictCode  = 1 // NFTA_VERDICT_*
	verdictChain = 2

	metaDest = 1 // NFTA_META_*
	metaKey  = 2

	payloadDest   = 1 // NFTA_PAYLOAD_*
	payloadBase   = 2
	payloadOffset = 3
	payloadLen    = 4

	bitwiseSource = 1 // NFTA_BITWISE_*
	bitwiseDest   = 2
	bitwiseLen    = 3
	bitwiseMask   = 4
	bitwiseXor    = 5
	bitwiseOp     = 6

	cmpSource = 1 // NFTA_CMP_*
	cmpOp     = 2
	cmpData   = 3

	rangeSource = 1 // NFTA_RANGE_*
	rangeOp     = 2
	rangeFrom   = 3
	rangeTo     = 4

	counterBytes   = 1 // NFTA_COUNTER_*
	counterPackets = 2
	counterPad     = 3

	immediateDest = 1 // NFTA_IMMEDIATE_*
	immediateData = 2

	xtName = 1 // NFTA_MATCH_* and NFTA_TARGET_*
	xtRev  = 2
	xtInfo = 3
)

// Values of those attributes.
const (
	regVerdict = 0 // NFT_REG_VERDICT

	keyMark    = 3 // NFT_META_*
	keyIn      = 6 // IIFNAME
	keyOut     = 7 // OIFNAME
	keyL4Proto = 16

	baseNetwork   = 1 // NFT_PAYLOAD_*_HEADER
	baseTransport = 2

	opEq  = 0 // NFT_CMP_*, the first two NFT_RANGE_* too
	opNeq = 1
	opLt  = 2
	opLte = 3
	opGt  = 4
	opGte = 5

	verdictReturn = -5 // enum nft_verdicts and NF_*
	verdictGoto   = -4
	verdictJump   = -3
	verdictDrop   = 0
	verdictAccept = 1
)

// Offsets in the IPv4 header (RFC 791) and in the TCP and UDP headers.
const (
	offsetProtocol    = 9
	offsetSource      = 12
	offsetDestination = 16
	offsetSourcePort  = 0
	offsetDestPort    = 2
)
