package finding

import (
	"context"
	"time"

	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Count is how many findings of a rule are open.
type Count struct {
	Rule         Rule
	Open         int64
	Acknowledged int64 // of the open ones
	Fresh        int64 // opened within a week
	Oldest       time.Time
}

// Numbers is where things stand.
type Numbers struct {
	Counts      []Count   // worst first; only rules with open findings
	EvaluatedAt time.Time // zero before the first evaluation
	Sites       []Site
}

// Site is a plant or office to filter by.
type Site struct {
	ID   int64
	Name string
}

// Excepted is the rule that finds what is wrong and accepted by an exception in
// force: it counts apart from what is open.
const Excepted = "legacy_excepted"

// Of sums up by severity what is not excepted.
func (n Numbers) Of(s Severity) (c Count) {
	for _, x := range n.Counts {
		if x.Rule.Severity == s && x.Rule.ID != Excepted {
			c.Open, c.Acknowledged, c.Fresh = c.Open+x.Open, c.Acknowledged+x.Acknowledged, c.Fresh+x.Fresh
		}
	}
	return c
}

// Open is how many findings of a rule are open.
func (n Numbers) Open(rule string) int64 {
	for _, c := range n.Counts {
		if c.Rule.ID == rule {
			return c.Open
		}
	}
	return 0
}

// Numbers counts the open findings by rule.
func (s *Service) Numbers(ctx context.Context) (n Numbers, err error) {
	err = s.db.Read(ctx, "finding:read", func(tx *store.Tx) error {
		n = Numbers{}
		rows, err := tx.FindingNumbers(ctx, tx.Now)
		if err != nil {
			return err
		}
		for _, r := range rows {
			rule, err := RuleOf(r.Rule)
			if err != nil {
				continue // of a later version of the program; the next evaluation closes it
			}
			n.Counts = append(n.Counts, Count{Rule: rule, Open: r.Open, Acknowledged: r.Acknowledged, Fresh: r.Fresh, Oldest: r.Oldest})
		}
		sites, err := tx.FindingSites(ctx)
		if err != nil {
			return err
		}
		for _, x := range sites {
			n.Sites = append(n.Sites, Site(x))
		}
		latest, err := tx.FindingLatest(ctx)
		if latest.EvaluatedAt.Unix() > 0 {
			n.EvaluatedAt = latest.EvaluatedAt
		}
		return err
	})
	return n, err
}

// Stand is how a rule stood when all was last looked at.
type Stand struct {
	Rule         Rule
	Open         int64
	Acknowledged int64 // of the open ones, now
	Compared     bool  // there was a look a week ago
	More         int64 // than then
}

// Standing is where things stood when all was last looked at, worst first, as that
// look counted them: it costs the same however many findings there are.
func (s *Service) Standing(ctx context.Context) (list []Stand, err error) {
	err = s.db.Read(ctx, "finding:read", func(tx *store.Tx) error {
		list = nil
		rows, err := tx.FindingStanding(ctx, tx.Now)
		for _, r := range rows {
			if rule, err := RuleOf(r.Rule); err == nil {
				list = append(list, Stand{rule, r.Open, r.Acknowledged, r.Compared, r.More})
			}
		}
		return err
	})
	return list, err
}

// Day is what the last look of a day found.
type Day = sqlc.FindingTrendRow

// Trend is what was found on each day of the last quarter of a year on which
// anybody looked; days are those of the zone.
func (s *Service) Trend(ctx context.Context, zone *time.Location) (list []Day, err error) {
	err = s.db.Read(ctx, "finding:read", func(tx *store.Tx) error {
		list, err = tx.FindingTrend(ctx, sqlc.FindingTrendParams{Zone: zone.String(), Now: tx.Now})
		return err
	})
	return list, err
}
