package control

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
)

// checkContainer writes the zip again from what is signed and compares it byte for
// byte, so that nothing hides between the files.
func (c *check) checkContainer() {
	var entries []entry
	for _, f := range c.manifest.Files {
		if c.files[f.Name] == nil || f.Size < 0 || f.StoredSize < 0 {
			return // said already
		}
		entries = append(entries, entry{f, zip.Deflate, c.crcs[f.Name], c.rawOf(f.Name)})
	}
	entries = append(entries, plain(manifestFile, c.small[manifestFile]), plain(signatureFile, c.small[signatureFile]))
	same := &comparison{r: c.r, size: c.size, at: -1}
	err := writeZip(same, c.manifest.MadeAt, entries, same.enter)
	switch {
	case same.at >= 0:
		c.problem("The zip was changed at byte %d, %s.", same.at, same.where())
	case err != nil:
		c.problem("The zip cannot be read whole: it was changed.")
	case same.off != c.size:
		c.problem("The zip was changed: %d bytes follow its end.", c.size-same.off)
	}
}

func (c *check) rawOf(name string) func(io.Writer) error {
	return func(w io.Writer) error {
		r, err := c.files[name].OpenRaw()
		if err != nil {
			return err
		}
		_, err = io.Copy(w, r)
		return err
	}
}

// comparison is a writer to something that is there already. It stops at the first
// byte that differs.
type comparison struct {
	r     io.ReaderAt
	size  int64
	off   int64
	at    int64 // of the first difference, or -1
	names []string
	buf   []byte
}

var errDiffers = errors.New("differs")

func (s *comparison) enter(name string) {
	s.names = append(s.names, name)
}

func (s *comparison) Write(b []byte) (int, error) {
	if cap(s.buf) < len(b) {
		s.buf = make([]byte, len(b))
	}
	got := s.buf[:len(b)]
	n, err := s.r.ReadAt(got, s.off)
	if n == len(b) && bytes.Equal(got, b) {
		s.off += int64(n)
		return n, nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	s.at = s.off
	for i := 0; i < n && got[i] == b[i]; i++ {
		s.at++
	}
	return 0, errDiffers
}

// where names what the differing byte belongs to.
func (s *comparison) where() string {
	if name := s.names[len(s.names)-1]; name != "" {
		return "in the entry of " + name
	}
	return "in its directory at the end"
}
