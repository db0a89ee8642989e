// Package outline lists the packets of a trace under the requests that they belong to. All
// views that list packets show these rows, so they cannot differ.
//
//	request 1: client → http://192.168.52.203/       Request
//	  #1  ▸ TCP SYN                                  Packet
//	  #2  ◂ TCP SYN-ACK                              Packet
//	  #3–#9  7 packets that show nothing new         Run
//	  client received "hello"                        Answer
//	request 2: client → http://192.168.52.204/       Request
//	  no packet was seen                             Nothing
//
// [Know] collects, once, what lists need to know about a trace. A [List] is a choice of its
// packets: without those in the background, or those that a filter selects. Its rows are the
// same at every position of a walk: each says since when it is known.
package outline
