package audit

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"interlock/internal/errs"
)

// KeyFile is the private key's file in the data directory.
const KeyFile = "signing.key"

// keyName is the name that signatures carry.
const keyName = "interlock"

// LoadKey returns the installation's signer and its public key, to be given to
// whoever verifies. secret is the setting INTERLOCK_SIGNING_KEY; without it the
// key is a file in dir, made on first use.
func LoadKey(dir, secret string) (note.Signer, string, error) {
	if secret == "" {
		var err error
		if secret, err = keyFile(filepath.Join(dir, KeyFile)); err != nil {
			return nil, "", err
		}
	}
	secret = strings.TrimSpace(secret)
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, "", errs.Invalidf("The signing key is damaged: restore %s or INTERLOCK_SIGNING_KEY from your backup.", filepath.Join(dir, KeyFile)).Because(err)
	}
	verifier, err := verifierOf(signer.Name(), secret)
	return signer, verifier, err
}

// verifierOf reads the public key out of PRIVATE+KEY+name+hash+key; the key, in
// base64, may hold a plus sign itself.
func verifierOf(name, secret string) (string, error) {
	parts := strings.SplitN(secret, "+", 5)
	data, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(data) != 1+ed25519.SeedSize {
		return "", errs.Invalidf("The signing key is no Ed25519 key.").Because(err)
	}
	public, _ := ed25519.NewKeyFromSeed(data[1:]).Public().(ed25519.PublicKey)
	return note.NewEd25519VerifierKey(name, public)
}

func keyFile(path string) (string, error) {
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeKey(path); err != nil {
			return "", err
		}
		body, err = os.ReadFile(path)
	}
	if err != nil {
		return "", errs.Unavailablef("The signing key %s cannot be read: check who may read it.", path).Because(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("read signing key: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", errs.Invalidf("Others can read %s, so it proves nothing: run chmod 600 on it, or replace it if they may have.", path)
	}
	return string(body), nil
}

// makeKey writes a new key under another name and links it into place, which
// only the first of two processes can do.
func makeKey(path string) error {
	secret, _, err := note.GenerateKey(rand.Reader, keyName)
	if err != nil {
		return fmt.Errorf("make signing key: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return notMade(path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), KeyFile+".*") // made 0600
	if err != nil {
		return notMade(path, err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(secret + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return notMade(path, err)
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return notMade(path, err)
	}
	return nil
}

func notMade(path string, err error) error {
	return errs.Unavailablef("The signing key %s cannot be written: choose a data directory where you may write with --data or INTERLOCK_DATA.", path).Because(err)
}

// Fingerprint is a public key in short, for people to compare.
func Fingerprint(verifier string) string {
	parts := strings.SplitN(verifier, "+", 3)
	data, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(parts) != 3 {
		return ""
	}
	sum := sha256.Sum256(data)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}
