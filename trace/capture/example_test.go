package capture_test

import (
	"fmt"
	"log"
	"os"
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

// One interface's frames in a file named after it.
func ExampleWriter() {
	file, err := os.Create("ens160.pcap")
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	w, err := capture.NewWriter(file, capture.LinkEthernet)
	if err != nil {
		log.Fatal(err)
	}
	frame := capture.Frame{Time: time.Now(), Length: 60, Data: make([]byte, 60)}
	if err := w.Write(frame); err != nil {
		log.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
}
