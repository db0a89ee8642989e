package export

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tracer/trace"
	"tracer/trace/explain"
)

// schemaKeys are the keys of schema 1 that are always there, and their types. A
// path goes through lists element by element. They may get more, never fewer.
var schemaKeys = map[string]string{
	"schema": "number", "scenario": "string", "title": "string", "headline": "string", "kernel": "string",
	"nodes": "list", "flows": "list", "journeys": "list", "answers": "list", "frames": "list", "capture": "object",

	"nodes.name": "string", "nodes.role": "string", "nodes.interfaces": "list", "nodes.routes": "list",
	"nodes.neighbours": "list", "nodes.rules": "list",
	"nodes.interfaces.name": "string", "nodes.interfaces.index": "number", "nodes.interfaces.mac": "string",
	"nodes.interfaces.mtu": "number", "nodes.interfaces.kind": "string", "nodes.interfaces.addresses": "list",
	"nodes.rules.id": "number", "nodes.rules.table": "string", "nodes.rules.chain": "string", "nodes.rules.text": "string",
	"nodes.rules.packets": "number", "nodes.rules.bytes": "number",

	"flows.id": "number", "flows.protocol": "string", "flows.nat": "list", "flows.conntrack": "string",
	"flows.original": "object", "flows.original.src": "string", "flows.original.dst": "string",
	"flows.reply": "object", "flows.reply.src": "string", "flows.reply.dst": "string",

	"journeys.id": "number", "journeys.flow": "number", "journeys.direction": "string", "journeys.summary": "string",
	"journeys.hops": "list", "journeys.outcome": "object",
	"journeys.hops.node": "string", "journeys.hops.interface": "string", "journeys.hops.direction": "string",
	"journeys.hops.time": "string", "journeys.hops.frame": "number", "journeys.hops.ttl": "number",
	"journeys.hops.src_mac": "string", "journeys.hops.dst_mac": "string", "journeys.hops.src": "string",
	"journeys.hops.dst": "string", "journeys.hops.steps": "list", "journeys.hops.changes": "list",
	"journeys.hops.steps.hook": "string", "journeys.hops.steps.table": "string", "journeys.hops.steps.chain": "string",
	"journeys.hops.steps.verdict": "string",
	"journeys.hops.changes.field": "string", "journeys.hops.changes.from": "string", "journeys.hops.changes.to": "string",
	"journeys.hops.changes.cause": "object", "journeys.hops.changes.cause.kind": "string", "journeys.hops.changes.cause.text": "string",
	"journeys.outcome.kind": "string", "journeys.outcome.node": "string", "journeys.outcome.text": "string",
	"journeys.outcome.steps": "list", "journeys.outcome.changes": "list",

	"answers.from": "string", "answers.url": "string", "answers.text": "string",

	"frames.n": "number", "frames.node": "string", "frames.interface": "string", "frames.direction": "string",
	"frames.time": "string", "frames.length": "number", "frames.data": "string",

	"capture.frames": "number", "capture.missed": "number", "capture.ambiguous": "number", "capture.step_gaps": "number",
	"capture.event_gaps": "number", "capture.stray": "number", "capture.undecoded": "number",
}

// optionalKeys are there only when they have something to say; the full sample has
// each of them at least once.
var optionalKeys = map[string]string{
	"nodes.interfaces.peer":         "string",
	"journeys.housekeeping":         "bool",
	"journeys.hops.conntrack":       "object",
	"journeys.hops.conntrack.id":    "number",
	"journeys.hops.conntrack.state": "string",
	"journeys.hops.steps.rule":      "number", "journeys.hops.steps.text": "string",
	"journeys.hops.changes.hook":       "string",
	"journeys.hops.changes.cause.rule": "number", "journeys.hops.changes.cause.rule_text": "string",
	"journeys.hops.changes.cause.table": "string", "journeys.hops.changes.cause.chain": "string",
	"journeys.hops.changes.cause.route": "string", "journeys.hops.changes.cause.conntrack": "number",
	"journeys.hops.changes.cause.reverse":                "bool",
	"journeys.hops.changes.cause.established_by":         "object",
	"journeys.hops.changes.cause.established_by.journey": "number",
	"journeys.hops.changes.cause.established_by.rule":    "number",
	"journeys.hops.changes.cause.established_by.earlier": "bool",
	"journeys.hops.ambiguous":                            "list",
	"survey":                                             "object",
	"survey.limits":                                      "list",
	"survey.limits.kind":                                 "string",
	"survey.limits.most":                                 "number",
	"survey.limits.beyond":                               "number",
	"survey.limits.text":                                 "string",
	"journeys.outcome.hook":                              "string", "journeys.outcome.reason": "string",
	"journeys.outcome.table": "string", "journeys.outcome.chain": "string", "journeys.outcome.rule": "number", "journeys.outcome.rule_text": "string",
	"journeys.outcome.interface": "string", "journeys.outcome.dst": "string", "journeys.outcome.length": "number", "journeys.outcome.mtu": "number",
	"journeys.outcome.others_node": "string", "journeys.outcome.others_interface": "string", "journeys.outcome.told_by": "number",
	"journeys.hops.identity": "string", "journeys.outcome.answer": "object", "journeys.outcome.answer.reset": "bool",
	"journeys.outcome.answer.icmp_type": "number", "journeys.outcome.answer.icmp_code": "number",
	"journeys.outcome.conntrack": "object", "journeys.outcome.conntrack.created": "bool", "journeys.outcome.conntrack.unconfirmed": "bool",
	"journeys.outcome.route_type": "string", "journeys.outcome.route": "string", "journeys.outcome.routing_rule": "object", "frames.mark": "number", "nodes.unexplained": "list", "nodes.unexplained.counter": "string", "nodes.unexplained.packets": "number", "capture.untraced": "number", "flows.conntrack_destroyed": "bool",
	"flows.conntrack_id": "number", "flows.conntrack_state": "string", "flows.conntrack_unreplied": "bool", "flows.conntrack_assured": "bool",
}

func typeOf(v any) string {
	switch v.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "list"
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "bool"
	}
	return fmt.Sprintf("%T", v)
}

// objects returns the objects at a path, through lists.
func objects(v any, path []string) []map[string]any {
	if list, ok := v.([]any); ok {
		var out []map[string]any
		for _, e := range list {
			out = append(out, objects(e, path)...)
		}
		return out
	}
	m, ok := v.(map[string]any)
	switch {
	case !ok:
		return nil
	case len(path) == 0:
		return []map[string]any{m}
	}
	return objects(m[path[0]], path[1:])
}

func TestSchema(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, full(), explain.English()); err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	check := func(path, kind string, always bool) {
		parts := strings.Split(path, ".")
		holders := objects(doc, parts[:len(parts)-1])
		key, seen := parts[len(parts)-1], 0
		for _, h := range holders {
			v, ok := h[key]
			if ok {
				seen++
				if got := typeOf(v); got != kind {
					t.Errorf("%s is a %s, not a %s", path, got, kind)
				}
			}
			// Only IP packets have a TTL, only tracked flows an entry.
			if !ok && always && path != "journeys.hops.ttl" && path != "flows.conntrack" {
				t.Errorf("%s is missing in %v", path, h)
			}
		}
		if seen == 0 {
			t.Errorf("%s is nowhere", path)
		}
	}
	for path, kind := range schemaKeys {
		check(path, kind, true)
	}
	for path, kind := range optionalKeys {
		check(path, kind, false)
	}
}

// TestValues: times are times to the nanosecond, and frames hold the bytes that
// were captured.
func TestValues(t *testing.T) {
	want := sample()
	for i := range want.Frames {
		for k := range want.Frames[i].Data {
			want.Frames[i].Data[k] = byte(i*31 + k*7)
		}
	}
	var b bytes.Buffer
	if err := JSON(&b, want, explain.English()); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Journeys []struct{ Hops []struct{ Time string } }
		Frames   []struct{ Time, Data string }
	}
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	same := func(text string, want time.Time) {
		t.Helper()
		if got, err := time.Parse(time.RFC3339Nano, text); err != nil || !got.Equal(want) {
			t.Errorf("time %q, not %s (%v)", text, want, err)
		}
	}
	for i, j := range doc.Journeys {
		for k, h := range j.Hops {
			same(h.Time, want.Journeys[i].Hops[k].Time)
		}
	}
	for i, f := range doc.Frames {
		same(f.Time, want.Frames[i].Time)
		if data, err := base64.StdEncoding.DecodeString(f.Data); err != nil || !bytes.Equal(data, want.Frames[i].Data) {
			t.Errorf("frame %d: %x, %v", i, data, err)
		}
	}
}

// TestUTF8: what a server answers need not be text.
func TestUTF8(t *testing.T) {
	tr := sample()
	tr.Answers = []trace.Answer{{From: "client", URL: "http://192.168.52.203/", Text: "200 \xff\xfe\x00\x1b[31mred"}}
	var b bytes.Buffer
	if err := JSON(&b, tr, explain.English()); err != nil {
		t.Fatal(err)
	}
	if !utf8.Valid(b.Bytes()) || !json.Valid(b.Bytes()) {
		t.Error("trace.json is not UTF-8")
	}
	for _, ascii := range []bool{false, true} {
		b.Reset()
		if err := Text(&b, tr, TextOptions{Language: explain.English(), ASCII: ascii}); err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(b.Bytes()) {
			t.Error("the text view is not UTF-8")
		}
		if strings.Contains(b.String(), "\x1b[31mred") || strings.ContainsAny(b.String(), "\x00") {
			t.Error("an answer's control characters reach the terminal")
		}
	}
}
