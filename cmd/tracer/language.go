package main

import "tracer/trace/explain"

// language returns the language of all output. It is selected only here.
func language() explain.Language { return explain.English() }
