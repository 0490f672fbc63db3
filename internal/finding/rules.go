package finding

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"interlock/internal/errs"
)

//go:embed rules.sql
var rulesText string

// Rule is what counts as a finding.
type Rule struct {
	ID       string   `json:"rule"`
	Severity Severity `json:"severity"`
	About    string   `json:"about"` // what a finding's subject is
	Title    string   `json:"title"`
	Means    string   `json:"means"`
	Why      string   `json:"why"`
	Do       string   `json:"do"`
	Controls []string `json:"controls"`
	sql      string
}

// Setting is a number that rules read.
type Setting struct {
	Name  string
	Value int
	Says  string
}

type book struct {
	rules    []Rule
	settings []Setting
	shared   string
}

var read = sync.OnceValue(func() book {
	b, err := parse(rulesText)
	if err != nil {
		panic(fmt.Errorf("rules.sql: %w", err))
	}
	return b
})

// Rules lists every rule, in the order of the file.
func Rules() []Rule { return read().rules }

// Settings lists the numbers that rules read.
func Settings() []Setting { return read().settings }

// RuleOf finds a rule by its id; the refusal lists what is known.
func RuleOf(id string) (Rule, error) {
	rules := Rules()
	if i := slices.IndexFunc(rules, func(r Rule) bool { return r.ID == id }); i >= 0 {
		return rules[i], nil
	}
	return Rule{}, errs.InvalidField("rule", "%q is not a rule. Known: %s.", id, strings.Join(RuleIDs(), ", "))
}

// RuleIDs lists the ids of the rules.
func RuleIDs() []string {
	var ids []string
	for _, r := range Rules() {
		ids = append(ids, r.ID)
	}
	return ids
}

var (
	chapter  = regexp.MustCompile(`(?m)^-- (?:rule ([a-z_]+)|(shared))$`)
	entry    = regexp.MustCompile(`^-- ([a-z]+): (.+)$`)
	settings = regexp.MustCompile(`(?m)^-- setting ([a-z_]+) (\d+): (.+)$`)
	unfilled = regexp.MustCompile(`\{[a-z_]+\}`)
)

// parse reads the file of rules; see its head.
func parse(text string) (book, error) {
	var b book
	fill := []string{"{now}", "$1::timestamptz"}
	for _, m := range settings.FindAllStringSubmatch(text, -1) {
		n, err := strconv.Atoi(m[2])
		if err != nil {
			return b, fmt.Errorf("setting %s: %w", m[1], err)
		}
		b.settings = append(b.settings, Setting{m[1], n, m[3]})
		fill = append(fill, "{"+m[1]+"}", m[2])
	}
	filled := strings.NewReplacer(fill...)
	starts := chapter.FindAllStringSubmatchIndex(text, -1)
	for i, at := range starts {
		end := len(text)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		body := filled.Replace(text[at[1]:end])
		if at[4] >= 0 {
			b.shared = strings.TrimSpace(body)
			continue
		}
		r, err := parseRule(text[at[2]:at[3]], body)
		if err != nil {
			return b, err
		}
		b.rules = append(b.rules, r)
	}
	return b, nil
}

func parseRule(id, body string) (Rule, error) {
	r := Rule{ID: id}
	fields := map[string]string{}
	var sql []string
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, "\n")
		if m := entry.FindStringSubmatch(line); m != nil && len(sql) == 0 {
			fields[m[1]] = m[2]
		} else if strings.TrimSpace(line) != "" {
			sql = append(sql, line)
		}
	}
	r.sql = strings.Join(sql, "\n")
	r.About, r.Title, r.Means, r.Why, r.Do = fields["about"], fields["title"], fields["means"], fields["why"], fields["do"]
	r.Controls = strings.Split(fields["controls"], ", ")
	r.Severity, _ = SeverityOf(fields["severity"])
	switch {
	case r.Severity == 0:
		return r, fmt.Errorf("%s: severity %q is not known", id, fields["severity"])
	case slices.Contains([]string{r.About, r.Title, r.Means, r.Why, r.Do, fields["controls"], r.sql}, ""):
		return r, fmt.Errorf("%s: something is missing", id)
	case unfilled.MatchString(r.sql):
		return r, fmt.Errorf("%s: %s is no setting", id, unfilled.FindString(r.sql))
	}
	return r, nil
}
