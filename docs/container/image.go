package main

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
)

// An image is a set of files that refer to each other by digest (the OCI image format,
// specs-go/v1 of opencontainers/image-spec):
//
//	index.json ─▶ manifest ─▶ config  what to run, with which environment
//	                       └▶ layer   the files
//
// Docker before version 25 reads manifest.json, the format of docker save, instead of
// index.json. The archive has both, so every engine can read it.

const (
	typeIndex    = "application/vnd.oci.image.index.v1+json"
	typeManifest = "application/vnd.oci.image.manifest.v1+json"
	typeConfig   = "application/vnd.oci.image.config.v1+json"
	typeLayer    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

// name is the name of the loaded image.
const name = "tracer:latest"

type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Platform    *platform         `json:"platform,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

type platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
}

type manifest struct {
	SchemaVersion int          `json:"schemaVersion"`
	MediaType     string       `json:"mediaType"`
	Config        descriptor   `json:"config"`
	Layers        []descriptor `json:"layers"`
}

type index struct {
	SchemaVersion int          `json:"schemaVersion"`
	MediaType     string       `json:"mediaType"`
	Manifests     []descriptor `json:"manifests"`
}

type config struct {
	platform
	Created string        `json:"created"`
	Config  runtimeConfig `json:"config"`
	RootFS  rootFS        `json:"rootfs"`
	History []history     `json:"history"`
}

type runtimeConfig struct {
	Env        []string          `json:"Env"`
	Entrypoint []string          `json:"Entrypoint"`
	WorkingDir string            `json:"WorkingDir"`
	Labels     map[string]string `json:"Labels"`
}

type rootFS struct {
	Type    string   `json:"type"`
	DiffIDs []string `json:"diff_ids"`
}

type history struct {
	Created   string `json:"created"`
	CreatedBy string `json:"created_by"`
}

type dockerManifest struct {
	Config   string
	RepoTags []string
	Layers   []string
}

// beginning is the creation time of everything in the image.
const beginning = "1970-01-01T00:00:00Z"

// howToRun configures how engines run the image, as the Dockerfile does. Without
// arguments, tracer shows its help. The walk's characters need a UTF-8 locale.
func howToRun() runtimeConfig {
	return runtimeConfig{
		Env:        []string{"PATH=/usr/bin", "LANG=C.UTF-8"},
		Entrypoint: []string{"/usr/bin/tracer"},
		WorkingDir: "/data",
		Labels: map[string]string{
			"org.opencontainers.image.title":       "tracer",
			"org.opencontainers.image.description": "Follow one packet through Docker's network, and see who changes it",
			"org.opencontainers.image.licenses":    "Apache-2.0",
		},
	}
}

// writeImage writes the image's archive, and returns the digest of its manifest.
func writeImage(w io.Writer, arch string, list []file) (digest string, err error) {
	plain, packed, err := layer(list)
	if err != nil {
		return "", err
	}
	on := platform{Architecture: arch, OS: "linux"}
	a := archive{w: tar.NewWriter(w)}
	layerAt := a.blob(typeLayer, packed)
	configAt := a.document(typeConfig, config{
		platform: on, Created: beginning, Config: howToRun(),
		RootFS:  rootFS{"layers", []string{digestOf(plain)}},
		History: []history{{beginning, "go run ./docs/container"}},
	})
	manifestAt := a.document(typeManifest, manifest{2, typeManifest, configAt, []descriptor{layerAt}})
	manifestAt.Platform = &on
	manifestAt.Annotations = map[string]string{"io.containerd.image.name": "docker.io/library/" + name, "org.opencontainers.image.ref.name": "latest"}
	a.json("index.json", index{2, typeIndex, []descriptor{manifestAt}})
	a.json("manifest.json", []dockerManifest{{configAt.path(), []string{name}, []string{layerAt.path()}}})
	a.file("oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`))
	if a.err == nil {
		a.err = a.w.Close()
	}
	return manifestAt.Digest, a.err
}

func digestOf(b []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(b)) }

// path is a blob's path in the archive.
func (d *descriptor) path() string { return "blobs/sha256/" + d.Digest[len("sha256:"):] }

// archive writes an archive. After the first error it writes nothing.
type archive struct {
	w   *tar.Writer
	err error
}

func (a *archive) file(name string, data []byte) {
	if a.err == nil {
		a.err = a.w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: int64(len(data)), Format: tar.FormatUSTAR})
	}
	if a.err == nil {
		_, a.err = a.w.Write(data)
	}
}

func (a *archive) blob(mediaType string, data []byte) descriptor {
	d := descriptor{MediaType: mediaType, Digest: digestOf(data), Size: len(data)}
	a.file(d.path(), data)
	return d
}

func (a *archive) document(mediaType string, v any) descriptor {
	data, err := json.Marshal(v)
	if a.err == nil {
		a.err = err
	}
	return a.blob(mediaType, data)
}

func (a *archive) json(name string, v any) {
	data, err := json.Marshal(v)
	if a.err == nil {
		a.err = err
	}
	a.file(name, data)
}
