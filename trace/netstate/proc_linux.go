package netstate

import (
	"io"
	"os"
)

// mostProc is the maximum number of bytes read from a file in /proc/net, whose lists have no
// limit.
const mostProc = 4 << 20

// procNet returns a file of /proc/net of the calling thread's namespace; /proc/net itself
// belongs to the namespace of the process. The result is empty if the file does not
// exist: the kernel lacks what it would list.
func procNet(name string) string {
	f, err := os.Open("/proc/thread-self/net/" + name)
	if err != nil {
		return ""
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, mostProc))
	if err != nil {
		return ""
	}
	return string(b)
}
