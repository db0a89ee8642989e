// Package traffic has the clients and servers of a lab. What they send is meant to be
// looked at packet by packet, so each does what a student expects and no more: one
// connection for each page, no retries, no answer from a cache.
//
//	client                 says                      server
//
//	Get       ──────────── HTTP, after DNS ───────▶ ServeHTTP
//	Exchange  ──────────── UDP ───────────────────▶ ServeUDP
//	Resolve   ──────────── DNS over UDP ──────────▶ ServeUDP, with Names
//	Pinger    ──────────── ICMP echo ─────────────▶ (the kernel answers)
//	anybody   ─── TCP ───▶ ServeProxy ─── TCP ────▶ anybody
//
// A client or server works in a [Namespace]: its sockets are opened there. After that
// it does not matter which thread uses them, so waiting for an answer keeps nobody else
// from the namespace.
//
//	page, err := traffic.Get(ctx, client, traffic.PageRequest{URL: "http://10.0.0.2/"})
//
// Nothing here knows of nodes, scenarios or labs: package sim takes a request apart, and
// says in whose namespace it is sent. Clients return the errors of package net; a wait
// that the context ended is [os.ErrDeadlineExceeded] or the context's own error.
package traffic
