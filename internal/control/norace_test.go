//go:build !race

package control_test

// step is how far apart the bytes are that TestEveryByteCounts changes.
const step = 1
