package page

import (
	"bufio"
	"html/template"
	"io"

	"tracer/trace/explain"
)

// Link is a link to a page of the same album.
type Link struct {
	Address string // relative to the album
	Text    string
}

// Place is the place of a page in an album. Links without an address are left out.
type Place struct {
	Index          Link
	Previous, Next Link // lessons
	Lesson         Link // of a fault's page: the lesson without the fault
	Faults         []Link
}

// Course is what the index of an album lists, in this order.
type Course []Group

// Group is the lessons on a topic.
type Group struct {
	Topic   string
	Lessons []Lesson
}

// Lesson is an entry of the index. Its link has the title.
type Lesson struct {
	Link
	Number        int // in the course; 0: none
	Name          string
	Headline      string
	Minutes       int    // 0: not given
	After, Faults []Link // the lessons that come before it, and its faults
}

// index is everything that the template of the index renders.
type index struct {
	Labels           *labels
	Language, Policy string
	Style            template.CSS
	About            string
	Course           Course
}

// Duration formats how long a lesson takes.
func (d *index) Duration(minutes int) string {
	return d.Labels.language.Format(explain.AlbumMinutes, minutes)
}

// WriteIndex writes the index of an album.
func WriteIndex(w io.Writer, c Course, o Options) error {
	style, err := small(styles, "style/1-*.css", "style/2-*.css", "style/album/*.css")
	if err != nil {
		return err
	}
	lessons := 0
	for _, g := range c {
		lessons += len(g.Lessons)
	}
	l := o.Language
	words := newLabels(l)
	d := &index{&words, l.Format(explain.PageLanguage), policy(style), template.CSS(style), l.Format(explain.AlbumAbout, lessons), c}
	out := bufio.NewWriter(w)
	if err := templates().ExecuteTemplate(out, "index", d); err != nil {
		return err
	}
	return out.Flush()
}
