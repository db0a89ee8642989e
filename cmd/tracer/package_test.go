package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every verb in the help has a man page with complete examples, and the output is
// reproducible.
func TestMan(t *testing.T) {
	pages := func() map[string]string {
		dir := t.TempDir()
		root := newRoot()
		root.SetArgs([]string{"man", dir})
		if err := root.Execute(); err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		files, err := filepath.Glob(filepath.Join(dir, "*.1"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			out[filepath.Base(f)] = string(text)
		}
		return out
	}
	first, second := pages(), pages()
	for _, c := range newRoot().Commands() {
		if c.Hidden || c.Name() == "completion" || c.Name() == "help" {
			continue
		}
		page := first["tracer-"+c.Name()+".1"]
		if page != second["tracer-"+c.Name()+".1"] {
			t.Errorf("%s: two runs differ", c.Name())
		}
		for _, want := range []string{"NAME", "SYNOPSIS", "DESCRIPTION"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: no %s", c.Name(), want)
			}
		}
	}
}

func TestVersion(t *testing.T) {
	if v := version(); !strings.Contains(v, "go1") {
		t.Errorf("%q", v)
	}
}

// Everything named in the release configuration exists.
func TestReleaseConfiguration(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", ".goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README.md", "LICENSE", "CHANGELOG.md"} {
		if !strings.Contains(string(text), name) {
			t.Errorf("%s is in no archive", name)
		}
		if _, err := os.Stat(filepath.Join("..", "..", name)); err != nil {
			t.Error(err)
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		root := newRoot()
		root.SetArgs([]string{"completion", shell})
		var out strings.Builder
		root.SetOut(&out)
		if err := root.Execute(); err != nil || !strings.Contains(out.String(), "tracer") {
			t.Errorf("%s: %v", shell, err)
		}
	}
}
