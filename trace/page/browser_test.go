package page

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"tracer/sim/labtest"
)

// tab is a page open in Chromium.
type tab struct {
	*testing.T
	context.Context
	url string
}

// opened opens a page in Chromium, in a window of a size. The test fails if the page causes an
// error or a request.
func opened(t *testing.T, text, hash string, width, height int) *tab {
	t.Helper()
	b := blank(t, text, width, height)
	b.do(chromedp.Navigate(b.url + hash))
	if strings.Contains(text, "walk-script") {
		b.until(`document.body.classList.contains("walk") && !document.documentElement.hidden`)
	}
	return b
}

// unscripted opens a page in a browser that runs no scripts.
func unscripted(t *testing.T, text string, width, height int) *tab {
	t.Helper()
	b := blank(t, text, width, height)
	b.do(emulation.SetScriptExecutionDisabled(true), chromedp.Navigate(b.url))
	return b
}

// blank returns a tab for a page that is not open yet.
func blank(t *testing.T, text string, width, height int) *tab {
	t.Helper()
	path := labtest.Peer(t, "chromium")
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(width, height))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &tab{t, ctx, (&url.URL{Scheme: "file", Path: file}).String()}
	b.watch()
	b.do(network.Enable(), log.Enable(), chromedp.EmulateViewport(int64(width), int64(height)))
	return b
}

// watch reports the page's errors and requests at the end of the test.
func (b *tab) watch() {
	var m sync.Mutex
	var bad []string
	add := func(s string) {
		m.Lock()
		defer m.Unlock()
		bad = append(bad, s)
	}
	chromedp.ListenTarget(b.Context, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			add(e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			add("the console was used")
		case *log.EventEntryAdded:
			add(e.Entry.Text)
		case *network.EventRequestWillBeSent:
			if e.Request.URL != b.url {
				add("request: " + e.Request.URL)
			}
		}
	})
	b.Cleanup(func() {
		m.Lock()
		defer m.Unlock()
		for _, s := range bad {
			b.Error(s)
		}
	})
}

func (b *tab) do(actions ...chromedp.Action) {
	b.Helper()
	if err := chromedp.Run(b.Context, actions...); err != nil {
		b.Fatal(err)
	}
}

// press presses keys.
func (b *tab) press(keys ...string) {
	b.Helper()
	for _, k := range keys {
		b.do(chromedp.KeyEvent(k))
	}
}

// eval returns what an expression yields, or its promise.
func eval[T any](b *tab, expression string) (out T) {
	b.Helper()
	b.do(chromedp.Evaluate(expression, &out, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	return out
}

// until waits until an expression is true.
func (b *tab) until(expression string) {
	b.Helper()
	if err := chromedp.Run(b.Context, chromedp.Poll(expression, nil, chromedp.WithPollingTimeout(20*time.Second))); err != nil {
		b.Fatalf("%s: %v; at %s", expression, err, eval[string](b, "location.hash"))
	}
}
