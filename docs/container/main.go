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
	out := flag.String("o", "tracer.tar", "write the image to `FILE`, for docker load, podman load or ctr image import")
	arch := flag.String("arch", runtime.GOARCH, "build for the processor `ARCH`: amd64 or arm64")
	root := flag.String("root", "", "write the image's files to `DIR` instead")
	binary := flag.String("binary", "", "use this `FILE` instead of building tracer")
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
