package main

import "tracer/trace/explain"

// language is the language of all output. This is the one place that chooses it.
func language() explain.Language { return explain.English() }
