package escape

import (
	"fmt"
	"net/netip"
	"reflect"
	"testing"
	"time"
)

type named string

type inner struct {
	Name named
	List []string
	Any  fmt.Stringer
	Addr netip.Addr
}

type stringer struct{ Text string }

func (s stringer) String() string { return s.Text }

type outer struct {
	Number  int
	hidden  int
	Inner   inner
	Pointer *inner
	Map     map[string][]string
	Array   [2]string
	End     netip.AddrPort
	Prefix  netip.Prefix
	Time    time.Time
	Data    []byte
	Passed  struct{ text string } `escape:"-"`
}

// sample returns a value with the same text everywhere.
func sample(s string) *outer {
	addr := netip.MustParseAddr("fe80::1")
	if s != "" {
		addr = addr.WithZone(s)
	}
	in := inner{Name: named(s), List: []string{"a", s}, Any: stringer{s}, Addr: addr}
	return &outer{
		Number: 1, hidden: 2, Inner: in, Pointer: &in, Map: map[string][]string{s: {s}}, Array: [2]string{"a", s},
		End: netip.AddrPortFrom(addr, 80), Data: []byte("\x1b"), Time: time.Unix(1, 2),
	}
}

func TestValue(t *testing.T) {
	clean, foreign, want := sample("eth0"), sample("\x1b[8m\n"), sample(`\x1b[8m\n`)
	if Value(clean) != clean {
		t.Error("a value without anything to escape was copied")
	}
	if got := Value(foreign); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if !reflect.DeepEqual(foreign, sample("\x1b[8m\n")) {
		t.Error("the original was changed")
	}
	if got := Value(*foreign); !reflect.DeepEqual(got, *want) {
		t.Errorf("%+v", got)
	}
	if got := Value[fmt.Stringer](stringer{"\r"}); got.String() != `\r` {
		t.Errorf("%v", got)
	}
	if got := Value[any](nil); got != nil {
		t.Errorf("%v", got)
	}
	if got := Value((*outer)(nil)); got != nil {
		t.Errorf("%v", got)
	}
}

// TestValueShares: a part without anything to escape is not copied.
func TestValueShares(t *testing.T) {
	list := []*inner{{Name: "a"}, {Name: "\x1b"}, {Name: "b"}}
	got := Value(list)
	if got[0] != list[0] || got[2] != list[2] || got[1] == list[1] || got[1].Name != `\x1b` || list[1].Name != "\x1b" {
		t.Errorf("%v", got)
	}
}

func TestValueRefusesHiddenText(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("text in an unexported field was passed over")
		}
	}()
	Value(struct{ text string }{"a"})
}

func BenchmarkFieldClean(b *testing.B) {
	for b.Loop() {
		Field("192.168.52.203:80 docker0 -A DOCKER ! -i docker0 -p tcp")
	}
}
