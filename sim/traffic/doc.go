// Package traffic provides the clients and servers of a lab. Their traffic is meant to
// be studied packet by packet, so each does what a student expects and no more: one
// connection per page, no retries, no cached answers.
//
//	client                 protocol                  server
//
//	Get       ──────────── HTTP, after DNS ───────▶ ServeHTTP
//	Exchange  ──────────── UDP ───────────────────▶ ServeUDP
//	Resolve   ──────────── DNS over UDP ──────────▶ ServeUDP, with Names
//	anybody   ──────────── DNS ───────────────────▶ ServeDNS ─── DNS ──▶ anybody
//	Pinger    ──────────── ICMP echo ─────────────▶ (the kernel answers)
//	anybody   ─── TCP ───▶ ServeProxy ─── TCP ────▶ anybody
//	anybody   ─── UDP ─▶ ServeUDPProxy ── UDP ────▶ anybody
//	anybody   ─── TCP or UDP ─────────────────────▶ Hold, which answers nothing
//
// A client or server works in a [Namespace]: its sockets are opened there. After that
// any thread may use them, so waiting for an answer does not block the namespace.
//
//	page, err := traffic.Get(ctx, client, traffic.PageRequest{URL: "http://10.0.0.2/"})
//
// This package knows nothing of nodes, scenarios or labs: package sim interprets a
// request and chooses the namespace to send it from. Clients return the errors of
// package net; if the context ends a wait, the error is [os.ErrDeadlineExceeded] or the
// context's own.
package traffic
