package scenarios

import (
	"maps"
	"slices"
	"strings"
)

// Headline describes in one line the traffic and the published ports:
// "client → http://192.168.52.203/   (flask -p 80:5000)", and the engine, if it is not the one
// that the scenario names.
func (s *Scenario) Headline() string {
	var parts []string
	for _, r := range s.Traffic {
		parts = append(parts, r.From+" → "+r.String())
	}
	line := strings.Join(parts, ", ")
	var ports []string
	for _, p := range s.Published {
		ports = append(ports, p.Service+" -p "+p.Port)
	}
	if ports != nil {
		line += "   (" + strings.Join(ports, ", ") + ")"
	}
	if s.WrittenFor != "" {
		for _, node := range slices.Sorted(maps.Keys(s.Engines)) {
			return line + "   Docker " + s.Engines[node].Version // all nodes have the same
		}
	}
	return line
}
