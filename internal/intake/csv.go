package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxRecord bounds one row, line breaks inside quotes included.
const maxRecord = 1 << 20

// brokenFileError is why the rest of a file cannot be read at all.
type brokenFileError struct {
	line   int64
	reason string
}

func (b *brokenFileError) Error() string { return fmt.Sprintf("line %d: %s", b.line, b.reason) }

// csvReader reads RFC 4180 rows. Unlike encoding/csv it goes on after a bad row,
// copies nothing that is not escaped, and never holds more than one row.
type csvReader struct {
	src    io.Reader
	buf    []byte
	r, w   int
	eof    bool
	next   int64 // line of the row to come
	line   int64 // where the row just read begins
	raw    []byte
	fields [][]byte
	plain  []byte // fields with escaped quotes, unescaped
}

func newCSV(src io.Reader) *csvReader {
	return &csvReader{src: src, buf: make([]byte, 64<<10), next: 1}
}

// read goes to the next row that is not blank. reason says why the row cannot be
// used; the next call goes on after it. The fields are valid until then.
func (c *csvReader) read() (reason string, err error) {
	for {
		data := c.buf[c.r:c.w]
		n, reason := c.split(data)
		if n > maxRecord || n == 0 && len(data) > maxRecord {
			return "", &brokenFileError{c.next, tooLong(data)}
		}
		if n == 0 {
			if err := c.more(len(data)); err != nil {
				return "", err
			}
			continue
		}
		c.raw, c.line = bytes.TrimRight(data[:n], "\r\n"), c.next
		c.next += int64(bytes.Count(data[:n], []byte{'\n'}))
		c.r += n
		if len(c.raw) > 0 {
			return reason, nil
		}
	}
}

func tooLong(data []byte) string {
	if bytes.IndexByte(data[:maxRecord], '"') >= 0 {
		return "the row that begins here is longer than 1 MB; perhaps a quote is never closed"
	}
	return "the row that begins here is longer than 1 MB; shorten it"
}

// more reads on when what is there holds no whole row.
func (c *csvReader) more(have int) error {
	if c.eof {
		if have == 0 {
			return io.EOF
		}
		return &brokenFileError{c.next, "a quote that opens in this row is never closed; close it, or write it twice inside a quoted value"}
	}
	if c.r > 0 {
		c.w = copy(c.buf, c.buf[c.r:c.w])
		c.r = 0
	}
	if c.w == len(c.buf) {
		c.buf = append(c.buf, make([]byte, len(c.buf))...)
	}
	n, err := c.src.Read(c.buf[c.w:])
	c.w += n
	if errors.Is(err, io.EOF) {
		c.eof, err = true, nil
	}
	return err
}

// split cuts the first row of data into fields and says how long it is; 0 means
// that more is needed.
func (c *csvReader) split(data []byte) (n int, reason string) {
	c.fields, c.plain = c.fields[:0], c.plain[:0]
	end := bytes.IndexByte(data, '\n')
	line := data
	switch {
	case end >= 0:
		line = data[:end]
		n = end + 1
	case !c.eof:
		return 0, ""
	default:
		n = len(data)
	}
	if bytes.IndexByte(line, '"') >= 0 {
		return c.splitQuoted(data)
	}
	line = bytes.TrimSuffix(line, []byte{'\r'})
	for {
		comma := bytes.IndexByte(line, ',')
		if comma < 0 {
			c.fields = append(c.fields, line)
			return n, ""
		}
		c.fields = append(c.fields, line[:comma])
		line = line[comma+1:]
	}
}

func (c *csvReader) splitQuoted(data []byte) (n int, reason string) {
	for at := 0; ; {
		var last bool
		if at < len(data) && data[at] == '"' {
			at, last, reason = c.quoted(data, at+1)
		} else {
			at, last, reason = c.bare(data, at)
		}
		switch {
		case at < 0:
			return 0, ""
		case reason != "":
			return c.skip(data, at), reason
		case last:
			return at, ""
		}
	}
}

// quoted takes a field whose text begins at from, after the quote. It returns
// where the next field begins, or -1 if the field does not end in data.
func (c *csvReader) quoted(data []byte, from int) (next int, last bool, reason string) {
	start, escaped := len(c.plain), false
	for at := from; ; {
		q := bytes.IndexByte(data[at:], '"')
		if q < 0 {
			return -1, false, ""
		}
		q += at
		rest := data[q+1:]
		if len(rest) == 0 && !c.eof {
			return -1, false, ""
		}
		if len(rest) > 0 && rest[0] == '"' {
			c.plain, escaped = append(append(c.plain, data[from:q]...), '"'), true
			at, from = q+2, q+2
			continue
		}
		field := data[from:q]
		if escaped {
			c.plain = append(c.plain, field...)
			field = c.plain[start:len(c.plain):len(c.plain)]
		}
		c.fields = append(c.fields, field)
		return c.afterQuote(data, q+1)
	}
}

func (c *csvReader) afterQuote(data []byte, at int) (next int, last bool, reason string) {
	rest := data[at:]
	switch {
	case len(rest) == 0:
		return at, true, ""
	case rest[0] == ',':
		return at + 1, false, ""
	case rest[0] == '\n':
		return at + 1, true, ""
	case rest[0] == '\r' && len(rest) == 1 && !c.eof:
		return -1, false, ""
	case rest[0] == '\r' && len(rest) == 1:
		return at + 1, true, ""
	case rest[0] == '\r' && rest[1] == '\n':
		return at + 2, true, ""
	}
	return at, false, "has text after a closing quote; write a quote inside a quoted value twice"
}

// bare takes a field without quotes.
func (c *csvReader) bare(data []byte, from int) (next int, last bool, reason string) {
	end := bytes.IndexAny(data[from:], ",\n\"")
	if end < 0 {
		if !c.eof {
			return -1, false, ""
		}
		c.fields = append(c.fields, bytes.TrimSuffix(data[from:], []byte{'\r'}))
		return len(data), true, ""
	}
	at := from + end
	switch data[at] {
	case ',':
		c.fields = append(c.fields, data[from:at])
		return at + 1, false, ""
	case '\n':
		c.fields = append(c.fields, bytes.TrimSuffix(data[from:at], []byte{'\r'}))
		return at + 1, true, ""
	}
	return at, false, "has a quote inside a value that does not begin with one; quote the whole value and write the quote twice"
}

// skip goes to the end of the line that holds at, to read on after a bad row.
func (c *csvReader) skip(data []byte, at int) int {
	end := bytes.IndexByte(data[at:], '\n')
	switch {
	case end >= 0:
		return at + end + 1
	case c.eof:
		return len(data)
	}
	return 0
}
