package errs

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestKinds(t *testing.T) {
	t.Parallel()
	for want, err := range map[Kind]*Error{
		Invalid: Invalidf("%d rows", 3), Unauthenticated: Unauthenticatedf("%d rows", 3), Forbidden: Forbiddenf("%d rows", 3), NotFound: NotFoundf("%d rows", 3),
		Conflict: Conflictf("%d rows", 3), TooMany: TooManyf("%d rows", 3), Unavailable: Unavailablef("%d rows", 3),
	} {
		if err.Kind != want || err.Error() != "3 rows" {
			t.Errorf("%v has kind %d, want %d", err, err.Kind, want)
		}
		wrapped := errors.Join(io.EOF, fmt.Errorf("open: %w", err))
		if KindOf(wrapped) != want || !Is(wrapped, want) || Is(wrapped, Internal) {
			t.Errorf("wrapped, it has kind %d, want %d", KindOf(wrapped), want)
		}
	}
	if KindOf(io.EOF) != Internal || KindOf(nil) != Internal || Is(nil, Internal) || !Is(io.EOF, Internal) {
		t.Error("what is no refusal")
	}
}

func TestCauseFieldAndDetails(t *testing.T) {
	t.Parallel()
	err := InvalidField("note", "Say %s.", "why").Because(io.EOF).WithDetails([]string{"line 3"})
	if err.Field != "note" || err.Error() != "Say why." || !errors.Is(err, io.EOF) || err.Details[0] != "line 3" {
		t.Errorf("%+v", err)
	}
	if errors.Unwrap(Invalidf("x")) != nil {
		t.Error("a cause from nowhere")
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0 items", 1: "1 item", 2: "2 items", 999: "999 items", 1000: "1,000 items", 1234567: "1,234,567 items", -1: "-1 items", -1234: "-1,234 items", 123456: "123,456 items"} {
		if got := Count(n, "item", "items"); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}
