package page

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"html/template"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// chunk is a text that the browser inflates when it is needed, usually blocks of HTML: deflated
// (RFC 1951), in base64.
type chunk struct {
	Name     string
	From, To int // moments
	Data     template.HTML
}

// between separates blocks. No text contains it: see package escape.
const between = "\f"

// job makes a chunk: it returns blocks of HTML.
type job struct {
	chunk
	blocks func(t *teller) ([]string, error)
}

// makeChunks makes chunks, several at a time, without those that would be empty.
func (b *builder) makeChunks(jobs []job) ([]chunk, error) {
	var next atomic.Int64
	var wait sync.WaitGroup
	out, errs := make([]chunk, len(jobs)), make([]error, len(jobs))
	for range min(runtime.GOMAXPROCS(0), len(jobs)) {
		wait.Go(func() {
			t := newTeller(b)
			for i := int(next.Add(1)) - 1; i < len(jobs); i = int(next.Add(1)) - 1 {
				out[i] = jobs[i].chunk
				blocks, err := jobs[i].blocks(t)
				if err == nil && len(blocks) > 0 {
					out[i].Data, err = compressed(coded(blocks))
				}
				errs[i] = err
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(out, func(c chunk) bool { return c.Data == "" }), nil
}

// coded joins blocks. A line that the previous block has in the same place is left empty: a packet
// looks much the same at the next interface. One that occurred earlier becomes "=" and its number, in
// base 36. No line of a template begins with that sign.
func coded(blocks []string) string {
	var out strings.Builder
	var before []string
	seen := map[string]int{}
	for i, block := range blocks {
		if i > 0 {
			out.WriteString(between)
		}
		var lines []string
		for line := range strings.SplitSeq(block, "\n") {
			if line == "" {
				continue
			}
			k := len(lines)
			lines = append(lines, line)
			if k > 0 {
				out.WriteByte('\n')
			}
			number, known := seen[line]
			switch {
			case k < len(before) && before[k] == line:
			case known:
				out.WriteString("=" + strconv.FormatInt(int64(number), 36))
			default:
				seen[line] = len(seen)
				out.WriteString(line)
			}
		}
		before = lines
	}
	return out.String()
}

func compressed(text string) (template.HTML, error) {
	var out strings.Builder
	encoder := base64.NewEncoder(base64.StdEncoding, &out)
	w, err := flate.NewWriter(encoder, flate.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write([]byte(text)); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	err = encoder.Close()
	return template.HTML(out.String()), err
}

// rendered returns what a template writes about each value.
func rendered[T any](name string, values []T) ([]string, error) {
	var blocks []string
	var text bytes.Buffer
	for i := range values {
		text.Reset()
		if err := templates().ExecuteTemplate(&text, name, &values[i]); err != nil {
			return nil, err
		}
		blocks = append(blocks, text.String())
	}
	return blocks, nil
}

func chunkName(kind string, number int) string { return kind + "-" + strconv.Itoa(number) }
