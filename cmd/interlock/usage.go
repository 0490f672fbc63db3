package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"interlock/internal/errs"
)

// wrongUsage puts what the parser found wrong into a sentence of our own. A wrong
// setting is refused; everything else is wrong usage of the command line.
func wrongUsage(err error, files *settingsFiles) (sentence *errs.Error, exit int) {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e, refused
	}
	parsing, ok := errors.AsType[*kong.ParseError](err)
	if !ok || parsing.Context == nil {
		return errs.Invalidf("This command line cannot be read: see %q.", "interlock --help").Because(err), usage
	}
	l := commandLine{parsing.Context, files}
	for _, m := range mistakes {
		found := m.form.FindStringSubmatch(err.Error())
		if found == nil {
			continue
		}
		words, setting := m.words(l, found)
		if setting {
			return errs.Invalidf("%s.", words).Because(err), refused
		}
		return errs.Invalidf("%s: see %q.", words, l.program()+" --help").Because(err), usage
	}
	return errs.Invalidf("This cannot be read as %s: see %q.", l.program(), l.program()+" --help").Because(err), usage
}

// commandLine is as much of the command line as could be read.
type commandLine struct {
	*kong.Context
	files *settingsFiles
}

// mistakes are what kong can find wrong, by the words it has for it, and ours.
// The words of a wrong setting name the place where it is set.
var mistakes = []struct {
	form  *regexp.Regexp
	words func(l commandLine, found []string) (words string, setting bool)
}{
	{regexp.MustCompile(`^unknown flag (\S+?)(?:, did you mean (.*)\?)?$`), func(l commandLine, m []string) (string, bool) {
		return fmt.Sprintf("%s has no flag %s%s", l.subject(), m[1], perhaps(m[2])), false
	}},
	{regexp.MustCompile(`(?s)^unexpected argument (.*?)(?:, did you mean (.*)\?)?$`), func(l commandLine, m []string) (string, bool) {
		if len(l.node().Children) > 0 {
			return fmt.Sprintf("%s has no command %s%s", l.subject(), m[1], perhaps(m[2])), false
		}
		return fmt.Sprintf("%s does not take %s after its arguments", l.subject(), m[1]), false
	}},
	{regexp.MustCompile(`^expected (?:one of )?"[a-z]`), func(l commandLine, _ []string) (string, bool) {
		return fmt.Sprintf("%s needs one of its commands (%s)", l.subject(), strings.Join(l.commands(), ", ")), false
	}},
	{regexp.MustCompile(`^expected "<|^missing (positional arguments|flags)`), func(l commandLine, _ []string) (string, bool) {
		return fmt.Sprintf("%s needs %s", l.subject(), strings.Join(l.missing(), " and ")), false
	}},
	{regexp.MustCompile(`^(\S+): expected .* value but got "(?:EOL|-.*)" `), func(_ commandLine, m []string) (string, bool) {
		return fmt.Sprintf("%s needs a value after it", m[1]), false
	}},
	{regexp.MustCompile(`(?s)^(\S+): .*\bint\b.* but got "(.*?)"(?: |$)`), func(l commandLine, m []string) (string, bool) {
		where, setting := l.origin(m[1])
		return fmt.Sprintf("%s is %q, which is not a whole number", where, m[2]), setting
	}},
	{regexp.MustCompile(`(?s)^(\S+): .*\bbool\b.* but got "(.*?)"(?: |$)`), func(l commandLine, m []string) (string, bool) {
		where, setting := l.origin(m[1])
		return fmt.Sprintf("%s is %q, which is neither true nor false", where, m[2]), setting
	}},
	{regexp.MustCompile(`(?s)^(\S+) must be one of (.*) but got "(.*)"$`), func(l commandLine, m []string) (string, bool) {
		where, setting := l.origin(m[1])
		return fmt.Sprintf("%s is %q, which is none of %s", where, m[3], strings.ReplaceAll(strings.ReplaceAll(m[2], `"`, ""), ",", ", ")), setting
	}},
	{regexp.MustCompile(`^(\S+) and (\S+) can't be used together$`), func(_ commandLine, m []string) (string, bool) {
		return fmt.Sprintf("%s and %s do not go together", m[1], m[2]), false
	}},
}

func perhaps(meant string) string {
	if meant == "" {
		return ""
	}
	return "; perhaps " + strings.ReplaceAll(strings.TrimPrefix(meant, "one of "), `"`, "")
}

// node is the command as far as it could be read.
func (l commandLine) node() *kong.Node {
	if n := l.Selected(); n != nil {
		return n
	}
	return l.Model.Node
}

// program is that command as it is typed: interlock campaign launch.
func (l commandLine) program() string { return l.node().FullPath() }

// subject begins a sentence about that command.
func (l commandLine) subject() string {
	if l.node() == l.Model.Node {
		return "This program"
	}
	return strings.TrimPrefix(l.program(), "interlock ")
}

// missing lists what the command needs and was not given.
func (l commandLine) missing() []string {
	var names []string
	for _, arg := range l.node().Positional {
		given := slices.ContainsFunc(l.Path, func(p *kong.Path) bool { return p.Positional == arg })
		if arg.Required && !given {
			names = append(names, arg.Summary())
		}
	}
	for _, f := range l.node().Flags {
		if f.Required && !f.Set {
			names = append(names, strings.ReplaceAll(f.Summary(), "=", " "))
		}
	}
	return names
}

func (l commandLine) commands() []string {
	var names []string
	for _, c := range l.node().Children {
		names = append(names, c.Name)
	}
	return names
}

// origin says where the value of a flag comes from, as a person wrote it there,
// and whether that is a setting's place and not the command line.
func (l commandLine) origin(summary string) (place string, setting bool) {
	name := strings.TrimPrefix(summary, "--")
	typed := slices.ContainsFunc(l.Path, func(p *kong.Path) bool { return p.Flag != nil && p.Flag.Name == name && !p.Resolved })
	if typed || l.Error != nil || name == summary {
		return summary, false
	}
	for _, group := range l.node().AllFlags(false) {
		for _, f := range group {
			if f.Name == name {
				return cmp.Or(setIn(f), l.files.place(name)), true
			}
		}
	}
	return summary, false
}

// setIn names the environment variable that sets a flag, if one does.
func setIn(f *kong.Flag) string {
	for _, env := range f.Envs {
		if _, set := os.LookupEnv(env); set {
			return env
		}
	}
	return ""
}

// check refuses settings that cannot be meant.
func (l commandLine) check(set *settings) (exit int, err error) {
	exit = refused
	err = set.check(func(flag string) string {
		place, setting := l.origin(flag)
		if !setting {
			exit = usage
		}
		return place
	})
	return exit, err
}
