package trace

import "testing"

// TestDrop: a route and a routing rule can each drop a packet.
func TestDrop(t *testing.T) {
	for want, r := range map[RouteType][]Routed{
		0:                {{}, {Route: Route{Type: RouteLocal}}, {Rule: RoutingRule{Action: PolicyGoto}}},
		RouteBlackhole:   {{Route: Route{Type: RouteBlackhole}}, {Rule: RoutingRule{Action: PolicyBlackhole}}},
		RouteUnreachable: {{Route: Route{Type: RouteUnreachable}}, {Rule: RoutingRule{Action: PolicyUnreachable}}},
		RouteProhibit:    {{Route: Route{Type: RouteProhibit}}, {Rule: RoutingRule{Action: PolicyProhibit}}},
	} {
		for i := range r {
			if got := r[i].Drop(); got != want {
				t.Errorf("%+v: %v, want %v", r[i], got, want)
			}
		}
	}
}
