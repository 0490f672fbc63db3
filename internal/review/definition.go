package review

import (
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"interlock/internal/errs"
)

// Definition says what a campaign reviews, by whom, until when, and what silence
// means. It is written as YAML.
type Definition struct {
	Name          string   `yaml:"name"`
	Title         string   `yaml:"title"`
	Scope         string   `yaml:"scope"`
	Stages        []Stage  `yaml:"stages"`
	Fallback      []string `yaml:"fallback"`
	Outcome       string   `yaml:"outcome,omitempty"` // how stages combine; with one stage all strategies are alike
	Silence       Silence  `yaml:"silence,omitempty"`
	Reminders     []string `yaml:"reminders,omitempty"`
	EscalateAfter string   `yaml:"escalate_after,omitempty"`
	CarryForward  string   `yaml:"carry_forward,omitempty"`
	SecondLook    string   `yaml:"second_look,omitempty"`
	FreshWithin   string   `yaml:"fresh_within,omitempty"`
	Repeat        string   `yaml:"repeat,omitempty"`
}

// Stage is one round of reviewers: the first rule that resolves to a live person
// who may decide gets the item.
type Stage struct {
	Reviewers []string `yaml:"reviewers,flow"`
	When      string   `yaml:"when,omitempty"`
	Days      int      `yaml:"days"`
}

// Silence says what no answer means at the end, by consequence class: revoke,
// keep or escalate, which keeps it and tells the fallback.
type Silence struct {
	IT     string `yaml:"it"`
	OT     string `yaml:"ot"`
	Safety string `yaml:"safety"`
}

// MaxDays bounds a stage; a review that runs longer than a quarter describes an
// inventory that no longer exists.
const MaxDays = 92

var (
	rules    = []string{"manager", "owner", "asset_owner", "entitlement_owner"}
	outcomes = []string{"one_accept_accepts", "all_must_accept", "one_deny_denies", "accepted_if_not_denied"}
	silences = []string{"revoke", "keep", "escalate"}
	nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
)

// Parse reads a definition and checks it, the scope excepted.
func Parse(text string) (Definition, error) {
	var d Definition
	if err := readYAML(text, &d); err != nil {
		return d, err
	}
	d.defaults()
	return d, d.check()
}

// Text writes the definition as YAML.
func (d Definition) Text() string {
	out, err := yaml.Marshal(d)
	if err != nil {
		panic(fmt.Errorf("definition as yaml: %w", err))
	}
	return string(out)
}

// NotInForce names the parts of the definition that are kept but that this
// version does not act on.
func (d Definition) NotInForce() []string {
	var names []string
	for _, p := range []struct {
		name string
		set  bool
	}{
		{"reminders", len(d.Reminders) > 0}, {"escalate_after", d.EscalateAfter != ""}, {"carry_forward", d.CarryForward != ""},
		{"second_look", d.SecondLook != ""}, {"repeat", d.Repeat != ""},
	} {
		if p.set {
			names = append(names, p.name)
		}
	}
	return names
}

// Fresh is how old a source in scope may be; 0 for any age.
func (d Definition) Fresh() time.Duration {
	days, _ := parseDays(d.FreshWithin)
	return time.Duration(days) * 24 * time.Hour
}

func (d *Definition) defaults() {
	d.Title = strings.TrimSpace(d.Title)
	if d.Title == "" {
		d.Title = d.Name
	}
	if d.Outcome == "" {
		d.Outcome = "all_must_accept"
	}
	for _, s := range []*string{&d.Silence.IT, &d.Silence.OT, &d.Silence.Safety} {
		if *s == "" {
			*s = "escalate"
		}
	}
	for i := range d.Fallback {
		d.Fallback[i] = strings.ToLower(strings.TrimSpace(d.Fallback[i]))
	}
	for i := range d.Stages {
		for j, r := range d.Stages[i].Reviewers {
			d.Stages[i].Reviewers[j] = strings.ToLower(strings.TrimSpace(r))
		}
	}
}

func (d Definition) check() error {
	if !nameForm.MatchString(d.Name) {
		return errs.InvalidField("name", "The definition's name %q is not one: use 1 to 63 small letters, digits and dashes.", d.Name)
	}
	if utf8.RuneCountInString(d.Title) > 200 {
		return errs.InvalidField("title", "The title is longer than 200 characters: shorten it.")
	}
	if strings.ContainsFunc(d.Title, unicode.IsControl) {
		return errs.InvalidField("title", "The title holds a line break or another character that does not print: leave it out.")
	}
	if strings.TrimSpace(d.Scope) == "" {
		return errs.InvalidField("scope", `The definition has no scope: write one, or "true" for everything.`)
	}
	if err := d.checkStage(); err != nil {
		return err
	}
	if err := d.checkPeople(); err != nil {
		return err
	}
	return d.checkWords()
}

func (d Definition) checkStage() error {
	if len(d.Stages) != 1 {
		return errs.InvalidField("stages", "The definition has %d stages; this version runs exactly one.", len(d.Stages))
	}
	st := d.Stages[0]
	switch {
	case st.When != "":
		return errs.InvalidField("stages", `The only stage has a "when": leave it out, or write the condition into the scope.`)
	case st.Days < 1 || st.Days > MaxDays:
		return errs.InvalidField("days", "The stage runs %d days: choose 1 to %d.", st.Days, MaxDays)
	case len(st.Reviewers) == 0:
		return errs.InvalidField("reviewers", "The stage names no reviewers: use %s or an e-mail.", strings.Join(rules, ", "))
	}
	return nil
}

func (d Definition) checkPeople() error {
	if len(d.Fallback) == 0 {
		return errs.InvalidField("fallback", "The definition has no fallback: name at least one e-mail, so that nothing is without a reviewer.")
	}
	for _, e := range d.Fallback {
		if !isEmail(e) {
			return errs.InvalidField("fallback", "The fallback %q is not an e-mail address.", e)
		}
	}
	for _, r := range d.Stages[0].Reviewers {
		if !slices.Contains(rules, r) && !isEmail(r) {
			return errs.InvalidField("reviewers", "The reviewer %q is not known: use %s or an e-mail.", r, strings.Join(rules, ", "))
		}
	}
	return nil
}

func (d Definition) checkWords() error {
	if !slices.Contains(outcomes, d.Outcome) {
		return errs.InvalidField("outcome", "The outcome %q is not known. Known: %s.", d.Outcome, strings.Join(outcomes, ", "))
	}
	for _, s := range []string{d.Silence.IT, d.Silence.OT, d.Silence.Safety} {
		if !slices.Contains(silences, s) {
			return errs.InvalidField("silence", "Silence %q is not known. Known: %s.", s, strings.Join(silences, ", "))
		}
	}
	for _, p := range []struct{ name, value string }{
		{"fresh_within", d.FreshWithin}, {"carry_forward", d.CarryForward}, {"escalate_after", d.EscalateAfter},
	} {
		if _, err := parseDays(p.value); err != nil {
			return errs.InvalidField(p.name, "%s is %q: write a number of days, such as 7d.", p.name, p.value)
		}
	}
	return nil
}

// parseDays reads "7d"; the empty string is none.
func parseDays(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(strings.TrimSuffix(s, "d"))
	if err != nil || !strings.HasSuffix(s, "d") || n < 1 || n > 3660 {
		return 0, errors.New("not a number of days")
	}
	return n, nil
}

func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= 254
}
