package control

import (
	"bufio"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// part is one file of a pack while it is written: compressed to a temporary file,
// summed on the way in and on the way out.
type part struct {
	io.Writer
	File
	crc      uint32
	temp     *os.File
	in, out  *sum
	deflate  *flate.Writer
	buffered [2]*bufio.Writer
}

// sum counts and sums what passes.
type sum struct {
	hash hash.Hash
	crc  hash.Hash32
	n    int64
}

func newSum() *sum { return &sum{hash: sha256.New(), crc: crc32.NewIEEE()} }

func (s *sum) Write(b []byte) (int, error) {
	s.n += int64(len(b))
	_, _ = s.hash.Write(b)
	return s.crc.Write(b)
}

func (s *sum) hex() string { return hex.EncodeToString(s.hash.Sum(nil)) }

// level trades a tenth of the size for half of the time.
const level = 3

func newPart(dir, name string) (*part, error) {
	temp, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	p := &part{File: File{Name: name}, temp: temp, in: newSum(), out: newSum()}
	p.buffered[0] = bufio.NewWriterSize(io.MultiWriter(p.out, temp), 1<<16)
	if p.deflate, err = flate.NewWriter(p.buffered[0], level); err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	p.buffered[1] = bufio.NewWriterSize(io.MultiWriter(p.in, p.deflate), 1<<16)
	p.Writer = p.buffered[1]
	return p, nil
}

// close ends the file and fills in its sums.
func (p *part) close() error {
	err := errors.Join(p.buffered[1].Flush(), p.deflate.Close(), p.buffered[0].Flush(), p.temp.Close())
	if err != nil {
		return fmt.Errorf("evidence %s: %w", p.Name, err)
	}
	p.Size, p.SHA256, p.crc = p.in.n, p.in.hex(), p.in.crc.Sum32()
	p.StoredSize, p.StoredSHA256 = p.out.n, p.out.hex()
	p.deflate, p.buffered = nil, [2]*bufio.Writer{}
	return nil
}

// copyTo writes the compressed bytes.
func (p *part) copyTo(w io.Writer) error {
	f, err := os.Open(p.temp.Name())
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	_, err = io.Copy(w, f)
	return err
}
