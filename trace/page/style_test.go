package page

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestContrast: text is readable on the page and where it is marked (WCAG 2.2, 1.4.3), in light
// and dark; lines can be seen (1.4.11).
func TestContrast(t *testing.T) {
	css, err := files.ReadFile("style/1-colors.css")
	if err != nil {
		t.Fatal(err)
	}
	schemes := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(string(css), -1)
	if len(schemes) != 2 {
		t.Fatalf("%d color schemes", len(schemes))
	}
	for i, scheme := range schemes {
		colors := map[string]float64{}
		for _, c := range regexp.MustCompile(`--(\w+): #(\w+);`).FindAllStringSubmatch(scheme[1], -1) {
			colors[c[1]] = luminance(t, c[2])
		}
		for _, c := range []struct {
			text, on string
			least    float64
		}{
			{"text", "page", 4.5}, {"note", "page", 4.5}, {"rule", "page", 4.5}, {"changed", "page", 4.5}, {"good", "page", 4.5}, {"bad", "page", 4.5}, {"here", "page", 4.5},
			{"text", "mark", 4.5}, {"changed", "mark", 4.5}, {"line", "page", 3},
		} {
			light, dark := max(colors[c.text], colors[c.on]), min(colors[c.text], colors[c.on])
			if got := (light + .05) / (dark + .05); got < c.least {
				t.Errorf("scheme %d: %s on %s has a contrast of %.2f", i, c.text, c.on, got)
			}
		}
	}
}

// luminance returns the relative luminance of a color, "fff" or "ffffff" (WCAG 2.2).
func luminance(t *testing.T, color string) float64 {
	t.Helper()
	if len(color) == 3 {
		color = strings.Repeat(color[:1], 2) + strings.Repeat(color[1:2], 2) + strings.Repeat(color[2:], 2)
	}
	n, err := strconv.ParseUint(color, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	linear := func(shift int) float64 {
		v := float64(n>>shift&0xff) / 255
		if v <= .04045 {
			return v / 12.92
		}
		return math.Pow((v+.055)/1.055, 2.4)
	}
	return .2126*linear(16) + .7152*linear(8) + .0722*linear(0)
}
