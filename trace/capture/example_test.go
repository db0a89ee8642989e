package capture_test

import (
	"fmt"
	"io"
	"log"
	"time"

	"tracer/trace/capture"
)

// Prints everything that passes within a second, one line per frame.
func ExampleListen() {
	source, err := capture.Listen()
	if err != nil {
		log.Fatal(err)
	}
	defer source.Close()
	time.AfterFunc(time.Second, source.Stop)
	for {
		_, info, err := source.ReadPacketData()
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(info.Timestamp.Format("15:04:05.000000000"), info.InterfaceIndex, capture.DirectionOf(info), info.Length)
	}
	if lost, err := source.Lost(); err == nil {
		fmt.Println(lost, "lost")
	}
}
