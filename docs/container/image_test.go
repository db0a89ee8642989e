package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// image writes an image containing a program, and reads the archive.
func image(t *testing.T, program string) (digest string, whole []byte, parts map[string][]byte) {
	t.Helper()
	var b bytes.Buffer
	digest, err := writeImage(&b, "arm64", files([]byte(program)))
	if err != nil {
		t.Fatal(err)
	}
	parts, _ = unpack(t, b.Bytes())
	return digest, b.Bytes(), parts
}

func unpack(t *testing.T, archive []byte) (data map[string][]byte, headers map[string]tar.Header) {
	t.Helper()
	data, headers = map[string][]byte{}, map[string]tar.Header{}
	for r := tar.NewReader(bytes.NewReader(archive)); ; {
		h, err := r.Next()
		if err == io.EOF {
			return data, headers
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		data[h.Name], headers[h.Name] = b, *h
	}
}

// Two images of one program are identical; an image of another program differs.
func TestReproducible(t *testing.T) {
	first, a, _ := image(t, "program")
	second, b, _ := image(t, "program")
	if first != second || !bytes.Equal(a, b) {
		t.Errorf("%s and %s", first, second)
	}
	if other, _, _ := image(t, "another"); other == first {
		t.Error("another program has the same digest")
	}
}

// Everything is in its declared place, with the declared digest and size.
func TestDigests(t *testing.T) {
	digest, _, parts := image(t, "program")
	read := func(d descriptor, v any) []byte {
		t.Helper()
		data := parts[d.path()]
		if digestOf(data) != d.Digest || len(data) != d.Size {
			t.Errorf("%s is %s, %d bytes, and not %d", d.Digest, digestOf(data), len(data), d.Size)
		}
		if v != nil {
			if err := json.Unmarshal(data, v); err != nil {
				t.Fatal(err)
			}
		}
		return data
	}
	var i index
	if err := json.Unmarshal(parts["index.json"], &i); err != nil {
		t.Fatal(err)
	}
	if i.Manifests[0].Digest != digest || i.Manifests[0].Platform.Architecture != "arm64" {
		t.Errorf("%+v", i)
	}
	var m manifest
	read(i.Manifests[0], &m)
	var c config
	read(m.Config, &c)
	if !reflect.DeepEqual(c.Config, howToRun()) || c.Architecture != "arm64" || c.OS != "linux" {
		t.Errorf("%+v", c)
	}
	z, err := gzip.NewReader(bytes.NewReader(read(m.Layers[0], nil)))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if digestOf(plain) != c.RootFS.DiffIDs[0] {
		t.Error("the unpacked layer has another digest")
	}
	var d []dockerManifest
	if err := json.Unmarshal(parts["manifest.json"], &d); err != nil {
		t.Fatal(err)
	}
	if d[0].Config != m.Config.path() || d[0].Layers[0] != m.Layers[0].path() {
		t.Errorf("%+v", d)
	}

	data, headers := unpack(t, plain)
	if string(data["usr/bin/tracer"]) != "program" || headers["usr/bin/tracer"].Mode != 0o755 || headers["tmp/"].Mode != 0o1777 {
		t.Errorf("%+v", headers)
	}
	for name, h := range headers {
		if h.Uid != 0 || h.Gid != 0 || h.ModTime.Unix() != 0 || strings.HasPrefix(name, "/") {
			t.Errorf("%s: %+v", name, h)
		}
	}
}

// The files that the Dockerfile copies are those of the layer, with the same modes.
func TestFiles(t *testing.T) {
	root := t.TempDir()
	if err := writeFiles(root, files([]byte("program"))); err != nil {
		t.Fatal(err)
	}
	for _, f := range files([]byte("program")) {
		info, err := os.Stat(filepath.Join(root, f.name))
		if err != nil {
			t.Error(err)
		} else if os.PathSeparator == '/' && info.Mode()&^fs.ModeDir != f.mode {
			t.Errorf("%s: %v, want %v", f.name, info.Mode(), f.mode)
		}
	}
}

// The Dockerfile runs what the image runs.
func TestDockerfile(t *testing.T) {
	text, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	r := howToRun()
	entry, err := json.Marshal(r.Entrypoint)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"ENTRYPOINT " + string(entry), "WORKDIR " + r.WorkingDir, "ENV " + strings.Join(r.Env, " ")}
	for key, value := range r.Labels {
		want = append(want, key+`="`+value+`"`)
	}
	for _, w := range want {
		if !strings.Contains(string(text), w) {
			t.Errorf("it does not say %s", w)
		}
	}
	module, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(module)[1]
	if !strings.Contains(string(text), "golang:"+string(version)+" ") {
		t.Errorf("it does not build with Go %s", version)
	}
}
