package live

import "testing"

// TestMarksOfPolicy: if routing depends on marks, packets are not numbered, because numbers
// would send them elsewhere: here, all odd ones into a black hole.
func TestMarksOfPolicy(t *testing.T) {
	session := openFor(t, routedWith(t, bothNAT), Options{})
	configure(t, session, "gateway", "rule add fwmark 0x1/0x1 blackhole")
	s, err := session.recorder.snapshot()
	if err != nil {
		t.Fatal(err)
	}
	if s.Marked["gateway"] {
		t.Error("packets are numbered")
	}
	tr, err := session.Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(tr.Answers) != 1 || tr.Answers[0].Text != "200 Hello" {
		t.Errorf("%+v", tr.Answers)
	}
}
