// Package album has the pictures of the album, and a test of it in a browser.
package album

import (
	"context"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"tracer/sim/labtest"
)

// TestAlbumBrowser: in Chromium, links lead from the index to a lesson, to the next one, to its
// fault, and back. No page causes an error, or requests anything but a page of the album.
func TestAlbumBrowser(t *testing.T) {
	chromium := labtest.Peer(t, "chromium")
	dir := filepath.Join(t.TempDir(), "course")
	if out, err := exec.CommandContext(t.Context(), "go", "run", "tracer/cmd/tracer", "export", "--all", "--format", "html", "--out", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.WindowSize(360, 800))...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	home := (&url.URL{Scheme: "file", Path: dir}).String() + "/"
	wrong := watchBrowser(ctx, home)
	if err := chromedp.Run(ctx, network.Enable(), log.Enable(), chromedp.EmulateViewport(360, 800), chromedp.Navigate(home+"index.html")); err != nil {
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
	for _, w := range wrong() {
		t.Error(w)
	}
}

// watchBrowser returns a function that returns errors so far, and requests outside an album.
func watchBrowser(ctx context.Context, home string) func() []string {
	var m sync.Mutex
	var list []string
	add := func(s string) {
		m.Lock()
		defer m.Unlock()
		list = append(list, s)
	}
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			add(e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			add("the console was used")
		case *log.EventEntryAdded:
			add(e.Entry.Text)
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, home) || !strings.HasSuffix(e.Request.URL, ".html") {
				add("request: " + e.Request.URL)
			}
		}
	})
	return func() []string {
		m.Lock()
		defer m.Unlock()
		return append([]string{}, list...)
	}
}
