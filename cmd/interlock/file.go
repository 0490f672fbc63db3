package main

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"interlock/internal/errs"
)

// toFile writes a file whole or not at all, and so that it outlasts a power cut.
func toFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return unwritable(path, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	out := &output{Writer: f}
	wrong := write(out)
	if failed := cmp.Or(out.failed, f.Sync()); failed != nil {
		_ = f.Close()
		return unwritable(path, failed)
	}
	if err := errors.Join(wrong, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return unwritable(path, err)
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a new name last; not every system can.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return unwritable(path, err)
	}
	_ = d.Sync()
	return d.Close()
}

func unwritable(path string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return errs.Unavailablef("The file %s was not written, because the disk is full: free space, or choose another place.", path).Because(err)
	case errors.Is(err, fs.ErrNotExist):
		return errs.Unavailablef("The file %s was not written, because its folder does not exist: make it, or choose another.", path).Because(err)
	}
	return errs.Unavailablef("The file %s cannot be written: choose a place where you may write.", path).Because(err)
}

// unreadable says why a file that was named cannot be read.
func unreadable(what, path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errs.Invalidf("The %s %s does not exist: check its name.", what, path).Because(err)
	case errors.Is(err, fs.ErrPermission):
		return errs.Invalidf("The %s %s cannot be read: you have no right to.", what, path).Because(err)
	}
	return errs.Invalidf("The %s %s cannot be read: check that it is a file.", what, path).Because(err)
}
