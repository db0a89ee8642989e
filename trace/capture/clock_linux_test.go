package capture

import (
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	start := time.Now()
	c, err := StartClock()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("stamps after %s", time.Since(start))
	for range 20 {
		if stamped, err := c.stamped(); err != nil || !stamped {
			t.Fatalf("a frame without a stamp, %v", err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}
