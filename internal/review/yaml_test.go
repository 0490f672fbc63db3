package review

import (
	"regexp"
	"strings"
	"testing"

	"interlock/internal/errs"
)

// libraryWords are what the YAML library says and no person should read.
var libraryWords = regexp.MustCompile("yaml:|!!|`|unmarshal|mapping|scalar|sequence|decode|into |token|octet|\\[\\]string|review\\.")

// Whatever is wrong with the YAML is said in a sentence of ours, with its line.
func TestWordsForWrongYAML(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                       "The definition is empty: it needs name, title, scope, stages and fallback.",
		"# nothing but this\n":                   "The definition is empty: it needs name, title, scope, stages and fallback.",
		"---\n":                                  "The definition is not one: begin with name:",
		"just text":                              "The definition is not one: begin with name:",
		"name: x\n  title: y":                    "The definition cannot be read at line 2: put a value that holds a colon in quotes, and indent with spaces alike.",
		"name: x: y":                             "The definition cannot be read at line 1: put a value that holds a colon in quotes, and indent with spaces alike.",
		"name: x\nscope: \"true\nstages":         "The definition cannot be read at line 2: a quote is not closed.",
		"\tname: x":                              "The definition cannot be read at line 1: put a value that begins with a special sign in quotes, and indent with spaces, not tabs.",
		"fallback: [a":                           "The definition cannot be read at line 1: a bracket is not closed, or a comma is missing.",
		"name: @x":                               "The definition cannot be read at line 1: put a value that begins with a special sign",
		"name: *x":                               "The definition cannot be read at line 1: put a value that begins with * or & in quotes.",
		"%YAML 9":                                "The definition cannot be read at line 1: check its quotes, brackets and indentation.",
		"name: \"\\q\"":                          `The definition cannot be read at line 1: write \\ for \ in double quotes, or use single quotes.`,
		"name: \x01":                             "The definition cannot be read at line 1: it holds a character that does not print.",
		"name: \xff":                             "The definition is not UTF-8 text: save it as UTF-8.",
		"name: !!int x":                          "The definition cannot be read: write each value plainly, without tags or merges.",
		"name: x\n---\nname: y":                  "The definition holds more than one document: keep one campaign per file.",
		"name: {a: b}":                           "Line 1 of the definition: name is one value, not several.",
		"name: x\nstages: 3":                     "Line 2 of the definition: stages is a list: write it as [a, b], or each entry on a line of its own after a dash.",
		"stages: [3]":                            "Line 1 of the definition: stages has parts: write it as reviewers: ... on a line of its own.",
		"stages:\n  - dys: 3":                    `Line 2 of the definition: "dys" is not known here, only reviewers, when, days.`,
		"stages:\n  - days: [1]":                 "Line 2 of the definition: days is one value, not several.",
		"stages: [{days: 1.5}]":                  `Line 1 of the definition: days is "1.5", which is not a whole number.`,
		"stages: [{days: 99999999999999999999}]": `Line 1 of the definition: days is "99999999999999999999", which is not a whole number.`,
		"fallback: a@b.c":                        "Line 1 of the definition: fallback is a list:",
		"fallback: [[a]]":                        "Line 1 of the definition: fallback is one value, not several.",
		"silence: [a]":                           "Line 1 of the definition: silence has parts: write it as it: ... on a line of its own.",
		"fallback: &a [*a]":                      "Line 1 of the definition: fallback is one value, not several.",
		"<<: {name: x}":                          `Line 1 of the definition: "<<" is not known here, only name, `,
		"[a]: b":                                 `Line 1 of the definition: "" is not known here, only name, `,
	} {
		_, err := Parse(text)
		if !errs.Is(err, errs.Invalid) || !strings.HasPrefix(err.Error(), want) || !strings.HasSuffix(err.Error(), ".") {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
		if err != nil && libraryWords.MatchString(strings.ReplaceAll(err.Error(), "into the", "")) {
			t.Errorf("%q: %v has words of the library", text, err)
		}
	}
}

// FuzzParse: a definition is taken or refused in words, whatever it is.
func FuzzParse(f *testing.F) {
	for _, text := range []string{whole, "name: [", "a: &a [*a]", "- a", "name: x\n---\n", "stages: [{days: 3}]", "? {a: b}\n: c", "\ufeffname: x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse(text)
		if err != nil && !errs.Is(err, errs.Invalid) {
			t.Fatalf("%q: %v", text, err)
		}
		if err != nil {
			return
		}
		if again, err := Parse(d.Text()); err != nil || again.Text() != d.Text() {
			t.Fatalf("%q is written as %q, which is read as %q: %v", text, d.Text(), again.Text(), err)
		}
	})
}
