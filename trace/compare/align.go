package compare

import "slices"

// mostCells limits the table in which align looks for the longest common subsequence.
const mostCells = 1 << 22

// align returns the indexes of a longest common subsequence of two lists: pairs of equal
// elements, in order. If the lists are very long and different in the middle, it only pairs
// the elements that they begin and end with. Swapping the lists swaps the pairs.
func align(a, b []string) (pairs [][2]int) {
	begin := 0
	for begin < min(len(a), len(b)) && a[begin] == b[begin] {
		pairs = append(pairs, [2]int{begin, begin})
		begin++
	}
	end := 0
	for end < min(len(a), len(b))-begin && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	for _, p := range common(a[begin:len(a)-end], b[begin:len(b)-end]) {
		pairs = append(pairs, [2]int{begin + p[0], begin + p[1]})
	}
	for ; end > 0; end-- {
		pairs = append(pairs, [2]int{len(a) - end, len(b) - end})
	}
	return pairs
}

// common returns the indexes of a longest common subsequence.
func common(a, b []string) (pairs [][2]int) {
	if len(a) == 0 || len(b) == 0 || len(a) > mostCells/len(b) {
		return nil
	}
	width := len(b) + 1
	length := make([]int32, (len(a)+1)*width) // of those from a[i] and b[j] on
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i*width+j] = length[(i+1)*width+j+1] + 1
			} else {
				length[i*width+j] = max(length[(i+1)*width+j], length[i*width+j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		without, other := length[(i+1)*width+j], length[i*width+j+1]
		switch {
		case a[i] == b[j]:
			pairs = append(pairs, [2]int{i, j})
			i, j = i+1, j+1
		case without > other, without == other && a[i] < b[j]: // by content, so that swapping the lists only swaps the pairs
			i++
		default:
			j++
		}
	}
	return pairs
}

// paired aligns two ways: first what counts as a difference, and then, between those pairs, the rest.
func paired(a, b []event) (pairs [][2]int) {
	counts, others := indexes(a, b, false), indexes(a, b, true)
	within := func(list []int, from, to int) []int {
		return slices.DeleteFunc(slices.Clone(list), func(i int) bool { return i < from || i >= to })
	}
	begin := [2]int{}
	for _, p := range append(alignAt(a, b, counts), [2]int{len(a), len(b)}) {
		between := [2][]int{within(others[A], begin[A], p[A]), within(others[B], begin[B], p[B])}
		pairs = append(pairs, alignAt(a, b, between)...)
		if p != [2]int{len(a), len(b)} {
			pairs = append(pairs, p)
		}
		begin = [2]int{p[A] + 1, p[B] + 1}
	}
	return pairs
}

// indexes returns the indexes of the events that are silent, or of the others.
func indexes(a, b []event, silent bool) (out [2][]int) {
	for s, list := range [...][]event{a, b} {
		for i := range list {
			if list[i].silent == silent {
				out[s] = append(out[s], i)
			}
		}
	}
	return out
}

// alignAt aligns the events with certain indexes.
func alignAt(a, b []event, at [2][]int) (pairs [][2]int) {
	var of [2][]string
	for s, list := range [...][]event{a, b} {
		for _, i := range at[s] {
			of[s] = append(of[s], list[i].key)
		}
	}
	for _, p := range align(of[A], of[B]) {
		pairs = append(pairs, [2]int{at[A][p[A]], at[B][p[B]]})
	}
	return pairs
}

// gaps calls f for the elements between the pairs, from and to those indexes of each list.
func gaps(pairs [][2]int, a, b int, f func(from, to [2]int)) {
	from := [2]int{}
	for _, p := range append(pairs[:len(pairs):len(pairs)], [2]int{a, b}) {
		if p != from {
			f(from, p)
		}
		from = [2]int{p[0] + 1, p[1] + 1}
	}
}
