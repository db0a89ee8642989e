package join

import (
	"slices"
	"testing"
	"time"

	"github.com/google/gopacket/layers"
)

// TestJoin: the sightings of one packet become one track, in the order of the way, even if
// they come in another.
func TestJoin(t *testing.T) {
	j := newJoining(nil)
	track := j.see(0, 1, 0)
	if j.see(2, 1, 2) != track || j.Oldest(track.Key) != track || j.Len() != 1 {
		t.Fatal("not one track")
	}
	want(t, track, []int{0, 2})
	if track.Last != time.UnixMilli(2) || track.Ambiguous() {
		t.Errorf("last seen at %v, ambiguous %v", track.Last, track.Ambiguous())
	}
	j.see(1, 1, 1) // late: it goes to its place, and is not the last
	want(t, track, []int{0, 1, 2})
	if track.Last != time.UnixMilli(2) {
		t.Errorf("last seen at %v", track.Last)
	}
}

// TestKeys: packets with other keys are other tracks, numbered as they begin; background
// traffic is numbered downwards.
func TestKeys(t *testing.T) {
	j := newJoining(nil)
	j.see(0, 1, 0)
	other := j.sighting(1, 1, 1)
	other.Packet.Key.Seq = 7
	if track, begun := j.Add(other); !begun || track.ID != 2 {
		t.Errorf("track %d, begun %v", track.ID, begun)
	}
	report := j.sighting(1, 1, 2)
	report.Packet.Key.Seq = 8
	report.Packet.EtherType, report.Packet.Protocol, report.Packet.ICMP.Type = layers.EthernetTypeIPv6, layers.IPProtocolICMPv6, layers.ICMPv6TypeMLDv2MulticastListenerReportMessageV2
	if track, begun := j.Add(report); !begun || track.ID != -1 {
		t.Errorf("background: track %d, begun %v", track.ID, begun)
	}
	if j.Len() != 3 {
		t.Errorf("%d keys", j.Len())
	}
}

// TestWindow: after the window, an equal packet is another.
func TestWindow(t *testing.T) {
	j := newJoining(nil)
	first := j.see(0, 1, 0)
	if j.see(1, 1, 1000) != first {
		t.Error("a packet was held back for the window, and became another")
	}
	if j.see(2, 1, 2001) == first {
		t.Error("a packet was seen again after the window")
	}
}

// TestBestScore: the track that a sighting continues best gets it, older or not, and the
// others are no rivals.
func TestBestScore(t *testing.T) {
	j := newJoining(nil)
	older, better := j.see(0, 1, 0), j.see(0, 2, 1)
	j.see(1, 2, 2)
	want(t, older, []int{0})
	want(t, better, []int{0, 1})
}

// TestRivals: where a sighting continues two tracks equally well, the older gets it, and
// each may have the other's.
func TestRivals(t *testing.T) {
	j := newJoining(nil)
	a, b := j.see(0, 1, 0), j.see(0, 1, 1)
	j.see(1, 1, 2)
	j.see(1, 1, 3)
	want(t, a, []int{0, 1}, nil, []int{b.ID})
	want(t, b, []int{0, 1}, nil, []int{a.ID})
	if !a.Ambiguous() || !b.Ambiguous() {
		t.Error("not ambiguous")
	}
}

// TestClose: a closed track is not continued, whichever of its key it was.
func TestClose(t *testing.T) {
	for closed := range 3 {
		j := newJoining(nil)
		var all []*Track[int]
		for i := range 3 {
			all = append(all, j.see(0, uint16(i), i))
		}
		j.Close(all[closed])
		left := slices.Delete(slices.Clone(all), closed, closed+1)
		if got := slices.Collect(j.Open(all[0].Key)); !slices.Equal(got, left) || j.Oldest(all[0].Key) != left[0] {
			t.Errorf("without %d: %d tracks are open", closed, len(got))
		}
		if j.see(1, uint16(closed), 5) == all[closed] {
			t.Errorf("track %d was continued after it was closed", closed)
		}
		for _, track := range slices.Collect(j.Open(all[0].Key)) {
			j.Close(track)
		}
		if j.Len() != 0 || j.Oldest(all[0].Key) != nil {
			t.Error("tracks are left")
		}
	}
}
