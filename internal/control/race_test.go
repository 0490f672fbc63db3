//go:build race

package control_test

// step leaves bytes out under the race detector, which makes a check ten times slower.
const step = 11
