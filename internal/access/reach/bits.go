package reach

import (
	"iter"
	mathbits "math/bits"
)

// bits is a set of small numbers.
type bits []uint64

func newBits(n int) bits { return make(bits, (n+63)/64) }

func (b bits) has(i int32) bool { return b[i>>6]&(1<<(i&63)) != 0 }

func (b bits) set(i int32) { b[i>>6] |= 1 << (i & 63) }

// add tells whether it is new.
func (b bits) add(i int32) bool {
	if b.has(i) {
		return false
	}
	b.set(i)
	return true
}

func (b bits) count() (n int32) {
	for _, w := range b {
		n += int32(mathbits.OnesCount64(w)) //nolint:gosec // at most 64
	}
	return n
}

// common counts what is in both.
func (b bits) common(other bits) (n int32) {
	for i, w := range b {
		n += int32(mathbits.OnesCount64(w & other[i])) //nolint:gosec // at most 64
	}
	return n
}

// all goes through the set in order.
func (b bits) all() iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for i, w := range b {
			for ; w != 0; w &= w - 1 {
				if !yield(int32(i<<6 + mathbits.TrailingZeros64(w))) { //nolint:gosec // fits
					return
				}
			}
		}
	}
}

// meet is what is in both, written into out.
func (b bits) meet(other, out bits) bits {
	for i, w := range b {
		out[i] = w & other[i]
	}
	return out
}

func (b bits) join(other bits) {
	for i, w := range other {
		b[i] |= w
	}
}

// within tells whether all of it is in the other.
func (b bits) within(other bits) bool {
	for i, w := range b {
		if w&^other[i] != 0 {
			return false
		}
	}
	return true
}

// beyond appends what is not in the other.
func (b bits) beyond(other bits, list []int32) []int32 {
	for i, w := range b {
		for w &^= other[i]; w != 0; w &= w - 1 {
			list = append(list, int32(i<<6+mathbits.TrailingZeros64(w))) //nolint:gosec // fits
		}
	}
	return list
}

func (b bits) sum(h uint64) uint64 {
	for _, w := range b {
		h = (h ^ w) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	return h
}
