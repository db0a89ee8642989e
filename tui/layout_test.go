package tui

import "testing"

// TestLayout: at every size, the parts are within the screen and do not overlap, and each
// part shown has room for its heading and two rows.
func TestLayout(t *testing.T) {
	for w := 1; w <= 260; w += 1 + w%3 {
		for h := 1; h <= 80; h += 1 + h%2 {
			for _, network := range []int{1, 5, 9, 40} {
				l := newLayout(w, h, network, w%2 == 0)
				if l.small != (w < leastWidth || h < leastHeight) {
					t.Fatalf("%d×%d: small is %v", w, h, l.small)
				}
				if l.small {
					continue
				}
				parts := map[string]rect{"title": l.title, "network": l.network, "status": l.status, "packets": l.packets, "hops": l.hops, "detail": l.detail, "side": l.side}
				used := make([]string, w*h)
				for name, r := range parts {
					if r.h == 0 {
						continue
					}
					if least := map[string]int{"title": 1, "status": 1, "network": 2}[name]; r.h < max(least, 1) || least == 0 && r.h < 3 || r.w < 30 {
						t.Fatalf("%d×%d: %s is %+v", w, h, name, r)
					}
					for y := r.y; y < r.y+r.h; y++ {
						for x := r.x; x < r.x+r.w; x++ {
							if x < 0 || x >= w || y < 0 || y >= h || used[y*w+x] != "" {
								t.Fatalf("%d×%d: %s is %+v, on %q", w, h, name, r, used[min(max(y*w+x, 0), w*h-1)])
							}
							used[y*w+x] = name
						}
					}
				}
				if l.tabs != (w < panedWidth || h < panedHeight) || l.tabs == (l.packets.h > 0) {
					t.Fatalf("%d×%d: tabs %v, packets %+v", w, h, l.tabs, l.packets)
				}
			}
		}
	}
}
