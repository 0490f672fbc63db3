package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"interlock/internal/errs"
)

// settingsFiles gives the flags that are settings their values from JSON files,
// of which a later one wins. What they hold is checked whole: a setting that is
// silently not read is worse than none.
type settingsFiles struct {
	paths  []string
	must   bool // the file was named, so it has to be there
	read   bool
	failed error
	values map[string]fileValue
}

// fileValue is a setting and the file it stands in.
type fileValue struct{ text, path string }

// usualFiles are the file that INTERLOCK_CONFIG names, or the machine's and then
// the user's.
func usualFiles() *settingsFiles {
	if file := os.Getenv("INTERLOCK_CONFIG"); file != "" {
		return &settingsFiles{paths: []string{file}, must: true}
	}
	paths := []string{"/etc/interlock/settings.json"}
	if dir, err := os.UserConfigDir(); err == nil {
		paths = append(paths, filepath.Join(dir, "interlock", "settings.json"))
	}
	return &settingsFiles{paths: paths}
}

// Resolve gives a setting's value, unless the environment has one: kong would let
// the file win over it.
func (s *settingsFiles) Resolve(ctx *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if !s.read {
		s.read, s.failed = true, s.load(known(ctx.Model.Node))
	}
	v, ok := s.values[flag.Name]
	if s.failed != nil || !ok || setIn(flag) != "" {
		return nil, s.failed
	}
	return v.text, nil
}

// Validate has nothing to add: load checks.
func (s *settingsFiles) Validate(*kong.Application) error { return nil }

// value is what a file says of a setting, if one does.
func (s *settingsFiles) value(name string) string {
	if s == nil {
		return ""
	}
	return s.values[name].text
}

// found lists the files that were there.
func (s *settingsFiles) found() []string {
	var paths []string
	for _, path := range s.paths {
		if _, err := os.Stat(path); err == nil {
			paths = append(paths, path)
		}
	}
	return paths
}

// place says where a setting stands, in the words of a refusal.
func (s *settingsFiles) place(name string) string {
	return fmt.Sprintf("%q in %s", name, s.values[name].path)
}

// known lists the flags that are settings: those with an environment variable.
func known(n *kong.Node) []string {
	var names []string
	for _, f := range n.Flags {
		if len(f.Envs) > 0 {
			names = append(names, f.Name)
		}
	}
	for _, c := range n.Children {
		names = append(names, known(c)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (s *settingsFiles) load(known []string) error {
	s.values = map[string]fileValue{}
	for _, path := range s.paths {
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) && !s.must {
			continue
		}
		if errors.Is(err, fs.ErrNotExist) {
			return errs.Invalidf("The settings file %s, which INTERLOCK_CONFIG names, is not there: write it, or unset INTERLOCK_CONFIG.", path).Because(err)
		}
		if err != nil {
			return errs.Invalidf("The settings file %s cannot be read: check that it is a file and who may read it.", path).Because(err)
		}
		if err := s.add(path, text, known); err != nil {
			return err
		}
	}
	return nil
}

func (s *settingsFiles) add(path string, text []byte, known []string) error {
	values, err := object(text)
	if err != nil {
		return errs.Invalidf("The settings file %s is not a JSON object (%s): write it as {\"addr\": \"127.0.0.1:9000\"}.", path, where(text, err)).Because(err)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.Contains(known, name) {
			return errs.Invalidf("The settings file %s sets %q, which is no setting: it may hold %s.", path, name, strings.Join(known, ", "))
		}
		value, ok := plain(values[name])
		if !ok {
			return errs.Invalidf("In the settings file %s, %q is neither text, a number, true, false nor a list of texts: write it as one of these.", path, name)
		}
		s.values[name] = fileValue{value, path}
	}
	return nil
}

// object reads one JSON object and nothing after it.
func object(text []byte) (values map[string]any, err error) {
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	dec.UseNumber()
	if err := dec.Decode(&values); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, cmp.Or(err, errors.New("more follows"))
	}
	if values == nil {
		return nil, io.EOF
	}
	return values, nil
}

// where says at which line a JSON text goes wrong.
func where(text []byte, err error) string {
	at := int64(len(text))
	if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = min(at, bad.Offset)
	}
	if bad, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		at = min(at, bad.Offset)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return "it is empty"
	}
	return fmt.Sprintf("see line %d", 1+bytes.Count(bytes.TrimSpace(text[:at]), []byte("\n")))
}

// plain writes a value as it would stand on the command line.
func plain(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return fmt.Sprint(v), true
	case []any:
		var texts []string
		for _, one := range v {
			text, ok := one.(string)
			if !ok {
				return "", false
			}
			texts = append(texts, text)
		}
		return strings.Join(texts, ","), true
	}
	return "", false
}
