package netstate

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Reader reads namespaces. It remembers nft's listings, so that rules that have not changed
// are not listed again. The zero value is ready; it is safe for concurrent
// use.
type Reader struct {
	mu    sync.Mutex
	texts map[uint64]listing // by the namespace's cookie
}

// listing is the text of the rules of one generation: their table's header in nft's
// listing, then their handles.
type listing struct {
	generation uint32
	texts      map[string]map[uint64]string
}

const (
	// maxListings is the number of namespaces that a Reader remembers.
	maxListings = 1024
	// maxListing is the maximum length of nft's output that is read, and nftPatience is how
	// long nft may take.
	maxListing  = 16 << 20
	nftPatience = 3 * time.Second
)

// list returns the text of the rules of a generation.
func (r *Reader) list(generation uint32) map[string]map[uint64]string {
	id, known := cookie()
	r.mu.Lock()
	last, listed := r.texts[id]
	r.mu.Unlock()
	if known && listed && last.generation == generation {
		return last.texts
	}
	texts, ok := listRules()
	if known && ok {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.texts == nil || len(r.texts) >= maxListings {
			r.texts = map[uint64]listing{}
		}
		r.texts[id] = listing{generation, texts}
	}
	return texts
}

// cookie returns the number of the calling thread's namespace, which no other namespace ever
// has (Linux 5.14).
func cookie() (id uint64, known bool) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, false
	}
	defer unix.Close(fd)
	id, err = unix.GetsockoptUint64(fd, unix.SOL_SOCKET, unix.SO_NETNS_COOKIE)
	return id, err == nil
}

// listRules runs nft in the namespace of the calling thread. ok is false if there is no
// nft, or it failed.
func listRules() (texts map[string]map[uint64]string, ok bool) {
	path, err := exec.LookPath("nft")
	if err != nil {
		return nil, false
	}
	ctx, cancel := context.WithTimeout(context.Background(), nftPatience)
	defer cancel()
	out := &limited{most: maxListing}
	cmd := exec.CommandContext(ctx, path, "--handle", "--stateless", "--terse", "list", "ruleset")
	cmd.Env, cmd.Stdout, cmd.WaitDelay = []string{"LC_ALL=C"}, out, time.Second
	if cmd.Run() != nil {
		return nil, false
	}
	return parseListing(out.String()), true
}

// limited is a buffer of limited size.
type limited struct {
	bytes.Buffer
	most int
}

var errLong = errors.New("the listing is too long")

func (l *limited) Write(b []byte) (int, error) {
	if l.Len()+len(b) > l.most {
		return 0, errLong
	}
	return l.Buffer.Write(b)
}

var withHandle = regexp.MustCompile(`(?s)^\t\t(\S.*) # handle (\d+)$`)

// parseListing finds the rules in nft's listing. A rule that continues on further lines
// has them indented:
//
//	table inet firewall { # handle 1
//		chain input { # handle 1
//			type filter hook input priority filter; policy drop;
//			ip saddr { 10.0.0.1, 10.0.0.2,
//				   10.0.0.3 } accept # handle 4
//
// Comments can contain anything, even lines that look like rules. Handles are unique in a
// table, so those that occur twice are left out, and so are such tables.
func parseListing(text string) map[string]map[uint64]string {
	tables := map[string]map[uint64]string{}
	var rules map[uint64]string
	inChain, rule := false, ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "table "):
			header, _, _ := strings.Cut(line, " # handle ")
			rules = map[uint64]string{}
			if _, twice := tables[header]; twice {
				rules = nil
			}
			tables[header], inChain, rule = rules, false, ""
			continue
		case strings.HasPrefix(line, "\t") && !strings.HasPrefix(line, "\t\t"):
			inChain, rule = strings.HasPrefix(line, "\tchain "), ""
			continue
		}
		if !inChain || rules == nil {
			continue
		}
		if rule == "" || strings.HasPrefix(line, "\t\t") && !strings.HasPrefix(line, "\t\t\t") {
			rule = line
		} else {
			rule += " " + strings.TrimSpace(line)
		}
		if m := withHandle.FindStringSubmatch(rule); m != nil {
			keep(rules, m[2], m[1])
			rule = ""
		}
	}
	return tables
}

// keep records the text of a rule, or none if there are two.
func keep(rules map[uint64]string, handle, text string) {
	n, err := strconv.ParseUint(handle, 10, 64)
	if err != nil {
		return
	}
	if _, twice := rules[n]; twice {
		text = ""
	}
	rules[n] = text
}
