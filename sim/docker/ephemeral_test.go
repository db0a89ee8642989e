package docker

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestChoose: the engine chooses ports that are free, one for all addresses of a container's
// port, and none where nothing is published.
func TestChoose(t *testing.T) {
	inside := closedNetwork()
	e := Engine{Version: "29", Networks: []Network{DefaultBridge(), inside}, Containers: []Container{
		{Name: "first", Network: "bridge", Publish: publish(t, "32768:80", "127.0.0.1:32769:81", "192.168.1.1::90", "90/udp")},
		{Name: "second", Network: "bridge", Publish: publish(t, "127.0.0.1::90", "192.168.1.1::90", "[::1]::91")},
		{Name: "inner", Network: "inside", Publish: publish(t, "80")},
	}}
	e, err := e.Addressed()
	if err != nil {
		t.Fatal(err)
	}
	again, err := e.Addressed()
	var got []string
	for i, c := range e.Containers {
		for _, p := range c.Publish {
			got = append(got, p.String())
		}
		if err != nil || !slices.Equal(c.Publish, again.Containers[i].Publish) {
			t.Errorf("again: %v, %v", again.Containers[i].Publish, err)
		}
	}
	want := []string{
		"32768:80", "127.0.0.1:32769:81", "192.168.1.1:32769:90", "32768:90/udp",
		"127.0.0.1:32770:90", "192.168.1.1:32770:90", "[::1]:32769:91", "80",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s, not %s", got, want)
	}
	old := Engine{Version: "20.10", Networks: []Network{DefaultBridge()}, Containers: []Container{{Name: "web", Network: "bridge", Publish: publish(t, "127.0.0.1::80")}}}
	if _, err := old.Addressed(); err == nil || !strings.Contains(fmt.Sprint(err), "name a port for 127.0.0.1::80") {
		t.Error(err)
	}
}
