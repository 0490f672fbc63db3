package intake

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"interlock/internal/errs"
)

// Limits of a zip, which may come from anyone.
const (
	maxEntries   = 1_000
	maxDirectory = 4 << 20 // bytes read to list the entries
	maxUnpacked  = 4 << 30
	maxRatio     = 200
	ratioCounts  = 64 << 20 // below this the ratio does not matter
)

// ReadZip reads a bundle from a zip of this size. Its files may stand in one
// folder inside it.
func ReadZip(r io.ReaderAt, size int64) (*Bundle, error) {
	directory := &meteredReader{r: r, left: maxDirectory}
	z, err := zip.NewReader(directory, size)
	if directory.left < 0 || err == nil && len(z.File) > maxEntries {
		return nil, errs.InvalidField("bundle", "The zip has more than 1,000 entries; a bundle has about a dozen.")
	}
	if err != nil {
		return nil, errs.InvalidField("bundle", "This is not a zip, or it is damaged; give a folder or a zip of CSV files.").Because(err)
	}
	directory.unlimited = true
	if err := checkBomb(z.File); err != nil {
		return nil, err
	}
	return gather(z.File)
}

func openZip(path string, size int64) (*Bundle, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errs.InvalidField("bundle", "%s cannot be read: check its permissions.", path).Because(err)
	}
	b, err := ReadZip(f, size)
	if err != nil {
		_ = f.Close()
		return nil, inFile(path, err)
	}
	b.close = f.Close
	return b, nil
}

// inFile says which file is refused; in the browser there is only the one.
func inFile(path string, err error) error {
	if !errs.Is(err, errs.Invalid) {
		return err
	}
	return errs.InvalidField("bundle", "%s: %s", path, err.Error()).Because(err)
}

// meteredReader stops a zip whose list of entries would fill the memory before
// anything could be checked.
type meteredReader struct {
	r         io.ReaderAt
	left      int64
	unlimited bool
}

func (m *meteredReader) ReadAt(p []byte, off int64) (int, error) {
	if m.unlimited {
		return m.r.ReadAt(p, off)
	}
	if m.left -= int64(len(p)); m.left < 0 {
		return 0, errors.New("the list of entries is too long")
	}
	return m.r.ReadAt(p, off)
}

// checkBomb trusts the sizes that the zip declares: archive/zip stops reading an
// entry that turns out longer than it said.
func checkBomb(entries []*zip.File) error {
	var total uint64
	for _, e := range entries {
		if total += min(e.UncompressedSize64, 2*maxUnpacked); total > maxUnpacked {
			return errs.InvalidField("bundle", "The zip unpacks to more than 4 GB; split the source or give a folder.")
		}
	}
	for _, e := range entries {
		if e.UncompressedSize64 > ratioCounts && e.UncompressedSize64/max(e.CompressedSize64, 1) > maxRatio {
			return errs.InvalidField("bundle", "%q in the zip unpacks to more than 200 times its size, as a zip bomb does; give the bundle as a folder.", shown(e.Name))
		}
	}
	return nil
}

func gather(entries []*zip.File) (*Bundle, error) {
	b, seen := &Bundle{}, map[string]bool{}
	for _, e := range entries {
		if err := checkEntry(e); err != nil {
			return nil, err
		}
		if e.Mode().IsDir() {
			continue
		}
		base := path.Base(e.Name)
		t := tableOf(base)
		if seen[e.Name] || t != nil && seen[base] {
			return nil, errs.InvalidField("bundle", "%q is in the zip twice; keep one.", shown(base))
		}
		seen[e.Name], seen[base] = true, true
		if t == nil || strings.Count(e.Name, "/") > 1 {
			b.ignored = append(b.ignored, shown(e.Name))
			continue
		}
		size := int64(e.UncompressedSize64) //nolint:gosec // at most maxUnpacked
		b.files = append(b.files, file{t, size, e.Open})
	}
	return b.ready("The zip")
}

func checkEntry(e *zip.File) error {
	name := e.Name
	outside := strings.HasPrefix(name, "/") || strings.ContainsAny(name, "\\:\x00")
	for part := range strings.SplitSeq(name, "/") {
		outside = outside || part == ".."
	}
	switch {
	case outside:
		return errs.InvalidField("bundle", "%q in the zip names a place outside it; pack the CSV files by their plain names.", shown(name))
	case e.Mode()&fs.ModeType != 0 && !e.Mode().IsDir():
		return errs.InvalidField("bundle", "%q in the zip is a link, not a file; pack the CSV file itself.", shown(name))
	case e.Flags&1 != 0:
		return errs.InvalidField("bundle", "%q in the zip is encrypted; pack it without a password.", shown(name))
	case e.Method != zip.Store && e.Method != zip.Deflate:
		return errs.InvalidField("bundle", "%q in the zip is packed in a way that is not read here; use deflate, as zip does unless told otherwise.", shown(name))
	}
	return nil
}
