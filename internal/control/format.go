package control

import (
	"archive/zip"
	"fmt"
	"time"
)

// Format names the make-up of a pack; a change to it is a new number.
const Format = "interlock evidence 1"

// Names of the files that the program itself looks into.
const (
	campaignFile   = "campaign.json"
	itemsFile      = "items.json"
	decisionsFile  = "decisions.json"
	trailFile      = "audit.jsonl"
	checkpointFile = "checkpoint.txt"
	verifierFile   = "verifier.txt"
	manifestFile   = "manifest.json"
	signatureFile  = "manifest.sig"
)

// contents are the files of a pack in their order, before manifest and signature.
var contents = []string{
	"README.txt", campaignFile, "definition.yaml", "items.csv", itemsFile, "decisions.csv", decisionsFile,
	"remediations.csv", trailFile, checkpointFile, verifierFile,
}

// Manifest is what is signed: the files of a pack, by content and as stored.
type Manifest struct {
	Format       string    `json:"format"`
	Campaign     int64     `json:"campaign"`
	Title        string    `json:"title"`
	State        string    `json:"state"`
	MadeAt       time.Time `json:"made_at"`
	By           string    `json:"by"`
	Items        int64     `json:"items"`
	Decisions    int64     `json:"decisions"`
	Remediations int64     `json:"remediations"`
	Events       int64     `json:"events"`
	Files        []File    `json:"files"`
}

// File is one file of a pack. Stored is what the zip holds: compressed.
type File struct {
	Name         string `json:"name"`
	Size         int64  `json:"size"`
	SHA256       string `json:"sha256"`
	StoredSize   int64  `json:"stored_size"`
	StoredSHA256 string `json:"stored_sha256"`
}

// signedText is what the signature of a pack is over.
func signedText(manifestSHA256 string) string { return fmt.Sprintf("%s\n%s\n", Format, manifestSHA256) }

// header is the only way a file of a pack is entered in the zip, so that a zip
// can be rebuilt from its manifest and compared byte for byte.
func header(f File, method uint16, crc uint32, madeAt time.Time) *zip.FileHeader {
	const version20, version45, unix = 20, 45, 3 << 8
	h := &zip.FileHeader{
		Name: f.Name, Method: method, CRC32: crc, CreatorVersion: unix | version20, ReaderVersion: version20,
		CompressedSize64: uint64(f.StoredSize), UncompressedSize64: uint64(f.Size), //nolint:gosec // never negative
		ExternalAttrs: 0o100644 << 16,
	}
	h.ModifiedDate, h.ModifiedTime = dosTime(madeAt.UTC()) //nolint:staticcheck // CreateRaw writes these, not Modified
	const large = 1<<32 - 1
	if f.Size >= large || f.StoredSize >= large { // sizes follow the data, as the local header has no room
		h.ReaderVersion, h.Flags = version45, 0x8
	}
	return h
}

// dosTime is the zip format's time, in steps of two seconds.
func dosTime(t time.Time) (date, clock uint16) {
	year := min(max(t.Year(), 1980), 2107)
	date = uint16((year-1980)<<9 + int(t.Month())<<5 + t.Day()) //nolint:gosec // seven, four and five bits
	clock = uint16(t.Hour()<<11 + t.Minute()<<5 + t.Second()/2) //nolint:gosec // five, six and five bits
	return date, clock
}
