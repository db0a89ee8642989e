package traffic

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"time"
)

// headerTimeout is how long a client may take to send its request.
const headerTimeout = 10 * time.Second

// httpServer answers every request with the same text.
type httpServer struct {
	http.Server
	stopped chan struct{}
}

// ServeHTTP starts a server that answers every request with body, as plain text. It
// listens from the time ServeHTTP returns until it is closed.
func ServeHTTP(ctx context.Context, ns Namespace, at netip.AddrPort, body string) (io.Closer, error) {
	listener, err := listen(ctx, ns, everywhere("tcp", at), at)
	if err != nil {
		return nil, err
	}
	s := &httpServer{stopped: make(chan struct{})}
	s.ReadHeaderTimeout = headerTimeout
	s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, body)
	})
	go func() {
		defer close(s.stopped)
		s.Serve(listener) // returns only after Close
	}()
	return s, nil
}

// Close closes the listener and all connections.
func (s *httpServer) Close() error {
	err := s.Server.Close()
	<-s.stopped
	return err
}
