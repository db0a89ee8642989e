package capture_test

import (
	"fmt"
	"log"
	"time"

	"tracer/trace/capture"
)

// Everything that passes in a second, one line each.
func ExampleListen() {
	source, err := capture.Listen()
	if err != nil {
		log.Fatal(err)
	}
	defer source.Close()
	time.AfterFunc(time.Second, source.Stop)
	err = source.Run(func(f capture.Frame) {
		fmt.Println(f.Time.Format("15:04:05.000000000"), f.Interface, f.Direction, f.Length)
	})
	if err != nil {
		log.Fatal(err)
	}
	if missed, err := source.Missed(); err == nil {
		fmt.Println(missed, "missed")
	}
}
