package compare

import "tracer/trace"

// requests pairs the requests of two traces. Equal ones correspond to each other, in order.
// Those between them correspond as a whole.
func requests(a, b *trace.Trace) (list []Requests) {
	same := func(p [2]int) {
		list = append(list, Requests{[2][]int{{p[0] + 1}, {p[1] + 1}}, true})
	}
	pairs := align(asked(a), asked(b))
	next := 0
	gaps(pairs, len(a.Answers), len(b.Answers), func(from, to [2]int) {
		for ; next < len(pairs) && pairs[next][0] < to[0] && pairs[next][1] < to[1]; next++ {
			same(pairs[next])
		}
		list = append(list, Requests{Numbers: [2][]int{numbered(from[0], to[0]), numbered(from[1], to[1])}})
	})
	for ; next < len(pairs); next++ {
		same(pairs[next])
	}
	return list
}

// asked returns what a trace's requests ask for.
func asked(t *trace.Trace) (list []string) {
	for i := range t.Answers {
		list = append(list, t.Answers[i].From+"\x00"+t.Answers[i].URL)
	}
	return list
}

func numbered(from, to int) (list []int) {
	for i := from; i < to; i++ {
		list = append(list, i+1)
	}
	return list
}

// of maps the numbers of a side's requests to indexes in a list of pairs.
func of(list []Requests, s Side) map[int]int {
	out := map[int]int{}
	for i := range list {
		for _, n := range list[i].Numbers[s] {
			out[n] = i
		}
	}
	return out
}
