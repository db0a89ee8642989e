package main

import "runtime/debug"

// version returns the version of the module, or the commit that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	setting := map[string]string{}
	for _, s := range info.Settings {
		setting[s.Key] = s.Value
	}
	v := info.Main.Version
	if v == "" || v == "(devel)" {
		v = "devel"
		if c := setting["vcs.revision"]; len(c) >= 12 {
			v += " " + c[:12]
		}
		if setting["vcs.modified"] == "true" {
			v += ", modified"
		}
	}
	return v + " (" + info.GoVersion + ")"
}
