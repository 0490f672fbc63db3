package control

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"encoding/base64"
	"errors"
	"io"
)

// checkFiles goes through the content of every file; the audit log first, as the
// decisions are held against it.
func (c *check) checkFiles() {
	readers := map[string]func(io.Reader){
		trailFile: c.readTrail, decisionsFile: c.readDecisions, itemsFile: c.readItems,
	}
	order := []string{trailFile, decisionsFile, itemsFile}
	for _, name := range contents {
		if readers[name] == nil {
			order = append(order, name)
		}
	}
	for _, name := range order {
		if f, ok := c.listed(name); ok && c.files[name] != nil {
			c.checkFile(f, c.files[name], readers[name])
		}
	}
	c.answers.leftOver(&c.Report)
}

func (c *check) listed(name string) (File, bool) {
	for _, f := range c.manifest.Files {
		if f.Name == name {
			return f, true
		}
	}
	return File{}, false
}

// checkFile sums a file both as it is stored and as it reads. read, if there is
// one, looks at the content on the way.
func (c *check) checkFile(want File, f *zip.File, read func(io.Reader)) {
	raw, err := f.OpenRaw()
	if err != nil || want.Size < 0 || want.Size > maxContent || want.StoredSize < 0 {
		c.problem("%s cannot be read: the zip's entry for it was changed.", want.Name)
		return
	}
	stored, content := newSum(), newSum()
	in := c.inflate.open(io.TeeReader(io.LimitReader(raw, want.StoredSize+1), stored))
	body := io.TeeReader(io.LimitReader(c.inflate.flate, want.Size+1), content)
	if read != nil {
		read(body)
	}
	_, err = io.CopyBuffer(io.Discard, body, c.inflate.buf)
	_, restErr := io.CopyBuffer(io.Discard, in, c.inflate.buf)
	c.crcs[want.Name] = content.crc.Sum32()
	switch {
	case errors.Join(err, restErr) != nil || content.n != want.Size || content.hex() != want.SHA256:
		c.problem("%s was changed: its content does not have the signed SHA-256.", want.Name)
	case stored.n != want.StoredSize || stored.hex() != want.StoredSHA256:
		c.problem("%s was changed as stored in the zip, though it still reads the same.", want.Name)
	}
}

// canonical tells that base64 is in the one form an encoder makes.
func canonical(s string) bool {
	data, err := base64.StdEncoding.DecodeString(s)
	return err == nil && base64.StdEncoding.EncodeToString(data) == s
}

// inflate reads one compressed file after another with the same buffers.
type inflate struct {
	in    *bufio.Reader
	flate io.ReadCloser
	buf   []byte
}

func (i *inflate) open(r io.Reader) *bufio.Reader {
	if i.in == nil {
		i.in = bufio.NewReaderSize(r, 1<<16)
		i.flate = flate.NewReader(i.in)
		i.buf = make([]byte, 1<<16)
		return i.in
	}
	i.in.Reset(r)
	_ = i.flate.(flate.Resetter).Reset(i.in, nil) // never fails without a dictionary
	return i.in
}
