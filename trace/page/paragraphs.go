package page

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"tracer/trace/escape"
)

// paragraphs returns the paragraphs of an author's text. The browser is free to break running text
// elsewhere; other lines, such as commands, are kept. A paragraph is running text if it ends like a
// sentence.
func paragraphs(s string) (list []string) {
	s = strings.TrimSpace(escape.Text(s))
	if s == "" {
		return nil
	}
	full := 0
	for line := range strings.SplitSeq(s, "\n") {
		full = max(full, utf8.RuneCountInString(line))
	}
	for p := range strings.SplitSeq(s, "\n\n") {
		if sentence(p) {
			p = joined(strings.Split(p, "\n"), full)
		}
		list = append(list, p)
	}
	return list
}

var (
	endsSentence = regexp.MustCompile(`[^\s.][.?!:]["”)]*$`)
	beginsItem   = regexp.MustCompile(`^(\d\S*[.:]|[-*•])\s`)
)

func sentence(s string) bool { return endsSentence.MatchString(s) }

// joined joins the lines of running text, except for the items of a list and what follows them.
func joined(lines []string, full int) string {
	out := lines[0]
	for i, line := range lines[1:] {
		before, glue := lines[i], " "
		switch {
		case strings.HasSuffix(before, "\\"),
			sentence(before) && (beginsItem.MatchString(line) || line[0] != ' ' && fits(before, line, full)):
			glue = "\n"
		}
		out += glue + strings.TrimSpace(line)
	}
	return out
}

// fits reports whether the first word of the next line had room on a line.
func fits(line, next string, full int) bool {
	word, _, _ := strings.Cut(next, " ")
	return utf8.RuneCountInString(line+" "+word) <= full
}
