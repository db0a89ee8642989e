package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
)

// file is a file of the image, or a directory if its name ends in a slash.
type file struct {
	name string
	mode fs.FileMode
	data []byte
}

// shared is the mode of directories in which everybody may create files, but remove only
// their own.
const shared = fs.ModeSticky | 0o777

const passwd = `root:x:0:0:root:/tmp:/usr/sbin/nologin
tracer:x:65532:65532:a user without rights:/tmp:/usr/sbin/nologin
`

const group = `root:x:0:
tracer:x:65532:
`

// files lists the image's files, in the order of the layer.
func files(program []byte) []file {
	return []file{
		{"data/", shared, nil},
		{"dev/", 0o755, nil},
		{"etc/", 0o755, nil},
		{"etc/group", 0o644, []byte(group)},
		{"etc/passwd", 0o644, []byte(passwd)},
		{"proc/", 0o555, nil},
		{"sys/", 0o555, nil},
		{"tmp/", shared, nil},
		{"usr/", 0o755, nil},
		{"usr/bin/", 0o755, nil},
		{"usr/bin/tracer", 0o755, program},
	}
}

func (f *file) dir() bool { return f.name[len(f.name)-1] == '/' }

// layer packs files into a tar archive: plain, for the digest, and compressed, for the
// image.
func layer(list []file) (plain, packed []byte, err error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range list {
		h := tar.Header{Typeflag: tar.TypeReg, Name: f.name, Mode: int64(f.mode.Perm()), Size: int64(len(f.data)), Format: tar.FormatUSTAR}
		if f.dir() {
			h.Typeflag = tar.TypeDir
		}
		if f.mode&fs.ModeSticky != 0 {
			h.Mode |= 0o1000
		}
		if err := w.WriteHeader(&h); err != nil {
			return nil, nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, nil, err
	}
	var z bytes.Buffer
	g, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
	if err != nil {
		return nil, nil, err
	}
	if _, err := g.Write(b.Bytes()); err != nil {
		return nil, nil, err
	}
	if err := g.Close(); err != nil {
		return nil, nil, err
	}
	return b.Bytes(), z.Bytes(), nil
}

// writeFiles writes the files below a directory.
func writeFiles(root string, list []file) error {
	for _, f := range list {
		name := filepath.Join(root, filepath.FromSlash(f.name))
		var err error
		if f.dir() {
			err = os.MkdirAll(name, 0o755)
		} else {
			err = os.WriteFile(name, f.data, 0o600)
		}
		if err == nil {
			err = os.Chmod(name, f.mode) // regardless of the umask
		}
		if err != nil {
			return err
		}
	}
	return nil
}
