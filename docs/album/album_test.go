// Package album has the pictures of the album, and a test of it in a browser.
package album

import (
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tracer/sim/labtest"
	"tracer/sim/labtest/browser"
)

// TestAlbumBrowser: in Chromium, links lead from the index to a lesson, to the next one, to its
// fault, and back. No page causes an error, or requests anything but a page of the album.
func TestAlbumBrowser(t *testing.T) {
	labtest.Peer(t, "chromium")
	dir := filepath.Join(t.TempDir(), "course")
	if out, err := exec.CommandContext(t.Context(), "go", "run", "tracer/cmd/tracer", "export", "--all", "--format", "html", "--out", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	home := (&url.URL{Scheme: "file", Path: dir}).String() + "/"
	ctx := browser.Open(t, 360, 800, func(url string) bool { return strings.HasPrefix(url, home) && strings.HasSuffix(url, ".html") })
	if err := chromedp.Run(ctx, chromedp.Navigate(home+"index.html")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ click, at string }{
		{`a[href="ip-forward.html"]`, "ip-forward.html"},
		{`a[rel=next]`, "snat-plain.html"},
		{`a[rel=prev]`, "ip-forward.html"},
		{`#answer a[href*="@"]`, "ip-forward@forwarding.html"},
		{`#place a[href="ip-forward.html"]`, "ip-forward.html"},
		{`#place a`, "index.html#ip-forward"},
	} {
		if err := chromedp.Run(ctx, chromedp.Evaluate(`document.querySelector('`+c.click+`').click()`, nil)); err != nil {
			t.Fatalf("to %s: %v", c.at, err)
		}
		for there := false; !there; { // between two pages, there is nothing to ask
			if err := ctx.Err(); err != nil {
				t.Fatalf("to %s: %v", c.at, err)
			}
			_ = chromedp.Run(ctx, chromedp.Evaluate(`location.href === "`+home+c.at+`" && document.readyState === "complete" && !document.documentElement.hidden`, &there))
		}
		var wide bool
		if err := chromedp.Run(ctx, chromedp.Evaluate(`document.documentElement.scrollWidth > innerWidth`, &wide)); err != nil || wide {
			t.Errorf("%s is wider than a phone: %v, %v", c.at, wide, err)
		}
	}
}
