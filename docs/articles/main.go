package main

import (
	"fmt"
	"os"

	"tracer/scenarios"
	"tracer/scenarios/articles"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./docs/articles FILE")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "articles:", err)
		os.Exit(1)
	}
}

func write(name string) error {
	text, err := generate()
	if err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o644)
}

// generate returns the page for the built-in scenarios.
func generate() (string, error) {
	list, err := articles.Load()
	if err != nil {
		return "", err
	}
	var lessons []*scenarios.Scenario
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			return "", err
		}
		lessons = append(lessons, s)
	}
	return page(list, articles.Proofs(scenarios.Ordered(lessons))), nil
}
