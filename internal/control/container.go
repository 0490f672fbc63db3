package control

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"hash/crc32"
	"io"
	"time"
)

// entry is a file as it goes into the zip; raw gives its bytes as stored.
type entry struct {
	File
	method uint16
	crc    uint32
	raw    func(io.Writer) error
}

// writeZip is the one way a pack's zip is written: to make it, and to check it.
func writeZip(w io.Writer, madeAt time.Time, entries []entry, at func(name string)) error {
	z := zip.NewWriter(w)
	for _, e := range entries {
		if err := z.Flush(); err != nil {
			return err
		}
		at(e.Name)
		body, err := z.CreateRaw(header(e.File, e.method, e.crc, madeAt))
		if err != nil {
			return err
		}
		if err := e.raw(body); err != nil {
			return err
		}
	}
	if err := z.Flush(); err != nil {
		return err
	}
	at("")
	return z.Close()
}

// plain is a file that is stored as it is, as manifest and signature are.
func plain(name string, body []byte) entry {
	s := sha256.Sum256(body)
	n, sum := int64(len(body)), hex.EncodeToString(s[:])
	return entry{
		File: File{name, n, sum, n, sum}, method: zip.Store, crc: crc32.ChecksumIEEE(body),
		raw: func(w io.Writer) error {
			_, err := w.Write(body)
			return err
		},
	}
}

func (p *pack) writeTo(w io.Writer) error {
	var entries []entry
	for _, name := range contents {
		part := p.parts[name]
		entries = append(entries, entry{part.File, zip.Deflate, part.crc, part.copyTo})
	}
	entries = append(entries, plain(manifestFile, p.manifest), plain(signatureFile, p.signature))
	return writeZip(w, p.MadeAt, entries, func(string) {})
}
