// Command container writes tracer's image, without a container engine:
//
//	go run ./docs/container -o tracer.tar
//	docker load -i tracer.tar
//
// The image is one file system layer upon nothing:
//
//	/usr/bin/tracer   the static binary, for linux and -arch
//	/etc/passwd       root, and a user without rights
//	/data             the working directory, which everybody may write to
//	/tmp              for everybody, too
//	/proc /sys /dev   where engines mount what they always mount
//
// The same commit gives the same bytes, wherever it is written: times are 0, owners are
// root, and the binary is built as a release is. -root DIR writes the files there
// instead, for the Dockerfile beside this file.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

func main() {
	out := flag.String("o", "tracer.tar", "write the image to `FILE`, as docker load, podman load and ctr image import read it")
	arch := flag.String("arch", runtime.GOARCH, "for the processor `ARCH`: amd64 or arm64")
	root := flag.String("root", "", "write the image's files to `DIR` instead")
	binary := flag.String("binary", "", "use this `FILE`, and do not build tracer")
	flag.Parse()
	if err := run(*out, *arch, *root, *binary); err != nil {
		fmt.Fprintln(os.Stderr, "container:", err)
		os.Exit(1)
	}
}

func run(out, arch, root, binary string) error {
	if binary == "" {
		dir, err := os.MkdirTemp("", "tracer-image-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "tracer")
		if err := build(binary, arch); err != nil {
			return err
		}
	}
	program, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	if root != "" {
		return writeFiles(root, files(program))
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	digest, err := writeImage(f, arch, files(program))
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	fmt.Println(digest)
	return nil
}

// build builds tracer as .goreleaser.yaml does.
func build(to, arch string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", to, "tracer/cmd/tracer")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go build: %w", err)
	}
	return nil
}
