package tui

import (
	"image/color"
	"math"
	"reflect"
	"testing"

	"tracer/tui/internal/canvas"
)

// backgrounds are those of common terminals and their themes.
var backgrounds = map[bool]map[string]color.RGBA{
	true: {
		"black": {0, 0, 0, 255}, "VS Code": {0x1e, 0x1e, 0x1e, 255}, "One Dark": {0x28, 0x2c, 0x34, 255}, "Solarized": {0x00, 0x2b, 0x36, 255},
		"Dracula": {0x28, 0x2a, 0x36, 255}, "Monokai": {0x27, 0x28, 0x22, 255}, "Ubuntu": {0x30, 0x0a, 0x24, 255}, "Nord": {0x2e, 0x34, 0x40, 255},
	},
	false: {"white": {255, 255, 255, 255}, "One Light": {0xfa, 0xfa, 0xfa, 255}, "Solarized": {0xfd, 0xf6, 0xe3, 255}, "GNOME": {0xf6, 0xf5, 0xf4, 255}},
}

// luminance returns the relative luminance of a color (WCAG 2.2).
func luminance(c color.Color) float64 {
	linear := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	r, g, b, _ := c.RGBA()
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// contrast returns the contrast ratio of two colors (WCAG 2.2).
func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast: every text and frame of the walk has a contrast of at least 4.5:1 with common
// backgrounds, and nothing is faint.
func TestContrast(t *testing.T) {
	for _, pair := range []struct {
		a, b color.Color
		want float64
	}{{color.Black, color.White, 21}, {color.White, color.White, 1}, {color.RGBA{0x77, 0x77, 0x77, 255}, color.White, 4.48}} {
		if got := contrast(pair.a, pair.b); math.Abs(got-pair.want) > 0.01 {
			t.Fatalf("contrast %v, not %v", got, pair.want)
		}
	}
	for dark, list := range backgrounds {
		for _, reply := range []bool{false, true} {
			styles := looks(dark, reply)
			if len(styles) < 20 {
				t.Fatalf("only %d styles", len(styles))
			}
			for name, style := range styles {
				if style.Attrs&canvas.Faint != 0 {
					t.Errorf("%s is faint", name)
				}
				if style.Fg == nil { // the terminal's own color
					continue
				}
				for where, ground := range list {
					if got := contrast(style.Fg, ground); got < 4.5 {
						t.Errorf("%s on %s: contrast %.2f", name, where, got)
					}
				}
			}
		}
	}
}

// looks returns all styles of a theme and its map, by their names.
func looks(dark, reply bool) map[string]canvas.Style {
	look, all := newTheme(dark, false), map[string]canvas.Style{}
	n := look.towards(reply)
	of := reflect.ValueOf(n)
	for i := range of.NumField() {
		if s, is := of.Field(i).Interface().(canvas.Style); is {
			all["map "+of.Type().Field(i).Name] = s
		}
	}
	for name, s := range map[string]canvas.Style{
		"title": look.title, "dim": look.dim, "frame": look.frame, "original": look.original, "reply": look.reply, "changed": look.changed,
		"rule": look.rule, "good": look.good, "bad": look.bad, "chosen": look.chosen, "tab": look.tab, "key": look.key,
	} {
		all[name] = s
	}
	return all
}
