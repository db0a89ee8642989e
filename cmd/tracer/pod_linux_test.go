package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// classPod is the part of a student's pod in docs/classroom/class.yaml that an engine can
// reproduce.
type classPod struct {
	Kind string
	Spec struct {
		Template struct {
			Spec struct {
				HostUsers       bool `yaml:"hostUsers"`
				SecurityContext struct {
					RunAsUser  int `yaml:"runAsUser"`
					RunAsGroup int `yaml:"runAsGroup"`
				} `yaml:"securityContext"`
				Containers []struct {
					Args            []string
					Stdin, TTY      bool
					SecurityContext struct {
						Capabilities             struct{ Add, Drop []string }
						AllowPrivilegeEscalation bool `yaml:"allowPrivilegeEscalation"`
						ReadOnlyRootFilesystem   bool `yaml:"readOnlyRootFilesystem"`
					} `yaml:"securityContext"`
					Resources    struct{ Limits struct{ Memory string } }
					VolumeMounts []struct {
						MountPath string `yaml:"mountPath"`
					} `yaml:"volumeMounts"`
				}
			}
		}
	}
}

func readClass(t *testing.T) *classPod {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "classroom", "class.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range bytes.Split(text, []byte("\n---\n")) {
		var p classPod
		if err := yaml.Unmarshal(document, &p); err == nil && p.Kind == "StatefulSet" {
			return &p
		}
	}
	t.Fatal("there is no StatefulSet in class.yaml")
	return nil
}

// options returns the options of docker run for a container like the pod's.
func (p *classPod) options() (list []string) {
	pod := &p.Spec.Template.Spec
	c := &pod.Containers[0]
	if pod.HostUsers {
		list = append(list, "--userns=host")
	}
	if c.Stdin && c.TTY {
		list = append(list, "-it")
	}
	list = append(list, "--user", fmt.Sprintf("%d:%d", pod.SecurityContext.RunAsUser, pod.SecurityContext.RunAsGroup))
	for _, name := range c.SecurityContext.Capabilities.Drop {
		list = append(list, "--cap-drop", name)
	}
	for _, name := range c.SecurityContext.Capabilities.Add {
		list = append(list, "--cap-add", name)
	}
	if !c.SecurityContext.AllowPrivilegeEscalation {
		list = append(list, "--security-opt", "no-new-privileges")
	}
	if c.SecurityContext.ReadOnlyRootFilesystem {
		list = append(list, "--read-only")
	}
	for _, m := range c.VolumeMounts {
		list = append(list, "--tmpfs", m.MountPath)
	}
	return append(list, "--memory", strings.ToLower(strings.TrimSuffix(c.Resources.Limits.Memory, "i")))
}

// inPod starts a container like a student's pod, runs flask-demo in it as the student does,
// and returns the journeys.
func (e *engine) inPod(t *testing.T, p *classPod) []string {
	t.Helper()
	args := append([]string{"run", "-d"}, p.options()...)
	r, err := e.docker(append(append(args, "tracer"), p.Spec.Template.Spec.Containers[0].Args...)...)
	if err != nil {
		t.Fatalf("%v: %+v", err, r)
	}
	id := strings.TrimSpace(r.stdout)
	defer func() {
		if r, err := e.docker("rm", "-f", id); err != nil {
			t.Errorf("%v: %+v", err, r)
		}
	}()
	r, err = e.docker("exec", id, "tracer", "run", "flask-demo", "--view", "json", "--out", "flask")
	if err != nil {
		t.Fatalf("%v: %+v", err, r)
	}
	if !strings.Contains(r.stderr, "files to flask") {
		t.Errorf("nothing was saved: %s", r.stderr)
	}
	if state, err := e.docker("inspect", "-f", "{{.State.Running}}", id); err != nil || strings.TrimSpace(state.stdout) != "true" {
		t.Errorf("the pod has ended: %v, %+v", err, state)
	}
	return journeys(t, r)
}
