package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"

	"tracer/scenarios"
	"tracer/trace/explain"
	"tracer/trace/export"
	"tracer/trace/page"
	"tracer/trace/store"
)

// isAlbum returns an error unless the arguments and flags are those of an album.
func (f *exportFlags) isAlbum(args []string) error {
	switch {
	case len(args) > 0:
		return mistake("--all exports every lesson; it cannot be used with %q", args[0])
	case f.fault != "":
		return mistake("--all exports every fault; it cannot be used with --fault")
	case f.format != formatHTML:
		return cmp.Or(oneOf("format", f.format, formats()...), mistake("--all exports pages; use --format html"))
	case f.toStdout():
		return mistake("--all writes one page per lesson; use --out DIR")
	}
	return nil
}

// indexFile is the page that lists the others.
const indexFile = "index.html"

// exportAlbum writes a page of each lesson and each fault, and an index, to a directory.
func exportAlbum(ctx context.Context, out string) error {
	lessons, err := course()
	if err != nil {
		return err
	}
	ctx, signals := obeySignals(ctx)
	defer signals.stop()
	dir, err := store.Open(out, caller())
	if err != nil {
		return outputError{err}
	}
	defer dir.Close() // its files are closed already
	dir.Share()
	if err := dir.Ready(); err != nil {
		return err
	}
	set, err := dir.Begin()
	if err != nil {
		return err
	}
	progress := newProgress()
	defer progress.done()
	a := album{ctx: ctx, lessons: lessons, set: set, progress: progress}
	if err := a.write(); err != nil {
		return errors.Join(err, set.Discard())
	}
	if err := set.Commit(); err != nil {
		return err
	}
	progress.done()
	say("wrote %d pages to %s", a.written, out)
	return nil
}

// album writes the pages of an album.
type album struct {
	ctx      context.Context
	lessons  []*scenarios.Scenario // in the order of the course
	set      *store.Set
	progress *progress
	written  int
}

func (a *album) write() error {
	for i, s := range a.lessons {
		if err := a.page(i, ""); err != nil {
			return err
		}
		for _, f := range s.Faults {
			if err := a.page(i, f.Name); err != nil {
				return err
			}
		}
	}
	a.written++
	return a.set.Write(indexFile, func(w io.Writer) error {
		return page.WriteIndex(w, a.index(), page.Options{Language: language()})
	})
}

// page writes the page of a lesson, or of one of its faults.
func (a *album) page(i int, fault string) error {
	if a.ctx.Err() != nil {
		return errInterrupted
	}
	s := a.lessons[i]
	name := address(s.Name, fault)
	a.progress.say(name)
	in, err := scenarios.Recording(s.Name, fault)
	if err != nil {
		return err
	}
	t, err := export.ReadFile(in)
	if err != nil {
		return err
	}
	a.written++
	place := a.place(i, fault)
	return a.set.Write(name, func(w io.Writer) error {
		return page.Write(w, t, page.Options{Language: language(), Place: &place, Before: s.Story})
	})
}

// place returns where the page of a lesson, or of one of its faults, is in the album.
func (a *album) place(i int, fault string) page.Place {
	s := a.lessons[i]
	p := page.Place{Index: page.Link{Address: indexFile + "#" + s.Name, Text: language().Format(explain.AlbumCourse)}}
	if i > 0 {
		p.Previous = lessonLink(a.lessons[i-1].Name)
	}
	if i+1 < len(a.lessons) {
		p.Next = lessonLink(a.lessons[i+1].Name)
	}
	if fault != "" {
		p.Lesson = page.Link{Address: address(s.Name, ""), Text: language().Format(explain.AlbumNoFault)}
	}
	p.Faults = slices.DeleteFunc(faultLinks(s), func(l page.Link) bool { return l.Address == address(s.Name, fault) })
	return p
}

// index returns the contents of the index: the lessons, group by group.
func (a *album) index() (course page.Course) {
	for _, s := range a.lessons {
		if n := len(course); n == 0 || course[n-1].Topic != s.Group {
			course = append(course, page.Group{Topic: s.Group})
		}
		l := page.Lesson{
			Link: page.Link{Address: address(s.Name, ""), Text: s.Title}, Number: s.Course, Name: s.Name,
			Headline: s.Headline(), Minutes: s.Minutes, Faults: faultLinks(s),
		}
		for _, name := range s.After {
			l.After = append(l.After, lessonLink(name))
		}
		group := &course[len(course)-1]
		group.Lessons = append(group.Lessons, l)
	}
	return course
}

// address returns the name of the file of a lesson's page, or of that of one of its faults.
func address(name, fault string) string {
	if fault != "" {
		name += "@" + fault
	}
	return name + ".html"
}

func lessonLink(name string) page.Link { return page.Link{Address: address(name, ""), Text: name} }

func faultLinks(s *scenarios.Scenario) (list []page.Link) {
	for _, f := range s.Faults {
		list = append(list, page.Link{Address: address(s.Name, f.Name), Text: f.Name})
	}
	return list
}
