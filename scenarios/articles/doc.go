// Package articles lists what the reference articles show and state about container
// networks, row by row, and which expectations of the built-in scenarios reproduce it.
//
//	articles.yaml ──Load──▶ Article ─▶ Row
//	                                    ▲ id
//	scenarios ──Proofs──▶ Proof ────────┘
//
// The articles are real texts about Docker networks. A row is one thing that a reader could
// check on a machine. Where an article errs, its row has both what the article says and what
// the kernel does. The package docs/articles turns it into a page.
package articles
