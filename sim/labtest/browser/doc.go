// Package browser opens pages in Chromium, for tests of what a reader's browser shows.
//
//	test ── Open ─▶ Chromium, an empty tab ── chromedp.Run ─▶ Navigate, Click, KeyEvent, Evaluate, …
//	  ▲                    │
//	  └── at its end ──────┴─ errors, output to the console, requests for other URLs
//
// A page of tracer needs nothing but its own file. So a test says which URLs its page may request,
// and fails if there are others:
//
//	tab := browser.Open(t, 1400, 900, func(url string) bool { return url == page })
//	err := chromedp.Run(tab, chromedp.Navigate(page))
//
// Only tests may import it.
package browser
