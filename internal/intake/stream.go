package intake

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"interlock/internal/errs"
)

// chunk is about how much is handed to COPY at once.
const chunk = 60 << 10

// stream turns one CSV file into COPY's binary form, row by row as COPY asks.
// Bad rows go in too, marked and without the bad values, so that what refers to
// them is found and what they stand for is not taken for gone.
type stream struct {
	table    *table
	csv      *csvReader
	index    []int // of each column in the file, -1 if it is not there
	width    int   // columns in the file
	problems *problems
	out      []byte
	sent     int
	done     bool
}

// Read gives COPY the next rows.
func (s *stream) Read(p []byte) (int, error) {
	for s.sent == len(s.out) {
		if s.done {
			return 0, io.EOF
		}
		s.out, s.sent = s.out[:0], 0
		s.fill()
	}
	n := copy(p, s.out[s.sent:])
	s.sent += n
	return n, nil
}

func (s *stream) fill() {
	for len(s.out) < chunk && !s.done {
		reason, err := s.csv.read()
		if err != nil {
			s.fail(err)
			s.out, s.done = append(s.out, 0xff, 0xff), true
			return
		}
		s.row(reason)
	}
}

// fail notes why the file cannot be read on; its end is no failure.
func (s *stream) fail(err error) {
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return
	}
	if broken, ok := errors.AsType[*brokenFileError](err); ok {
		s.problems.breakOff(s.table, broken.line, broken.reason)
		return
	}
	reason := "the file cannot be read on from here: " + err.Error()
	if e, ok := errors.AsType[*errs.Error](err); ok {
		reason = e.Message
	}
	s.problems.breakOff(s.table, s.csv.next, reason)
}

// row appends one row, or what is known of a bad one.
func (s *stream) row(reason string) {
	start := len(s.out)
	take := s.keyAlone
	if s.sound(reason) {
		take = s.values
	}
	if !take() {
		s.out = s.out[:start]
		s.problems.gone++
	}
}

// sound tells whether the row has as many values as the header, all of them text.
func (s *stream) sound(reason string) bool {
	line := s.csv.line
	switch {
	case reason != "":
		s.problems.add(s.table, line, "", "", "the row "+reason)
	case !cleanText(s.csv.raw):
		s.problems.add(s.table, line, s.unclean(), "", badByte(s.csv.raw, line))
	case len(s.csv.fields) != s.width:
		s.problems.add(s.table, line, "", "", fmt.Sprintf("the row has %d values, but the header names %d columns", len(s.csv.fields), s.width))
	default:
		return true
	}
	return false
}

// unclean names the column whose value is not text.
func (s *stream) unclean() string {
	for i, at := range s.index {
		if at >= 0 && at < len(s.csv.fields) && !cleanText(s.csv.fields[at]) {
			return s.table.columns[i].name
		}
	}
	return "a value"
}

// badAt is where a row's mark stands: after the count, and the line and its length.
const badAt = 2 + 4 + 8 + 4

func (s *stream) begin(bad bool) {
	s.out = binary.BigEndian.AppendUint16(s.out, uint16(2+len(s.table.columns))) //nolint:gosec // a few dozen
	s.out = putBool(putInt8(s.out, s.csv.line), bad)
}

// values appends all that can be taken of a row, and marks it as bad if that is
// not everything; false if it cannot be told which row it is.
func (s *stream) values() (known bool) {
	start := len(s.out)
	s.begin(false)
	for i := range s.table.columns {
		c, value := &s.table.columns[i], s.value(i)
		var reason string
		if s.out, reason = c.put(s.out, value); reason == "" {
			continue
		}
		s.problems.add(s.table, s.csv.line, c.name, string(value), reason)
		if s.table.identifies(i) {
			return false
		}
		s.out = putNull(s.out)
		s.out[start+badAt] = 1
	}
	return true
}

func (s *stream) value(column int) []byte {
	if at := s.index[column]; at >= 0 && at < len(s.csv.fields) {
		return s.csv.fields[at]
	}
	return nil
}

// keyAlone appends an unsound row as bad, with no more than what it is known by;
// false if it has none.
func (s *stream) keyAlone() (known bool) {
	s.begin(true)
	for i := range s.table.columns {
		c, value := &s.table.columns[i], s.value(i)
		if !s.table.identifies(i) || !c.required && len(value) == 0 {
			s.out = putNull(s.out)
			continue
		}
		if len(value) == 0 || !cleanText(value) || checkKey(value) != "" {
			return false
		}
		s.out = putText(s.out, value)
	}
	return true
}

// identifies tells whether the column is part of what a row is known by.
func (t *table) identifies(column int) bool {
	c := t.columns[column]
	return c.kind == key || !t.keyed() && c.kind == ref
}
