package pg

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ensureCluster makes the cluster unless it is there. It is made under another
// name and renamed when whole, so a half-made one is never taken for real. A
// half-made one that a crash left behind stays: nothing here removes a folder.
func (f folder) ensureCluster(ctx context.Context, i Installation, a account, log *slog.Logger) error {
	if major, err := f.major(); err != nil || major != 0 {
		return err
	}
	if left, _ := filepath.Glob(f.cluster() + ".new-*"); len(left) > 0 {
		log.Warn("half-made database folders were left behind and can be removed by hand", "folders", left)
	}
	began := time.Now()
	made, err := f.initialise(ctx, i, a)
	if err != nil {
		return err
	}
	if err := os.Rename(made, f.cluster()); err != nil {
		return fmt.Errorf("put the new cluster in place: %w", err)
	}
	log.Info("database made", "version", i.Version, "folder", f.cluster(), "took", time.Since(began).Round(time.Millisecond))
	return syncFolder(f.dir)
}

// initialise runs initdb with the C.UTF-8 locale, or with C where the system
// has no such locale.
func (f folder) initialise(ctx context.Context, i Installation, a account) (string, error) {
	made, err := f.initdb(ctx, i, a, "C.UTF-8")
	if err != nil && strings.Contains(err.Error(), "locale") {
		made, err = f.initdb(ctx, i, a, "C")
	}
	return made, err
}

func (f folder) initdb(ctx context.Context, i Installation, a account, locale string) (string, error) {
	password := rand.Text()
	secret, err := f.passFile(a, password)
	if err != nil {
		return "", fmt.Errorf("write the database password: %w", err)
	}
	defer os.Remove(secret)
	made, err := os.MkdirTemp(f.dir, "cluster.new-")
	if err != nil {
		return "", fmt.Errorf("make the cluster folder: %w", err)
	}
	if err := a.own(made); err != nil {
		return "", err
	}
	cmd := a.command(ctx, f.dir, i.tool("initdb"), "--pgdata="+made, "--username="+role,
		"--pwfile="+secret, "--auth=scram-sha-256", "--encoding=UTF8", "--locale="+locale, "--lc-messages=C")
	if out, err := cmd.CombinedOutput(); err != nil {
		os.Remove(made) // initdb has emptied it; anything but an empty folder stays
		return "", fmt.Errorf("initdb: %w: %s", err, lastLines(string(out)))
	}
	return made, a.write(filepath.Join(made, "interlock.password"), password)
}

// passFile is the password where initdb, perhaps another user, may read it.
func (f folder) passFile(a account, password string) (string, error) {
	file, err := os.CreateTemp(f.dir, "password-")
	if err != nil {
		return "", err
	}
	file.Close()
	return file.Name(), a.write(file.Name(), password)
}

// write puts text in a file that only the server's account may read.
func (a account) write(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.WriteString(text + "\n"); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return a.own(path)
}
