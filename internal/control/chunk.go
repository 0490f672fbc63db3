package control

import (
	"errors"
	"io"
)

// chunkSize is how much of a pack is held at once.
const chunkSize = 1 << 20

// chunker cuts what is written into chunks of one size, the last excepted.
type chunker struct {
	put      func(position int32, content []byte) error
	position int32
	held     []byte
}

// Write puts every chunk that is full.
func (c *chunker) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		take := min(len(b), chunkSize-len(c.held))
		c.held, b = append(c.held, b[:take]...), b[take:]
		if len(c.held) < chunkSize {
			break
		}
		if err := c.flush(); err != nil {
			return n - len(b), err
		}
	}
	return n, nil
}

// flush puts what is held.
func (c *chunker) flush() error {
	if len(c.held) == 0 {
		return nil
	}
	err := c.put(c.position, c.held)
	c.position, c.held = c.position+1, c.held[:0]
	return err
}

// content reads chunks as one file; it holds one at a time.
type content struct {
	chunk    func(position int32) ([]byte, error)
	size, at int64
	held     []byte // the chunk in which at is, from at on
}

// Read reads on from where the file stands.
func (c *content) Read(b []byte) (int, error) {
	if c.at >= c.size {
		return 0, io.EOF
	}
	if len(c.held) == 0 {
		whole, err := c.chunk(int32(c.at / chunkSize)) //nolint:gosec // two billion megabytes
		if err != nil {
			return 0, err
		}
		from := c.at % chunkSize
		if from >= int64(len(whole)) {
			return 0, io.ErrUnexpectedEOF
		}
		c.held = whole[from:]
	}
	n := copy(b, c.held)
	c.held, c.at = c.held[n:], c.at+int64(n)
	return n, nil
}

// Seek goes to a place in the file.
func (c *content) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.at
	case io.SeekEnd:
		offset += c.size
	}
	if offset < 0 {
		return c.at, errors.New("before the beginning of the pack")
	}
	if offset != c.at {
		c.at, c.held = offset, nil
	}
	return offset, nil
}
