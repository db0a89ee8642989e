package sim

import "fmt"

// Request is one HTTP GET, sent from a node over a connection of its own.
type Request struct {
	From string // the node that sends it
	URL  string // http://ADDRESS[:PORT]/PATH; an address, since there is no DNS
}

// Response is what the sender of a [Request] got to see.
type Response struct {
	Status int    // HTTP status code; 0 when there was no answer
	Body   string // at most 1 MiB of it
	Err    error  // why there was no answer
}

// String returns the response as a person would report it: "200 Hello".
func (r Response) String() string {
	if r.Err != nil {
		return r.Err.Error()
	}
	return fmt.Sprintf("%d %s", r.Status, r.Body)
}
