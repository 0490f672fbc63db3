package demo

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Bundle is one source's inventory as CSV files. Later holds the files about
// secrets and their use: credentials, holders and sessions.
type Bundle struct {
	Source string
	Files  map[string][]byte
	Later  map[string][]byte
}

// Full is the bundle with the later files among the others.
func (b Bundle) Full() Bundle {
	files := maps.Clone(b.Files)
	maps.Copy(files, b.Later)
	return Bundle{Source: b.Source, Files: files}
}

// WriteDir writes the bundle's files into dir, which it makes if need be.
func WriteDir(b Bundle, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make bundle folder: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(b.Files)) {
		if err := os.WriteFile(filepath.Join(dir, name), b.Files[name], 0o644); err != nil {
			return fmt.Errorf("write bundle %s: %w", b.Source, err)
		}
	}
	return nil
}

// Zip packs the bundle's files; the same bundle gives the same bytes.
func Zip(b Bundle) ([]byte, error) {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, name := range slices.Sorted(maps.Keys(b.Files)) {
		f, err := z.Create(name)
		if err != nil {
			return nil, fmt.Errorf("zip %s: %w", name, err)
		}
		if _, err := f.Write(b.Files[name]); err != nil {
			return nil, fmt.Errorf("zip %s: %w", name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("zip bundle %s: %w", b.Source, err)
	}
	return buf.Bytes(), nil
}

// sheet is one CSV file being written.
type sheet struct{ rows [][]string }

func newSheet(header ...string) *sheet { return &sheet{rows: [][]string{header}} }

func (s *sheet) add(cells ...string) { s.rows = append(s.rows, cells) }

// bytes is the file, or nil when there is nothing but the header.
func (s *sheet) bytes() []byte {
	if len(s.rows) == 1 {
		return nil
	}
	var buf bytes.Buffer
	if err := csv.NewWriter(&buf).WriteAll(s.rows); err != nil {
		panic("demo: writing CSV to memory: " + err.Error())
	}
	return buf.Bytes()
}

func (w *world) bundle(source string) Bundle {
	b := Bundle{Source: source, Files: map[string][]byte{}, Later: map[string][]byte{}}
	put := func(into map[string][]byte, name string, s *sheet) {
		if data := s.bytes(); data != nil {
			into[name] = data
		}
	}
	put(b.Files, "sites.csv", sitesSheet(source))
	put(b.Files, "zones.csv", w.zonesSheet(source))
	put(b.Files, "conduits.csv", w.conduitsSheet(source))
	put(b.Files, "assets.csv", w.assetsSheet(source))
	put(b.Files, "identities.csv", w.identitiesSheet(source))
	put(b.Files, "entitlements.csv", w.entitlementsSheet(source))
	put(b.Files, "implies.csv", w.impliesSheet(source))
	put(b.Files, "grants.csv", w.grantsSheet(source))
	put(b.Later, "credentials.csv", w.credentialsSheet(source))
	put(b.Later, "holders.csv", w.holdersSheet(source))
	put(b.Later, "sessions.csv", w.sessionsSheet(source))
	return b
}
