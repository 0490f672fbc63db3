package exception

import (
	"context"
	"slices"
	"strings"
	"time"

	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Limits is how long an exception of each band may last.
type Limits map[Band]time.Duration

func limits(ctx context.Context, tx *store.Tx) (Limits, error) {
	rows, err := tx.ExceptionBands(ctx)
	of := Limits{}
	for _, r := range rows {
		of[Band(r.Band)] = time.Duration(r.MaxDays) * day
	}
	return of, err
}

// Limits reads how long an exception of each band may last.
func (s *Service) Limits(ctx context.Context) (l Limits, err error) {
	err = s.db.Read(ctx, "exception:read", func(tx *store.Tx) error {
		l, err = limits(ctx, tx)
		return err
	})
	return l, err
}

// Days is how many days an exception of a band may last.
func (l Limits) Days(b Band) int { return int(l[b] / day) }

// Requirement is something that assets at a level have to be able to do.
type Requirement struct {
	Level      string // as 3.5
	Capability string
}

// Officer is a risk officer and how high they may approve.
type Officer = sqlc.ExceptionOfficersRow

// Rules is what the register goes by.
type Rules struct {
	Requirements []Requirement
	Limits       Limits
	Officers     []Officer
	Gaps         int64 // what assets cannot do of it today
}

// Rules reads them.
func (s *Service) Rules(ctx context.Context) (r Rules, err error) {
	err = s.db.Read(ctx, "exception:read", func(tx *store.Tx) error {
		if r.Requirements, err = requirements(ctx, tx); err != nil {
			return err
		}
		if r.Limits, err = limits(ctx, tx); err != nil {
			return err
		}
		if r.Officers, err = tx.ExceptionOfficers(ctx); err != nil {
			return err
		}
		r.Gaps, err = tx.ExceptionGapCount(ctx)
		return err
	})
	return r, err
}

func requirements(ctx context.Context, tx *store.Tx) ([]Requirement, error) {
	rows, err := tx.ExceptionRequirements(ctx)
	list := make([]Requirement, len(rows))
	for i, r := range rows {
		list[i] = Requirement{strings.TrimSuffix(r.Level, ".0"), r.Capability}
	}
	return list, err
}

// Levels are the Purdue levels of requirements, upwards.
func Levels() []string { return []string{"0", "1", "2", "3", "3.5", "4", "5"} }

// Require sets what the levels ask for, and returns how many gaps there were and
// are: what an asset is no longer asked for needs no exception, and what it is newly
// asked for and cannot do is uncovered from now on.
func (s *Service) Require(ctx context.Context, want []Requirement) (before, after int64, err error) {
	known := Capabilities()
	for _, w := range want {
		if !slices.Contains(Levels(), w.Level) || !slices.ContainsFunc(known, func(c Capability) bool { return c.Name == w.Capability }) {
			return 0, 0, errs.Invalidf("%s at level %s is not known. Load the page again.", w.Capability, w.Level)
		}
	}
	err = s.db.Write(ctx, "exception:rule", func(tx *store.Tx) error {
		now, err := requirements(ctx, tx)
		if err != nil {
			return err
		}
		added, dropped := less(want, now), less(now, want)
		if len(added)+len(dropped) == 0 {
			return store.ErrNothing
		}
		if before, err = tx.ExceptionGapCount(ctx); err != nil {
			return err
		}
		levels, capabilities := columns(added)
		if err := tx.ExceptionRequirementsAdd(ctx, sqlc.ExceptionRequirementsAddParams{Levels: levels, Capabilities: capabilities}); err != nil {
			return err
		}
		levels, capabilities = columns(dropped)
		if err := tx.ExceptionRequirementsDrop(ctx, sqlc.ExceptionRequirementsDropParams{Levels: levels, Capabilities: capabilities}); err != nil {
			return err
		}
		if after, err = tx.ExceptionGapCount(ctx); err != nil {
			return err
		}
		tx.Record("exception.requirements_changed", store.Object{Kind: "exceptions", ID: "rules"},
			map[string]any{"added": spoken(added), "dropped": spoken(dropped), "gaps": []int64{before, after}})
		return nil
	})
	return before, after, err
}

// less is what a has and b has not.
func less(a, b []Requirement) (list []Requirement) {
	for _, r := range a {
		if !slices.Contains(b, r) {
			list = append(list, r)
		}
	}
	return list
}

func columns(list []Requirement) (levels, capabilities []string) {
	for _, r := range list {
		levels, capabilities = append(levels, r.Level), append(capabilities, r.Capability)
	}
	return levels, capabilities
}

func spoken(list []Requirement) []string {
	said := make([]string, len(list))
	for i, r := range list {
		said[i] = r.Capability + " at level " + r.Level
	}
	return said
}

// Limit sets how many days an exception of each band may last. What is in force
// keeps its end; more risk never lasts longer.
func (s *Service) Limit(ctx context.Context, days map[Band]int) error {
	last := 366
	for _, b := range Bands() {
		n := days[b]
		if n < 1 || n > 366 {
			return errs.InvalidField(string(b), "An exception lasts 1 to 366 days.")
		}
		if n > last {
			return errs.InvalidField(string(b), "More risk never lasts longer: at most %d days, as the band below.", last)
		}
		last = n
	}
	return s.db.Write(ctx, "exception:rule", func(tx *store.Tx) error {
		now, err := limits(ctx, tx)
		if err != nil {
			return err
		}
		changed := map[string]any{}
		for b, n := range days {
			if now.Days(b) != n {
				changed[string(b)] = []int{now.Days(b), n}
				if err := tx.ExceptionBandSet(ctx, sqlc.ExceptionBandSetParams{Band: string(b), MaxDays: int32(n)}); err != nil { //nolint:gosec // at most 366
					return err
				}
			}
		}
		if len(changed) == 0 {
			return store.ErrNothing
		}
		tx.Record("exception.limits_changed", store.Object{Kind: "exceptions", ID: "rules"}, changed)
		return nil
	})
}

// Raise says how high a risk officer may approve. Nobody says it of themselves.
func (s *Service) Raise(ctx context.Context, email string, to Band) error {
	email = strings.ToLower(strings.TrimSpace(email))
	if to.rank() < 0 {
		return errs.InvalidField("up_to", "Choose up to which band: low, medium, high, critical or beyond.")
	}
	return s.db.Write(ctx, "exception:rule", func(tx *store.Tx) error {
		officers, err := tx.ExceptionOfficers(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(officers, func(o Officer) bool { return o.Email == email })
		switch {
		case i < 0:
			return errs.NotFoundf("%s is no risk officer here.", email)
		case email == tx.Actor.ID():
			return errs.Forbiddenf("Nobody raises their own limit: somebody else does.")
		case officers[i].UpTo == string(to):
			return store.ErrNothing
		}
		tx.Record("exception.approver_changed", store.Object{Kind: "exceptions", ID: "rules"}, map[string]any{"email": email, "up_to": []string{officers[i].UpTo, string(to)}})
		return tx.ExceptionApproverSet(ctx, sqlc.ExceptionApproverSetParams{Email: email, UpTo: string(to), AddedBy: tx.Actor.ID(), AddedAt: tx.Now})
	})
}
