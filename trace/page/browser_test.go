package page

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"tracer/sim/labtest/browser"
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
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	b := &tab{T: t, url: (&url.URL{Scheme: "file", Path: file}).String()}
	b.Context = browser.Open(t, width, height, func(url string) bool { return url == b.url })
	return b
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
