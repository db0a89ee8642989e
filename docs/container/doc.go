// Command container writes tracer's image, without a container engine:
//
//	go run ./docs/container -o tracer.tar
//	docker load -i tracer.tar
//
// The image has a single layer and no base image:
//
//	/usr/bin/tracer   the static binary, for linux and -arch
//	/etc/passwd       root, and an unprivileged user
//	/data             the working directory, writable by everybody
//	/tmp              writable by everybody
//	/proc /sys /dev   mount points for the engine
//
// The same commit gives the same bytes on every machine: times are 0, files belong to
// root, and the binary is built like a release. -root DIR writes the files to DIR
// instead, for the Dockerfile in this directory.
package main
