package savefile_test

import (
	"log"
	"os"
	"time"

	"tracer/trace"
	"tracer/trace/savefile"
)

// One interface's frames in a file named after it.
func ExamplePcapWriter() {
	file, err := os.Create("ens160.pcap")
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	w, err := savefile.NewPcapWriter(file, trace.LinkEthernet)
	if err != nil {
		log.Fatal(err)
	}
	frame := savefile.Record{Time: time.Now(), Length: 60, Data: make([]byte, 60)}
	if err := w.Write(frame); err != nil {
		log.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
}
