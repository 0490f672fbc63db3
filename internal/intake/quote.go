package intake

import (
	"fmt"
	"slices"
	"strings"
)

// quoteRows adds to each reject the row as it was written, by reading the files
// again: the rows are not kept anywhere.
func (r *run) quoteRows() error {
	p := r.problems
	p.sort()
	for i := range r.bundle.files {
		f := &r.bundle.files[i]
		from := slices.IndexFunc(p.list, func(x Reject) bool { return x.File == f.table.file+".csv" })
		if from < 0 {
			continue
		}
		to := from
		for to < len(p.list) && p.list[to].File == p.list[from].File {
			to++
		}
		if err := quoteFrom(f, p.list[from:to]); err != nil {
			return err
		}
	}
	return nil
}

func quoteFrom(f *file, rejects []Reject) error {
	src, err := f.start()
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }()
	csv := newCSV(&skipBOM{src: src})
	for len(rejects) > 0 {
		if _, err := csv.read(); err != nil {
			return fmt.Errorf("read %s again: %w", f.table.file, err)
		}
		for len(rejects) > 0 && rejects[0].Line <= csv.line {
			rejects[0].Row = strings.ToValidUTF8(string(csv.raw), "\uFFFD")
			rejects = rejects[1:]
		}
	}
	return nil
}
