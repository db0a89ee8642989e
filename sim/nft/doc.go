// Package nft models nftables tables, as far as Docker Engine's nftables backend and labs use
// them. It converts between the text that "nft list ruleset" prints, the expressions in the
// kernel, and Go values.
//
//	   Ruleset                    text: Parse, Ruleset.String
//	┌──────────────┐  ───────────▶  oifname vmap @jumps
//	│ Table        │  ◀───────────  ip daddr 172.17.0.2 tcp dport 5000 counter accept
//	│  ├ Set       │    Install     ┌──────────────────────────┐
//	│  │  └ Element│  ───────────▶  │ kernel (nf_tables)       │
//	│  └ Chain     │  ◀───────────  │  meta oifname            │
//	│     └ Rule   │      Read      │  lookup jumps, verdict   │
//	└──────────────┘  with handles  └──────────────────────────┘
//	      │           and counters
//	      ▼
//	[]rule.Table: Neutral
//
// The nft program is not needed; if it is installed, it can list, change and delete the tables.
// The text is that of nft 1.0.6, byte by byte, except for counters: the text shows where the
// kernel counts, but not how much. Parse reads what nft prints, and the same with different
// white space; it does not know nft's commands and variables.
//
// # Statements
//
// A rule is a list of statements that the kernel executes in order, until one does not match
// or decides. A [Match] compares what a [Selector] names with a value, a range, a prefix or the
// elements of a set. The same selectors look up verdicts ([Branch]) and addresses ([NAT]):
//
//	iifname != "docker0" ip saddr . tcp dport @allowed counter drop comment "closed"
//	└────── Match ─────┘ └────────── Match ──────────┘ Counter Verdict
//	        Selector     Selector   Selector   Set
//
// Conditions that follow from others are not part of the text. "tcp dport 80" also tests the
// protocol, and in a table of family inet, "ip saddr" tests the version.
//
// # What is not understood
//
// A rule that Read does not fully understand has [Opaque] statements, and is not evaluated. A
// rule counts as understood only if its statements yield exactly the kernel's expressions.
// The same holds for sets. The text of such rules is left to nft.
package nft
