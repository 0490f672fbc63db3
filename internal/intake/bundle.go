package intake

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"interlock/internal/errs"
)

// Bundle is a folder or zip of CSV files, of which nothing has been read yet.
// Close it after use.
type Bundle struct {
	files   []file // in the order of tables
	ignored []string
	close   func() error
}

// file is one CSV file that the import takes.
type file struct {
	table *table
	size  int64
	open  func() (io.ReadCloser, error)
}

// OpenBundle opens the folder or zip at path.
func OpenBundle(path string) (*Bundle, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errs.InvalidField("bundle", "There is no folder or zip at %s.", path).Because(err)
	}
	if err != nil {
		return nil, errs.InvalidField("bundle", "%s cannot be read: check its permissions.", path).Because(err)
	}
	if info.IsDir() {
		return openFolder(path)
	}
	return openZip(path, info.Size())
}

// Close gives back what the bundle holds open.
func (b *Bundle) Close() error {
	if b.close == nil {
		return nil
	}
	return b.close()
}

func (b *Bundle) size() (total int64) {
	for _, f := range b.files {
		total += f.size
	}
	return total
}

func (b *Bundle) file(t *table) *file {
	i := slices.IndexFunc(b.files, func(f file) bool { return f.table == t })
	if i < 0 {
		return nil
	}
	return &b.files[i]
}

func openFolder(path string) (*Bundle, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, errs.InvalidField("bundle", "The folder %s cannot be read: check its permissions.", path).Because(err)
	}
	b := &Bundle{}
	for _, e := range entries {
		if err := b.addFromFolder(filepath.Join(path, e.Name()), e); err != nil {
			return nil, err
		}
	}
	return b.ready(path)
}

func (b *Bundle) addFromFolder(path string, e fs.DirEntry) error {
	t := tableOf(e.Name())
	if t == nil {
		if !e.IsDir() {
			b.ignored = append(b.ignored, e.Name())
		}
		return nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return errs.InvalidField("bundle", "%s cannot be read: check its permissions.", path).Because(err)
	}
	if !info.Mode().IsRegular() {
		return errs.InvalidField("bundle", "%s is not a file.", path)
	}
	open := func() (io.ReadCloser, error) {
		return os.Open(path)
	}
	b.files = append(b.files, file{t, info.Size(), open})
	return nil
}

// ready puts the files into the order in which they are read.
func (b *Bundle) ready(what string) (*Bundle, error) {
	if len(b.files) == 0 {
		var known []string
		for _, t := range tables {
			known = append(known, t.file+".csv")
		}
		return nil, errs.InvalidField("bundle", "%s holds none of the files that can be imported: %s.", what, strings.Join(known, ", "))
	}
	slices.SortFunc(b.files, func(x, y file) int {
		return slices.Index(tables, x.table) - slices.Index(tables, y.table)
	})
	slices.Sort(b.ignored)
	return b, nil
}

func (f *file) start() (io.ReadCloser, error) {
	r, err := f.open()
	if err != nil {
		return nil, errs.InvalidField("bundle", "%s.csv cannot be read: %v.", f.table.file, plainCause(err)).Because(err)
	}
	return r, nil
}

// plainCause is what is wrong with a file, without its path.
func plainCause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return fmt.Errorf("%w", err)
}
