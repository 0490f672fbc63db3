package access

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode"

	"interlock/internal/errs"
)

// Bounds on patterns that PostgreSQL compiles quickly.
const (
	maxProgram = 1000
	maxRepeat  = 255
	maxRanges  = 100
)

// translate writes a pattern of CEL (RE2) in PostgreSQL's language, which reads
// classes, dots, dollars and cases differently: nothing is passed on as written.
func translate(pattern string) (string, error) {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", errs.Invalidf("the pattern is not a regular expression.")
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil || len(program.Inst) > maxProgram {
		return "", errs.Invalidf("the pattern is too large.")
	}
	var b strings.Builder
	if err := write(&b, tree); err != nil {
		return "", err
	}
	return b.String(), nil
}

func write(b *strings.Builder, re *syntax.Regexp) error {
	switch re.Op {
	case syntax.OpEmptyMatch:
		b.WriteString("(?:)")
	case syntax.OpLiteral:
		writeLiteral(b, re)
	case syntax.OpCharClass:
		return writeClass(b, re.Rune)
	case syntax.OpAnyCharNotNL:
		b.WriteString(`[^\u000A]`)
	case syntax.OpAnyChar:
		b.WriteString(".")
	case syntax.OpBeginText:
		b.WriteString("^")
	case syntax.OpEndText:
		b.WriteString("$")
	case syntax.OpCapture:
		return writeGroup(b, re.Sub, "")
	case syntax.OpConcat:
		return writeAll(b, re.Sub, "")
	case syntax.OpAlternate:
		return writeGroup(b, re.Sub, "|")
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		return writeRepeat(b, re)
	default:
		return errs.Invalidf("%s in a pattern has no meaning here; letters, classes, groups, repeats, ^ and $ do.", re)
	}
	return nil
}

func writeAll(b *strings.Builder, subs []*syntax.Regexp, between string) error {
	for i, sub := range subs {
		if i > 0 {
			b.WriteString(between)
		}
		if err := write(b, sub); err != nil {
			return err
		}
	}
	return nil
}

func writeGroup(b *strings.Builder, subs []*syntax.Regexp, between string) error {
	b.WriteString("(?:")
	defer b.WriteString(")")
	return writeAll(b, subs, between)
}

// writeRepeat ignores who is greedy: that changes what is found, not whether.
func writeRepeat(b *strings.Builder, re *syntax.Regexp) error {
	if re.Min > maxRepeat || re.Max > maxRepeat {
		return errs.Invalidf("the pattern repeats more than %d times.", maxRepeat)
	}
	if err := writeGroup(b, re.Sub, ""); err != nil {
		return err
	}
	switch {
	case re.Op != syntax.OpRepeat:
		b.WriteString(map[syntax.Op]string{syntax.OpStar: "*", syntax.OpPlus: "+", syntax.OpQuest: "?"}[re.Op])
	case re.Max < 0:
		fmt.Fprintf(b, "{%d,}", re.Min)
	default:
		fmt.Fprintf(b, "{%d,%d}", re.Min, re.Max)
	}
	return nil
}

func writeLiteral(b *strings.Builder, re *syntax.Regexp) {
	for _, r := range re.Rune {
		if re.Flags&syntax.FoldCase == 0 || unicode.SimpleFold(r) == r {
			writeRune(b, r)
			continue
		}
		b.WriteString("[")
		writeRune(b, r)
		for fold := unicode.SimpleFold(r); fold != r; fold = unicode.SimpleFold(fold) {
			writeRune(b, fold)
		}
		b.WriteString("]")
	}
}

func writeClass(b *strings.Builder, ranges []rune) error {
	if len(ranges) == 0 || len(ranges) > 2*maxRanges {
		return errs.Invalidf("the pattern has a class of letters that is empty or too large.")
	}
	b.WriteString("[")
	for i := 0; i < len(ranges); i += 2 {
		writeRune(b, max(ranges[i], 1))
		b.WriteString("-")
		writeRune(b, max(ranges[i+1], 1))
	}
	b.WriteString("]")
	return nil
}

func writeRune(b *strings.Builder, r rune) {
	switch {
	case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
		b.WriteRune(r)
	case r > 0xFFFF:
		fmt.Fprintf(b, `\U%08X`, r)
	default:
		fmt.Fprintf(b, `\u%04X`, r)
	}
}
