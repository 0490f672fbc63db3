package review

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"interlock/internal/errs"
)

// readYAML reads a definition as it is written. What is not of its shape is
// refused with the line and in words of ours: the library's are about Go types.
func readYAML(text string, d *Definition) error {
	if !utf8.ValidString(text) {
		return errs.Invalidf("The definition is not UTF-8 text: save it as UTF-8.")
	}
	dec := yaml.NewDecoder(bytes.NewBufferString(text))
	var root yaml.Node
	if err := dec.Decode(&root); err != nil {
		return wrongYAML(text, err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errs.Invalidf("The definition holds more than one document: keep one campaign per file.")
	}
	if top := root.Content[0]; top.Kind != yaml.MappingNode {
		return errs.Invalidf("The definition is not one: begin with name: and go on with title, scope, stages and fallback, each on a line of its own.")
	}
	if err := fits(root.Content[0], reflect.TypeFor[Definition](), "", 0); err != nil {
		return err
	}
	if err := root.Decode(d); err != nil {
		return errs.Invalidf("The definition cannot be read: write each value plainly, without tags or merges.").Because(err)
	}
	return nil
}

var (
	yamlLine  = regexp.MustCompile(`line (\d+):`)
	yamlHints = []struct{ said, hint string }{
		{"mapping values are not allowed", "put a value that holds a colon in quotes, and indent with spaces alike"},
		{"block sequence entries", "begin the list on a line of its own, or write it as [a, b]"},
		{"end of stream", "a quote is not closed"},
		{"node content", "a bracket is not closed"},
		{"',' or", "a bracket is not closed, or a comma is missing"},
		{"expected key", "the lines of one part are not indented alike"},
		{"cannot start any token", "put a value that begins with a special sign in quotes, and indent with spaces, not tabs"},
		{"unknown escape", `write \\ for \ in double quotes, or use single quotes`},
		{"anchor", "put a value that begins with * or & in quotes"},
		{"control characters", "it holds a character that does not print"},
	}
)

// wrongYAML says where a text stops being YAML, and what usually is the matter.
func wrongYAML(text string, err error) error {
	if errors.Is(err, io.EOF) || strings.TrimSpace(text) == "" {
		return errs.Invalidf("The definition is empty: it needs name, title, scope, stages and fallback.")
	}
	line := "1" // the library does not name the first
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		line = m[1]
	}
	hint := "check its quotes, brackets and indentation"
	for _, h := range yamlHints {
		if strings.Contains(err.Error(), h.said) {
			hint = h.hint
			break
		}
	}
	return errs.Invalidf("The definition cannot be read at line %s: %s.", line, hint).Because(err)
}

// deepest bounds the walk: an alias may lead to what it is part of.
const deepest = 8

// fits refuses a node that is not what the type wants, by its line and name.
func fits(n *yaml.Node, t reflect.Type, name string, depth int) error {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if depth > deepest {
		return misfit(n, name, "refers to itself: write it out")
	}
	switch kind := t.Kind(); {
	case kind == reflect.Struct:
		return fitsFields(n, t, name, depth)
	case kind == reflect.Slice && n.Kind != yaml.SequenceNode:
		return misfit(n, name, "is a list: write it as [a, b], or each entry on a line of its own after a dash")
	case kind == reflect.Slice:
		for _, entry := range n.Content {
			if err := fits(entry, t.Elem(), name, depth+1); err != nil {
				return err
			}
		}
	case n.Kind != yaml.ScalarNode:
		return misfit(n, name, "is one value, not several")
	case kind == reflect.Int:
		if _, err := strconv.Atoi(n.Value); err != nil || n.Tag != "!!int" {
			return misfit(n, name, fmt.Sprintf("is %q, which is not a whole number", n.Value))
		}
	case kind == reflect.Bool:
		if n.Tag != "!!bool" {
			return misfit(n, name, fmt.Sprintf("is %q: write true or false", n.Value))
		}
	}
	return nil
}

func misfit(n *yaml.Node, name, words string) error {
	return errs.Invalidf("Line %d of the definition: %s %s.", n.Line, name, words)
}

func fitsFields(n *yaml.Node, t reflect.Type, name string, depth int) error {
	types, names := map[string]reflect.Type{}, []string{}
	for f := range t.Fields() {
		key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		types[key], names = f.Type, append(names, key)
	}
	if n.Kind != yaml.MappingNode {
		return misfit(n, name, "has parts: write it as "+names[0]+": ... on a line of its own")
	}
	seen := map[string]int{}
	for pair := range slices.Chunk(n.Content, 2) {
		key := pair[0]
		switch was, twice := seen[key.Value]; {
		case types[key.Value] == nil:
			return errs.Invalidf("Line %d of the definition: %q is not known here, only %s.", key.Line, key.Value, strings.Join(names, ", "))
		case twice:
			return misfit(key, key.Value, fmt.Sprintf("is there already, in line %d: keep one", was))
		}
		seen[key.Value] = key.Line
		if err := fits(pair[1], types[key.Value], key.Value, depth+1); err != nil {
			return err
		}
	}
	return nil
}
