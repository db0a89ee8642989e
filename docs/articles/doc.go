// Command articles writes docs/articles.md: what the reference articles show, row by row,
// and with which command tracer shows the same.
//
//	go run ./docs/articles docs/articles.md
//
//	scenarios/articles (rows) ──┬─▶ page ─▶ docs/articles.md
//	scenarios (expectations) ───┘
//
// A test compares the file with what the program writes.
package main
