package access

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"

	"interlock/internal/errs"
)

// Scope is a condition over the view access_fact under the alias f. It is never
// null. Its placeholders begin at $1 and stand for Args in order.
type Scope struct {
	SQL  string
	Args []any

	records map[string]bool // of which it names fields
}

var placeholder = regexp.MustCompile(`\$(\d+)`)

// Number gives the condition with placeholders that begin at $first, for a
// statement that has parameters of its own.
func (s Scope) Number(first int) string {
	return placeholder.ReplaceAllStringFunc(s.SQL, func(p string) string {
		n, err := strconv.Atoi(p[1:])
		if err != nil {
			panic(fmt.Errorf("placeholder %s: %w", p, err))
		}
		return "$" + strconv.Itoa(n+first-1)
	})
}

// Compile turns a scope into SQL. now is what ages are counted to. What it
// refuses, it refuses in one sentence with the position.
func Compile(expr string, now time.Time) (Scope, error) { return compile(expr, now, false) }

func compile(expr string, now time.Time, register bool) (Scope, error) {
	tree, c, err := parse(expr)
	if err != nil {
		return Scope{}, err
	}
	c.now, c.register = now, register
	cond, err := c.condition(tree.NativeRep().Expr())
	if err != nil {
		return Scope{}, err
	}
	if err := check(tree, c); err != nil {
		return Scope{}, err
	}
	return Scope{SQL: cond, Args: c.args, records: c.records}, nil
}

// parse reads the expression within its limits.
func parse(expr string) (*cel.Ast, *compiler, error) {
	if err := readable(expr); err != nil {
		return nil, nil, err
	}
	env, err := environment()
	if err != nil {
		return nil, nil, fmt.Errorf("set up scopes: %w", err)
	}
	tree, issues := env.Parse(expr)
	c := &compiler{source: []rune(expr), records: map[string]bool{}}
	if issues.Err() != nil {
		return nil, nil, c.unreadable(issues.Errors())
	}
	c.info = tree.NativeRep().SourceInfo()
	if n := count(tree.NativeRep().Expr()); n > maxNodes {
		return nil, nil, errs.InvalidField("scope", "The expression has %d parts; %d is the most.", n, maxNodes)
	}
	return tree, c, nil
}

func readable(expr string) error {
	switch {
	case strings.TrimSpace(expr) == "":
		return errs.InvalidField("scope", `The scope is empty: say which grants are meant; "true" is everything.`)
	case utf8.RuneCountInString(expr) > maxLength:
		return errs.InvalidField("scope", "The expression has %d characters; %d is the most.", utf8.RuneCountInString(expr), maxLength)
	case !utf8.ValidString(expr):
		return errs.InvalidField("scope", "The expression is not UTF-8 text.")
	}
	return nil
}

// check lets CEL's own checker confirm what was compiled. Whatever it refuses
// beyond us has no sentence of ours.
func check(tree *cel.Ast, c *compiler) error {
	env, err := environment()
	if err != nil {
		return fmt.Errorf("set up scopes: %w", err)
	}
	_, issues := env.Check(tree)
	if issues.Err() == nil {
		return nil
	}
	first := issues.Errors()[0]
	at := c.place(first.Location.Line(), first.Location.Column())
	return errs.InvalidField("scope", "%s: the two sides do not fit together.", at).Because(issues.Err())
}

// count counts the parts of an expression, the entries of lists apart.
func count(e ast.Expr) int {
	n := 1
	switch e.Kind() {
	case ast.CallKind:
		if e.AsCall().IsMemberFunction() {
			n += count(e.AsCall().Target())
		}
		for _, arg := range e.AsCall().Args() {
			n += count(arg)
		}
	case ast.SelectKind:
		n += count(e.AsSelect().Operand())
	}
	return n
}
