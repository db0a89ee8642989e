package scenarios

import "strings"

// Headline describes in one line the traffic and the published ports:
// "client → http://192.168.52.203/   (flask -p 80:5000)".
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
	return line
}
