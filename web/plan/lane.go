package plan

import "math"

// span is a closed interval.
type span struct{ from, to float64 }

func (s span) meets(o span) bool { return s.from <= o.to && o.from <= s.to }

// free is the first lane in which a span meets no other.
func free(lanes [][]span, s span) int {
next:
	for i, lane := range lanes {
		for _, o := range lane {
			if s.meets(o) {
				continue next
			}
		}
		return i
	}
	return len(lanes)
}

func put(lanes [][]span, lane int, s span) [][]span {
	if lane == len(lanes) {
		lanes = append(lanes, nil)
	}
	lanes[lane] = append(lanes[lane], s)
	return lanes
}

// slots are the places along a channel at which lines leave and enter.
type slots []float64

// take finds the place nearest to the one wanted, within bounds and apart from
// those taken; when it is too full for that, closer and closer.
func (s *slots) take(want float64, within span, apart float64) float64 {
	for ; apart > 0.5; apart /= 2 {
		if x, ok := s.near(want, within, apart); ok {
			*s = append(*s, x)
			return x
		}
	}
	return within.clamp(want)
}

func (s *slots) near(want float64, within span, apart float64) (float64, bool) {
	if within.to < within.from {
		return 0, false
	}
	want = within.clamp(want)
	for d := 0.0; d <= within.to-within.from; d++ {
		for _, x := range []float64{want + d, want - d} {
			if x >= within.from && x <= within.to && s.clear(x, apart) {
				return x, true
			}
		}
	}
	return 0, false
}

func (s *slots) clear(x, apart float64) bool {
	for _, o := range *s {
		if math.Abs(o-x) < apart {
			return false
		}
	}
	return true
}

func (s span) clamp(x float64) float64 { return min(max(x, s.from), s.to) }
