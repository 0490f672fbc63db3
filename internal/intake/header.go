package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// newStream reads the header row. Without a usable one it notes why and is nil.
func newStream(t *table, src io.Reader, p *problems) (s *stream, unknown []string) {
	s = &stream{table: t, csv: newCSV(&skipBOM{src: src}), problems: p}
	reason, err := s.csv.read()
	if err == nil && reason == "" {
		unknown, reason = s.header()
	}
	switch {
	case errors.Is(err, io.EOF):
		reason = fmt.Sprintf("the file is empty; it needs a header row with %s", strings.Join(t.required(), ", "))
	case err != nil:
		s.fail(err)
		return nil, nil
	}
	if reason != "" {
		p.breakOff(t, 1, reason)
		return nil, nil
	}
	s.out = append(s.out, "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	return s, unknown
}

// skipBOM drops a UTF-8 byte order mark and refuses UTF-16.
type skipBOM struct {
	src  io.Reader
	past bool
}

func (s *skipBOM) Read(p []byte) (int, error) {
	if s.past {
		return s.src.Read(p)
	}
	s.past = true
	var head [3]byte
	n, err := io.ReadFull(s.src, head[:])
	switch {
	case bytes.HasPrefix(head[:], []byte{0xff, 0xfe}), bytes.HasPrefix(head[:], []byte{0xfe, 0xff}):
		return 0, &brokenFileError{1, "the file is UTF-16: byte 1 is not UTF-8; save it as UTF-8"}
	case n == 3 && head == [3]byte{0xef, 0xbb, 0xbf}:
		return 0, nil
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = io.EOF
	}
	return copy(p, head[:n]), err
}

// header finds the columns. It gives the names it does not know, or says why the
// row is no header.
func (s *stream) header() (unknown []string, reason string) {
	if reason := badByte(s.csv.raw, 1); reason != "" {
		return nil, "the header row " + reason
	}
	names := make([]string, len(s.csv.fields))
	for i, f := range s.csv.fields {
		names[i] = string(f)
		if names[i] != "" && slices.Contains(names[:i], names[i]) {
			return nil, fmt.Sprintf("the header names the column %q twice; keep one", shown(names[i]))
		}
	}
	for _, c := range s.table.columns {
		s.index = append(s.index, slices.Index(names, c.name))
		if c.required && !slices.Contains(names, c.name) {
			return nil, s.noColumn(c.name, names)
		}
	}
	s.width = len(names)
	return slices.DeleteFunc(names, func(n string) bool { return n == "" || s.table.has(n) }), ""
}

func (t *table) has(name string) bool {
	return slices.ContainsFunc(t.columns, func(c column) bool { return c.name == name })
}

func (s *stream) noColumn(name string, names []string) string {
	header := string(s.csv.raw)
	for char, word := range map[string]string{";": "semicolons", "\t": "tabs", "|": "bars"} {
		if len(names) == 1 && strings.Contains(header, char) {
			return "the values are separated by " + word + "; save the file with commas"
		}
	}
	if strings.Contains(header, "\r") {
		return "the lines end with carriage returns alone; save the file with line feeds"
	}
	return fmt.Sprintf("there is no column %q; the first line must be a header row with %s (it reads %q)", name, strings.Join(s.table.required(), ", "), shown(header))
}
