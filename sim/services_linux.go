package sim

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// startServices starts every node's services and returns when all of them
// listen.
func (l *Lab) startServices(ctx context.Context) error {
	for _, n := range l.nodes {
		for _, s := range n.Services {
			start := l.startServer
			switch {
			case s.Program():
				start = l.startProgram
			case s.Proxy.IsValid():
				start = l.startProxy
			case s.UDP:
				start = l.startDatagrams
			}
			if err := start(ctx, n, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// startServer starts the built-in HTTP server. Its listening socket is made in
// the node's namespace; after that it does not matter which thread uses it.
func (l *Lab) startServer(ctx context.Context, n *labNode, s Service) error {
	address := netip.AddrPortFrom(s.bind(), s.Port).String()
	var listener net.Listener
	err := n.do(func() (err error) {
		// Plain TCP: with multipath TCP a student would meet options here
		// that no lesson speaks of.
		var config net.ListenConfig
		config.SetMultipathTCP(false)
		listener, err = config.Listen(ctx, "tcp4", address)
		return err
	})
	if err != nil {
		return n.fail("listen on", address, err)
	}
	server := &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			io.WriteString(w, s.Body)
		}),
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		server.Serve(listener) // returns when Close is called, and only then
	}()
	l.undo = append(l.undo, func() error {
		err := server.Close()
		<-stopped
		return err
	})
	return nil
}
