package browser

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"tracer/sim/labtest"
)

// timeLimit is how long a test may use its browser.
const timeLimit = 5 * time.Minute

// Open starts Chromium, and returns the context of an empty tab for [chromedp.Run]. Width and height
// are the tab's, in CSS pixels. The test fails if a page causes an error, writes to the console, or
// requests a URL that is not allowed. Tests without Chromium skip, as [labtest.Peer] does.
func Open(t *testing.T, width, height int, allowed func(url string) bool) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(labtest.Peer(t, "chromium")), chromedp.NoSandbox, chromedp.WindowSize(width, height))
	ctx, cancel := context.WithTimeout(t.Context(), timeLimit)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	watch(t, ctx, allowed)
	if err := chromedp.Run(ctx, network.Enable(), log.Enable(), chromedp.EmulateViewport(int64(width), int64(height))); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// watch reports errors, console output and disallowed requests at the end of the test.
func watch(t *testing.T, ctx context.Context, allowed func(url string) bool) {
	var m sync.Mutex
	var bad []string
	add := func(s string) {
		m.Lock()
		defer m.Unlock()
		bad = append(bad, s)
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
			if !allowed(e.Request.URL) {
				add("request: " + e.Request.URL)
			}
		}
	})
	t.Cleanup(func() {
		m.Lock()
		defer m.Unlock()
		for _, s := range bad {
			t.Error(s)
		}
	})
}
