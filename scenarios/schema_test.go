package scenarios

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tracer/sim"
	"tracer/sim/docker"
)

// schemaObject is the part of a JSON schema that the tests use.
type schemaObject struct {
	Required             []string
	Properties           map[string]*schemaObject
	AdditionalProperties json.RawMessage
	Items                *schemaObject
	Enum                 []string
	Pattern              string
	Reference            string                   `json:"$ref"`
	Definitions          map[string]*schemaObject `json:"$defs"`
}

func schema(t *testing.T) *schemaObject {
	t.Helper()
	b, err := os.ReadFile("scenario.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var s schemaObject
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	return &s
}

// TestSchemaKeys compares the schema for editors with the loader: every mapping with fixed
// keys has the keys that the loader lists when it reads another one, and the same keys are
// required.
func TestSchemaKeys(t *testing.T) {
	s := schema(t)
	for name, c := range map[string]struct {
		object *schemaObject
		text   string // a scenario with "X" in place of the mapping
		path   string
	}{
		"scenario":    {s, "X", ""},
		"node":        {s.Definitions["node"], "nodes: { n: X }", "nodes.n"},
		"daemon":      {s.Definitions["daemon"], "nodes: { n: { daemon: X } }", "nodes.n.daemon"},
		"interface":   {s.Definitions["interface"], "nodes: { n: { interfaces: { e: X } } }", "nodes.n.interfaces.e"},
		"bridge":      {s.Definitions["bridge"], "nodes: { n: { bridges: { b: X } } }", "nodes.n.bridges.b"},
		"server":      {s.Definitions["server"], "nodes: { n: { services: [X] } }", "nodes.n.services[0]"},
		"network":     {s.Definitions["network"], "networks: { bridge: X }", "networks.bridge"},
		"service":     {s.Definitions["service"], "services: { s: X }", "services.s"},
		"http":        {s.Definitions["service"].Properties["http"], "services: { s: { http: X } }", "services.s.http"},
		"udp":         {s.Definitions["service"].Properties["udp"], "services: { s: { udp: X } }", "services.s.udp"},
		"dns":         {s.Definitions["service"].Properties["dns"], "services: { s: { dns: X } }", "services.s.dns"},
		"exec":        {s.Definitions["service"].Properties["exec"], "services: { s: { exec: X } }", "services.s.exec"},
		"request":     {s.Definitions["request"], "traffic: [X]", "traffic[0]"},
		"reply":       {s.Definitions["expectation"].Properties["replies"].Items, "expect: [{ replies: [X] }]", "expect[0].replies[0]"},
		"expectation": {s.Definitions["expectation"], "expect: [X]", "expect[0]"},
		"change":      {s.Definitions["change"], "expect: [{ changes: [X] }]", "expect[0].changes[0]"},
		"fault":       {s.Definitions["fault"], "faults: { f: X }", "faults.f"},
	} {
		if string(c.object.AdditionalProperties) != "false" {
			t.Errorf("%s: other keys are allowed", name)
		}
		_, err := Parse("x.yaml", []byte(strings.Replace(c.text, "X", "{ no-such-key: 1 }", 1)))
		if err == nil {
			t.Fatalf("%s: no problem", name)
		}
		at := "no-such-key"
		if c.path != "" {
			at = c.path + "." + at
		}
		keys, required := "", []string(nil)
		for _, p := range err.(*Problems).List {
			if p.Path == at {
				_, keys, _ = strings.Cut(p.Text, "the keys are ")
			}
			if p.Path == c.path && strings.HasPrefix(p.Text, "has no ") {
				required = append(required, strings.Trim(strings.TrimPrefix(p.Text, "has no "), `"`))
			}
		}
		slices.Sort(required)
		want := slices.Sorted(strings.SplitSeq(keys, ", "))
		if got := slices.Sorted(maps.Keys(c.object.Properties)); !slices.Equal(got, want) {
			t.Errorf("%s: the schema has %v, the loader %v", name, got, want)
		}
		if got := slices.Sorted(slices.Values(c.object.Required)); !slices.Equal(got, required) {
			t.Errorf("%s: the schema demands %v, the loader %v", name, got, required)
		}
	}
}

// TestSchemaWords: the schema allows the same words as the loader.
func TestSchemaWords(t *testing.T) {
	s := schema(t)
	d := s.Definitions
	for path, c := range map[string]struct{ got, want []string }{
		"group":         {s.Properties["group"].Enum, Groups()},
		"role":          {d["node"].Properties["role"].Enum, sim.Roles()},
		"engine":        {d["node"].Properties["engine"].Enum, docker.Versions()},
		"gateway_mode":  {d["network"].Properties["gateway_mode"].Enum, docker.Modes()},
		"gateway_mode6": {d["network"].Properties["gateway_mode6"].Enum, docker.Modes()},
		"state":         {d["interface"].Properties["state"].Enum, states},
		"outcome":       {d["expectation"].Properties["outcome"].Enum, outcomes},
		"untouched_by":  {d["expectation"].Properties["untouched_by"].Enum, tables},
		"field":         {d["change"].Properties["field"].Enum, fields},
		"hook":          {d["change"].Properties["hook"].Enum, hooks},
		"identity":      {d["expectation"].Properties["identity"].Items.Enum, identities},
		"reason":        {d["expectation"].Properties["reason"].Enum, reasons},
		"nat":           {d["expectation"].Properties["nat"].Items.Enum, translations},
		"entry":         {d["expectation"].Properties["entry"].Enum, entries},
		"direction":     {d["expectation"].Properties["direction"].Enum, directions},
		"entry state":   {d["expectation"].Properties["conntrack_state"].Enum, tcpStates},
		"every":         {d["expectation"].Properties["every"].Enum, everys},
		"cause":         {d["change"].Properties["cause"].Enum, causes},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: the schema has %v, the loader %v", path, c.got, c.want)
		}
	}
}

// TestSchemaTables: the schema allows the same tables to be flushed as the loader.
func TestSchemaTables(t *testing.T) {
	pattern := regexp.MustCompile(schema(t).Definitions["request"].Properties["flush"].Pattern)
	names := append([]string{"ip6 nat", "ip docker-bridges", "inet own_1", "ip", "ip ", "nta", "NAT", "bridge own", "ip 1", "ip a b", ""}, tables...)
	for _, name := range names {
		if _, err := parseTable(name); pattern.MatchString(name) != (err == nil) {
			t.Errorf("%q: the loader says %v, the schema's pattern is %s", name, err, pattern)
		}
	}
}

// TestSchemaReferences: every reference has a definition, and every definition is used.
func TestSchemaReferences(t *testing.T) {
	b, err := os.ReadFile("scenario.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for name := range schema(t).Definitions {
		if !strings.Contains(string(b), fmt.Sprintf(`"#/$defs/%s"`, name)) {
			t.Errorf("nothing refers to %s", name)
		}
	}
}
