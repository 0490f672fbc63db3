package main

import (
	"net"
	"testing"
)

// An address that cannot be listened on is refused with the reason, before a
// database is looked for.
func TestAddressesToListenOn(t *testing.T) {
	nothingSet(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for addr, why := range map[string]string{
		l.Addr().String(): "something else listens there", "192.0.2.1:8080": "it is not this machine's",
		"foo": "it is not of the form host:port", "127.0.0.1:many": "it is not of the form host:port",
	} {
		refusal(t, "The address "+addr+" cannot be listened on, because "+why, "serve", "--addr", addr, "--data", "/proc/none")
	}
}
