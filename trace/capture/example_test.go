package capture_test

import (
	"fmt"
	"io"
	"log"
	"os"
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
