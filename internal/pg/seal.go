package pg

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"regexp"
	"strconv"
)

// A backup is what pg_dump writes, followed by a line of fixed length that says
// how long that is and its SHA-256. pg_restore heeds no line after the end, so the
// file also works without us.
const sealForm = "\nInterlock backup, sha256 %x, %020d bytes\n"

var (
	sealLine   = regexp.MustCompile(`^\nInterlock backup, sha256 ([0-9a-f]{64}), ([0-9]{20}) bytes\n$`)
	sealLength = int64(len(fmt.Sprintf(sealForm, sha256.Sum256(nil), 0)))
)

// Why a file is not taken for a backup.
var (
	ErrNotBackup = errors.New("this file is not a backup made by Interlock")
	ErrCutShort  = errors.New("the end of this backup is missing")
	ErrAltered   = errors.New("the checksum of this backup does not fit")
)

// sealed passes on what is written and counts and sums it for the seal.
type sealed struct {
	to   io.Writer
	sum  hash.Hash
	size int64
}

func (s *sealed) Write(p []byte) (int, error) {
	n, err := s.to.Write(p)
	s.sum.Write(p[:n])
	s.size += int64(n)
	return n, err
}

func (s *sealed) close() error {
	_, err := fmt.Fprintf(s.to, sealForm, s.sum.Sum(nil), s.size)
	return err
}

// Backup is a backup that was read to its end and is whole.
type Backup struct {
	SHA256 string // of the whole dump, as its seal says
	dump   io.Reader
}

// ReadBackup reads a backup to its end. The error is one of the three if the file
// is not, or no longer, what Dump wrote.
func ReadBackup(f io.ReadSeeker) (Backup, error) {
	const magic = "PGDMP"
	start := make([]byte, len(magic))
	if _, err := io.ReadFull(f, start); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Backup{}, fmt.Errorf("read the backup: %w", err)
	}
	if string(start) != magic {
		return Backup{}, ErrNotBackup
	}
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return Backup{}, fmt.Errorf("read the backup: %w", err)
	}
	size := end - sealLength
	seal := make([]byte, sealLength)
	if size > 0 {
		if _, err := f.Seek(size, io.SeekStart); err != nil {
			return Backup{}, fmt.Errorf("read the backup: %w", err)
		}
		if _, err := io.ReadFull(f, seal); err != nil {
			return Backup{}, fmt.Errorf("read the backup: %w", err)
		}
	}
	said := sealLine.FindSubmatch(seal)
	if said == nil {
		return Backup{}, ErrCutShort
	}
	return unsealed(f, size, string(said[1]), string(said[2]))
}

// unsealed compares the dump with its seal and goes back to its start.
func unsealed(f io.ReadSeeker, size int64, wantSum, wantSize string) (Backup, error) {
	if n, err := strconv.ParseInt(wantSize, 10, 64); err != nil || n != size {
		return Backup{}, ErrAltered
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return Backup{}, fmt.Errorf("read the backup: %w", err)
	}
	sum := sha256.New()
	if _, err := io.CopyN(sum, f, size); err != nil {
		return Backup{}, fmt.Errorf("read the backup: %w", err)
	}
	if fmt.Sprintf("%x", sum.Sum(nil)) != wantSum {
		return Backup{}, ErrAltered
	}
	_, err := f.Seek(0, io.SeekStart)
	return Backup{wantSum, io.LimitReader(f, size)}, err
}
