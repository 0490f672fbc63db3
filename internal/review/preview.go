package review

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"interlock/internal/errs"
	"interlock/internal/store"
)

// Preview says what a launch would make. Nothing is written.
type Preview struct {
	Items         int64      `json:"items"`
	Carried       int64      `json:"carried"`
	Reviewers     []Pile     `json:"reviewers"`
	FallbackItems int64      `json:"fallback_items"`
	Without       int64      `json:"without_reviewer"`
	WithoutWho    string     `json:"-"`
	StaleSources  []string   `json:"stale_sources"`
	Gone          []string   `json:"gone,omitempty"` // people named who are no longer active
	Minutes       int        `json:"minutes"`
	Warnings      []string   `json:"warnings"`
	Running       *Running   `json:"running,omitempty"` // of the same definition: a launch needs Again
	NotInForce    []string   `json:"not_in_force,omitempty"`
	Risks         [5]int64   `json:"-"` // by Risk
	Definition    Definition `json:"-"`
}

// Pile is how much would wait for one reviewer.
type Pile struct {
	Email string `json:"email"`
	Name  string `json:"-"` // of the largest ones
	Items int64  `json:"items"`
	High  int64  `json:"-"` // high or critical
	sites sites
}

// Preview reads what the definition would ask of whom.
func (s *Service) Preview(ctx context.Context, text string) (Preview, error) {
	ctx, cancel := context.WithTimeout(ctx, working)
	defer cancel()
	d, err := Parse(text)
	if err != nil {
		return Preview{}, err
	}
	var p Preview
	err = s.db.Read(ctx, "campaign:run", func(tx *store.Tx) error {
		p = Preview{Definition: d, NotInForce: d.NotInForce(), Reviewers: []Pile{}}
		if p.StaleSources, err = d.stale(ctx, tx); err != nil {
			return err
		}
		if p.Gone, err = tx.ReviewGonePeople(ctx, d.People()); err != nil {
			return err
		}
		if p.Warnings, err = d.warnings(ctx, tx); err != nil {
			return err
		}
		if p.Running, err = running(ctx, tx, d.Name, 0); err != nil {
			return err
		}
		return p.read(ctx, tx, d)
	})
	return p, err
}

func (p *Preview) read(ctx context.Context, tx *store.Tx, d Definition) error {
	a, err := d.assign(tx.Now)
	if err != nil {
		return err
	}
	if err := p.count(ctx, tx, a.with(inline(), fmt.Sprintf(pilesSQL, "assigned")), a.args...); err != nil {
		return err
	}
	return p.name(ctx, tx)
}

const pilesSQL = `
select coalesce(a.reviewer, ''), coalesce(a.assigned_by = 'fallback', false), a.risk, count(*), min(a.identity_name),
       coalesce(min(a.site_name), ''), coalesce(max(a.site_name), '')
  from %s a
 group by 1, 2, 3
 order by 1`

// count counts what waits for whom.
func (p *Preview) count(ctx context.Context, tx *store.Tx, sql string, args ...any) error {
	rows, err := tx.Raw().Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	piles := map[string]Pile{}
	var email, subject string
	var fallback bool
	var risk Risk
	var n int64
	var at sites
	_, err = pgx.ForEachRow(rows, []any{&email, &fallback, &risk, &n, &subject, &at.first, &at.last}, func() error {
		p.add(email, fallback, risk, n, subject)
		if email != "" {
			piles[email] = piles[email].with(email, risk, n, at)
		}
		return nil
	})
	p.finish(piles)
	return err
}

func (p Pile) with(email string, risk Risk, n int64, at sites) Pile {
	p.Email = email
	p.Items += n
	p.sites.add(at)
	if risk >= High {
		p.High += n
	}
	return p
}

// Largest is how many of the largest piles are told with names.
const Largest = 10

func (p *Preview) name(ctx context.Context, tx *store.Tx) error {
	top := p.Reviewers[:min(Largest, len(p.Reviewers))]
	emails := make([]string, len(top))
	for i, pile := range top {
		emails[i] = pile.Email
	}
	known, err := names(ctx, tx, emails...)
	for i := range top {
		top[i].Name = known[top[i].Email]
	}
	return err
}

func (p *Preview) add(email string, fallback bool, risk Risk, n int64, subject string) {
	p.Items += n
	p.Risks[risk] += n
	if fallback {
		p.FallbackItems += n
	}
	if email == "" {
		p.Without, p.WithoutWho = p.Without+n, subject
	}
}

func (p *Preview) finish(piles map[string]Pile) {
	p.Reviewers = slices.AppendSeq(p.Reviewers, maps.Values(piles))
	slices.SortFunc(p.Reviewers, func(a, b Pile) int {
		if a.Items != b.Items {
			return int(b.Items - a.Items)
		}
		return strings.Compare(a.Email, b.Email)
	})
	p.Minutes = Minutes(map[Risk]int64{Low: p.Risks[Low], Medium: p.Risks[Medium], High: p.Risks[High], Critical: p.Risks[Critical]})
}

// Orphans refuses a definition that leaves items without a reviewer.
func (p Preview) Orphans() error {
	if p.Without == 0 {
		return nil
	}
	if p.Without == 1 {
		return errs.Conflictf("One item would have no reviewer, the access of %s: the fallback is the subject or gave the grant. Name a second fallback.", p.WithoutWho)
	}
	return errs.Conflictf("%d items would have no reviewer, among them access of %s: the fallback is the subject or gave the grant. Name a second fallback.", p.Without, p.WithoutWho)
}
