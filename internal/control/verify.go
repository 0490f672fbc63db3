package control

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"interlock/internal/audit"
)

// What a pack may be at most; a zip that claims more is not read.
const (
	maxPack     = 64 << 30
	maxSmall    = 16 << 20 // manifest, signature, key, checkpoint
	maxContent  = 64 << 30
	maxLine     = 64 << 20
	maxAnswers  = 10_000_000
	maxProblems = 100
)

// Report is the outcome of Verify. Problems name the file and, where one can be
// named, the row.
type Report struct {
	Valid       bool      `json:"valid"`
	Problems    []string  `json:"problems"`
	More        int       `json:"more_problems,omitempty"`
	Campaign    int64     `json:"campaign"`
	Title       string    `json:"title"`
	State       string    `json:"state"`
	MadeAt      time.Time `json:"made_at,omitzero"`
	By          string    `json:"by"`
	Items       int64     `json:"items"`
	Decisions   int64     `json:"decisions"`
	Events      int64     `json:"events"`
	Fingerprint string    `json:"fingerprint"`
	Trusted     bool      `json:"trusted"`
	Trust       string    `json:"trust"`
}

func (r *Report) problem(format string, args ...any) {
	if len(r.Problems) == maxProblems {
		r.More++
		return
	}
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

// check is one run of Verify.
type check struct {
	Report
	r        io.ReaderAt
	size     int64
	files    map[string]*zip.File
	manifest Manifest
	crcs     map[string]uint32
	small    map[string][]byte // files that are read whole
	known    note.Verifiers
	answers  *answers
	inflate  inflate
}

// Verify checks a pack with nothing but the pack. trusted, if given, is the public
// key or the fingerprint that must have signed it.
func Verify(r io.ReaderAt, size int64, trusted string) (Report, error) {
	c := &check{r: r, size: size, known: note.VerifierList(), crcs: map[string]uint32{}, small: map[string][]byte{}, answers: newAnswers()}
	c.Problems = []string{}
	c.run(strings.TrimSpace(trusted))
	c.Valid = len(c.Problems) == 0
	return c.Report, nil
}

func (c *check) run(trusted string) {
	if !c.open() {
		return
	}
	for _, name := range []string{manifestFile, signatureFile, verifierFile, checkpointFile} {
		c.readSmall(name)
	}
	c.checkSignature(trusted)
	if !c.readManifest() {
		return
	}
	c.checkNames()
	c.checkFiles()
	c.checkContainer()
}

// open reads the zip's directory.
func (c *check) open() bool {
	if c.size > maxPack {
		c.problem("The pack is larger than this program reads.")
		return false
	}
	z, err := zip.NewReader(c.r, c.size)
	if err != nil {
		c.problem("The zip's directory, at its end, was changed or cut off, or this is no zip.")
		return false
	}
	c.files = make(map[string]*zip.File, len(z.File))
	for i, f := range z.File {
		if c.files[f.Name] != nil || i > 2*len(contents) {
			c.problem("The zip holds %q twice or too many files.", f.Name)
			return false
		}
		c.files[f.Name] = f
	}
	return true
}

func (c *check) readSmall(name string) {
	f := c.files[name]
	if f == nil {
		return
	}
	r, err := f.Open()
	if err != nil {
		c.problem("%s cannot be read: it or the zip's entry for it was changed.", name)
		return
	}
	defer func() { _ = r.Close() }()
	body, err := io.ReadAll(io.LimitReader(r, maxSmall+1))
	if len(body) > maxSmall {
		c.problem("%s is larger than it can be.", name)
		return
	}
	if err != nil {
		c.problem("%s was changed: the zip's own checksum does not fit.", name)
	}
	c.small[name] = body
}

// checkSignature checks who signed the manifest.
func (c *check) checkSignature(trusted string) {
	key := strings.TrimSpace(string(c.small[verifierFile]))
	verifier, err := note.NewVerifier(key)
	if err != nil {
		c.problem("%s was changed or is missing: it holds no public key.", verifierFile)
		return
	}
	c.known = note.VerifierList(verifier)
	c.Fingerprint = audit.Fingerprint(key)
	c.trust(key, trusted)
	sum := sha256.Sum256(c.small[manifestFile])
	if text, ok := c.opened(signatureFile); ok && text != signedText(hex.EncodeToString(sum[:])) {
		c.problem("%s is not what was signed: it was changed, or %s was.", manifestFile, signatureFile)
	}
}

// opened is a note's text if its one signature is by the pack's key. Signing is
// deterministic, so that a note is checked to the last byte.
func (c *check) opened(name string) (string, bool) {
	n, err := note.Open(c.small[name], c.known)
	if err != nil {
		c.problem("%s has no good signature by the key in %s: it was changed.", name, verifierFile)
		return "", false
	}
	s := n.Sigs[0]
	if want := fmt.Sprintf("%s\n— %s %s\n", n.Text, s.Name, s.Base64); want != string(c.small[name]) || !canonical(s.Base64) {
		c.problem("%s was changed beside what is signed.", name)
	}
	return n.Text, true
}

func (c *check) trust(key, trusted string) {
	switch trusted {
	case "":
		c.Trust = "The signing key is the one in the pack itself, so a good result proves only that the pack is whole, not who signed it. " +
			"Compare the fingerprint with the one the plant gave you by another way."
	case key, c.Fingerprint:
		c.Trusted = true
		c.Trust = "Signed with the key you named."
	default:
		c.problem("%s: the pack is signed with %s, not with the key you named.", verifierFile, c.Fingerprint)
		c.Trust = "Not signed with the key you named."
	}
}

func (c *check) readManifest() bool {
	if err := json.Unmarshal(c.small[manifestFile], &c.manifest); err != nil {
		c.problem("%s was changed or is missing: it cannot be read.", manifestFile)
		return false
	}
	m := c.manifest
	if m.Format != Format {
		c.problem("%s: this program reads packs of the format %q, this one is %q.", manifestFile, Format, m.Format)
		return false
	}
	c.Campaign, c.Title, c.State, c.MadeAt, c.By = m.Campaign, m.Title, m.State, m.MadeAt, m.By
	c.Items, c.Decisions, c.Events = m.Items, m.Decisions, m.Events
	return true
}

// checkNames compares what the zip holds with what the format asks for.
func (c *check) checkNames() {
	var listed []string
	for _, f := range c.manifest.Files {
		listed = append(listed, f.Name)
	}
	if !slices.Equal(listed, contents) {
		c.problem("%s does not list the files of a pack: it was changed.", manifestFile)
	}
	all := append(slices.Clone(contents), manifestFile, signatureFile)
	for _, name := range all {
		if c.files[name] == nil {
			c.problem("%s is missing.", name)
		}
	}
	for name := range c.files {
		if !slices.Contains(all, name) {
			c.problem("%q does not belong in a pack: it was added.", name)
		}
	}
}
