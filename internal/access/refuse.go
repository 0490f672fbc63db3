package access

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"

	"interlock/internal/errs"
)

// refuse says what is wrong where e begins.
func (c *compiler) refuse(e ast.Expr, format string, args ...any) error {
	return c.refuseAt(c.start(e), format, args...)
}

func (c *compiler) refuseAt(offset int, format string, args ...any) error {
	before := c.source[:min(max(offset, 0), len(c.source))]
	line, column := 1, len(before)
	for i, r := range before {
		if r == '\n' {
			line, column = line+1, len(before)-i-1
		}
	}
	return errs.InvalidField("scope", "%s, %s", c.place(line, column), fmt.Sprintf(format, args...))
}

// place names a position; people count columns from 1.
func (c *compiler) place(line, column int) string {
	if slices.Contains(c.source, '\n') {
		return fmt.Sprintf("In line %d at character %d", line, column+1)
	}
	return fmt.Sprintf("At character %d", column+1)
}

// start is where the leftmost part of e begins.
func (c *compiler) start(e ast.Expr) int {
	at := c.offset(e)
	switch e.Kind() {
	case ast.SelectKind:
		at = min(at, c.start(e.AsSelect().Operand()))
	case ast.CallKind:
		at = c.startOfCall(e.AsCall(), at)
	}
	return at
}

func (c *compiler) startOfCall(call ast.CallExpr, at int) int {
	if call.IsMemberFunction() {
		return min(at, c.start(call.Target()))
	}
	if _, symbol := symbols[call.FunctionName()]; !symbol {
		at = c.nameBefore(at, call.FunctionName())
	}
	for _, arg := range call.Args() {
		at = min(at, c.start(arg))
	}
	return at
}

// offset is where CEL places e: at its operator, dot or parenthesis.
func (c *compiler) offset(e ast.Expr) int {
	if r, ok := c.info.GetOffsetRange(e.ID()); ok {
		return int(r.Start)
	}
	return 0
}

// nameBefore finds name to the left of a parenthesis.
func (c *compiler) nameBefore(at int, name string) int {
	if i := strings.LastIndex(string(c.source[:min(at, len(c.source))]), name); i >= 0 {
		return len([]rune(string(c.source)[:i]))
	}
	return at
}

// nameAfter finds where the field begins that e selects. CEL places e at its
// dot, but has(e) at the parenthesis.
func (c *compiler) nameAfter(e ast.Expr) int {
	at := c.offset(e) + 1
	if sel := e.AsSelect(); sel.IsTestOnly() {
		from := c.start(sel.Operand())
		dot := strings.Index(string(c.source[from:]), "."+sel.FieldName())
		return from + len([]rune(string(c.source[from:])[:max(dot, 0)])) + 1
	}
	for at < len(c.source) && strings.ContainsRune(" \t\r\n", c.source[at]) {
		at++
	}
	return at
}

func unknownName(name, group string, names []string) string {
	return fmt.Sprintf("%q is not known. Known%s: %s.", name, group, strings.Join(names, ", "))
}

var quoted = regexp.MustCompile(`(?s)(?:input|at:|missing .* at|identifier:) '?(.*?)'?(?: expecting .*)?$`)

// unreadable turns the parser's first complaint into words.
func (c *compiler) unreadable(all []*common.Error) error {
	first := slices.MinFunc(all, func(a, b *common.Error) int {
		if d := a.Location.Line() - b.Location.Line(); d != 0 {
			return d
		}
		return a.Location.Column() - b.Location.Column()
	})
	cause := fmt.Errorf("parse scope: %s", first.Message)
	if strings.Contains(first.Message, "limit") || first.Location.Column() < 0 {
		return errs.InvalidField("scope", "The expression is nested too deeply.").Because(cause)
	}
	at := c.place(first.Location.Line(), first.Location.Column())
	return errs.InvalidField("scope", "%s, %s", at, c.complaint(first)).Because(cause)
}

func (c *compiler) complaint(e *common.Error) string {
	found := ""
	if m := quoted.FindStringSubmatch(e.Message); m != nil {
		found = m[1]
	}
	switch {
	case strings.Contains(e.Message, "has() macro"):
		return "has() asks about one name, such as has(asset.level)."
	case strings.Contains(e.Message, "reserved identifier"):
		return fmt.Sprintf("%s is a reserved word; put text in quotes.", found)
	case strings.Contains(e.Message, "literal"):
		return "this number is too large."
	case strings.Contains(found, "<EOF>"):
		return "the expression ends too early."
	case strings.HasPrefix(found, `"`) || strings.HasPrefix(found, "'"):
		return "the quoted text does not end or has an escape that is not known."
	}
	if meant := mistyped(c.habit(e)); meant != "" {
		return meant
	}
	if meant := mistyped(found); meant != "" {
		return meant
	}
	if found == "" {
		return "this cannot be read."
	}
	return fmt.Sprintf("%q does not belong here.", strings.TrimSpace(found))
}

// habit is what stands just before the place where the parser gave up.
func (c *compiler) habit(e *common.Error) string {
	line := strings.Split(string(c.source), "\n")[max(e.Location.Line()-1, 0)]
	at := []rune(line)
	before := strings.TrimSpace(string(at[:min(max(e.Location.Column(), 0), len(at))]))
	if strings.HasSuffix(before, "<") && e.Location.Column() < len(at) && at[e.Location.Column()] == '>' {
		return "<>"
	}
	return before[strings.LastIndexAny(before, " \t(")+1:]
}

var habits = map[string]string{"=": "==", "&": "&&", "|": "||", "and": "&&", "or": "||", "not": "!", "<>": "!="}

// mistyped tells what another language's operator would be here, if it is one.
func mistyped(found string) string {
	word := strings.TrimSpace(found)
	if len(word) > 1 && strings.ContainsRune("=&|", rune(word[0])) {
		word = word[:1]
	}
	if meant, ok := habits[strings.ToLower(word)]; ok {
		return fmt.Sprintf("%q is not an operator here; write %s.", word, meant)
	}
	return ""
}
