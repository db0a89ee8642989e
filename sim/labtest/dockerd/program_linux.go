package dockerd

import (
	"debug/buildinfo"
	"os"
	"strings"
	"testing"

	"tracer/sim/labtest"
)

// Program is a Docker Engine to compare with.
type Program struct {
	Version       string // one of docker.Versions
	dockerd       string
	proxy         string   // docker-proxy; empty: the one that dockerd finds
	configuration string   // daemon.json
	flags         []string // before those of a test
}

// The environment variables that name the programs of a newer engine than Debian's.
const dockerdPath, proxyPath = "TRACER_DOCKERD", "TRACER_DOCKER_PROXY"

// nftables is the Version of an engine with its nftables backend.
const nftables = "29-nftables"

// Debian returns Engine 20.10, as Debian installs it.
func Debian(t *testing.T) Program {
	t.Helper()
	for _, name := range []string{"dockerd", "docker-proxy"} {
		labtest.Peer(t, name)
	}
	if version := labtest.Output(t, "dockerd", "--version"); !strings.Contains(version, " 20.10.") {
		labtest.Lack(t, "dockerd is not of the release that is modeled: %s", version)
	}
	return Program{Version: "20.10", dockerd: "dockerd", configuration: "{}"}
}

// Built returns the engine that the environment names, built from its Go module. The name of
// that module tells which release it is.
func Built(t *testing.T) Program {
	t.Helper()
	p := Program{
		dockerd: os.Getenv(dockerdPath), proxy: os.Getenv(proxyPath),
		// Debian's containerd and runc know neither.
		configuration: `{"features": {"containerd-snapshotter": false, "time-namespaces": false}}`,
	}
	if p.dockerd == "" || p.proxy == "" {
		labtest.Lack(t, "%s and %s name no engine", dockerdPath, proxyPath)
	}
	info, err := buildinfo.ReadFile(p.dockerd)
	if err != nil {
		t.Fatal(err)
	}
	switch info.Main.Path {
	case "github.com/moby/moby/v2":
		p.Version = "29"
	case "github.com/docker/docker":
		p.Version = "28"
	default:
		t.Fatalf("%s was built from %s", p.dockerd, info.Main.Path)
	}
	p.flags = []string{"--userland-proxy-path", p.proxy}
	return p
}

// BuiltNFT returns the same engine with its other backend.
func BuiltNFT(t *testing.T) Program {
	t.Helper()
	p := Built(t)
	if p.Version != "29" {
		t.Skip("Engine 28 has no nftables backend")
	}
	labtest.Peer(t, "nft")
	p.Version, p.flags = nftables, append(p.flags, "--firewall-backend=nftables")
	return p
}
