// Package classroom checks class.yaml against Kubernetes' own types.
package classroom

import (
	"bytes"
	"os"
	"slices"
	"testing"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	rbac "k8s.io/api/rbac/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// TestClass: every field is known to Kubernetes, occurs once and has the right type; all
// objects are in the file's namespace; and references between them match.
func TestClass(t *testing.T) {
	text, err := os.ReadFile("class.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var (
		namespace core.Namespace
		policy    networking.NetworkPolicy
		role      rbac.Role
		binding   rbac.RoleBinding
		class     apps.StatefulSet
	)
	objects := []struct {
		version, kind string
		object        meta.Object
	}{
		{"v1", "Namespace", &namespace},
		{"networking.k8s.io/v1", "NetworkPolicy", &policy},
		{"rbac.authorization.k8s.io/v1", "Role", &role},
		{"rbac.authorization.k8s.io/v1", "RoleBinding", &binding},
		{"apps/v1", "StatefulSet", &class},
	}
	documents := bytes.Split(text, []byte("\n---\n"))
	if len(documents) != len(objects) {
		t.Fatalf("%d documents, want %d", len(documents), len(objects))
	}
	for i, o := range objects {
		if err := yaml.UnmarshalStrict(documents[i], o.object); err != nil {
			t.Errorf("%s: %v", o.kind, err)
		}
		var kind meta.TypeMeta
		if err := yaml.Unmarshal(documents[i], &kind); err != nil || kind.APIVersion != o.version || kind.Kind != o.kind {
			t.Errorf("%v: %+v, want %s %s", err, kind, o.version, o.kind)
		}
		if i > 0 && o.object.GetNamespace() != namespace.Name {
			t.Errorf("%s is in the namespace %q", o.kind, o.object.GetNamespace())
		}
	}
	if binding.RoleRef.Name != role.Name || binding.RoleRef.Kind != "Role" {
		t.Errorf("the binding is to %+v", binding.RoleRef)
	}
	template := class.Spec.Template
	for key, value := range class.Spec.Selector.MatchLabels {
		if template.Labels[key] != value {
			t.Errorf("pods have no label %s: %s", key, value)
		}
	}
	// With SYS_ADMIN, the runtime's filter allows user namespaces. The API rejects the
	// spelling CAP_SYS_ADMIN together with allowPrivilegeEscalation: false.
	if c := template.Spec.Containers[0].SecurityContext.Capabilities; !slices.Equal(c.Add, []core.Capability{"SYS_ADMIN"}) || !slices.Equal(c.Drop, []core.Capability{"ALL"}) {
		t.Errorf("%+v", c)
	}
	volumes := map[string]bool{}
	for _, v := range template.Spec.Volumes {
		volumes[v.Name] = true
	}
	for _, m := range template.Spec.Containers[0].VolumeMounts {
		if !volumes[m.Name] {
			t.Errorf("there is no volume %s", m.Name)
		}
	}
	if template.Spec.HostUsers == nil || *template.Spec.HostUsers {
		t.Error("pods have the node's users")
	}
}
