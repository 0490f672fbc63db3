package finding

import (
	"context"
	"fmt"
	"strings"
	"time"

	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// merge brings the findings of one rule to what it finds now. $1 is the moment,
// $2 the rule, $3 its severity, $4 what it is about.
const merge = `with {shared},
fact as materialized (
  select r.subject_id::bigint, r.part::bigint, r.identity_id::bigint, r.asset_id::bigint, r.note::text
    from ({rule}) r (subject_id, part, identity_id, asset_id, note)
),
gone as (
  update finding f set closed_at = $1
   where f.rule = $2 and f.closed_at is null
     and not exists (select from fact x where x.subject_id = f.subject_id and x.part = f.part)
  returning 1
),
changed as (
  update finding f set severity = $3, identity_id = x.identity_id, asset_id = x.asset_id, note = x.note
    from fact x
   where f.rule = $2 and f.closed_at is null and f.subject_id = x.subject_id and f.part = x.part
     and (f.severity, f.identity_id, f.asset_id, f.note) is distinct from ($3, x.identity_id, x.asset_id, x.note)
  returning 1
),
fresh as (
  insert into finding (rule, severity, about, subject_id, part, identity_id, asset_id, note, opened_at)
  select $2, $3, $4, x.subject_id, x.part, x.identity_id, x.asset_id, x.note, $1
    from fact x
   where not exists (select from finding f where f.rule = $2 and f.closed_at is null and f.subject_id = x.subject_id and f.part = x.part)
  returning 1
)
select (select count(*) from fact), (select count(*) from fresh), (select count(*) from gone), (select count(*) from changed)`

func (r Rule) merge() string {
	return strings.NewReplacer("{shared}", read().shared, "{rule}", r.sql).Replace(merge)
}

// Tally is what one rule found.
type Tally struct {
	Rule     string        `json:"rule"`
	Severity Severity      `json:"severity"`
	Found    int64         `json:"found"`
	Opened   int64         `json:"opened"`
	Closed   int64         `json:"closed"`
	Took     time.Duration `json:"-"`
}

// Evaluation is what all rules found at one moment.
type Evaluation struct {
	ID      int64   `json:"evaluation"`
	Opened  int64   `json:"opened"`
	Closed  int64   `json:"closed"`
	Found   int64   `json:"found"`
	Seconds float64 `json:"seconds"`
	Rules   []Tally `json:"-"`
}

// Step tells how much of total is done, and what is being done.
type Step func(done, total int64, message string)

// Evaluate looks at the whole inventory by every rule.
func (s *Service) Evaluate(ctx context.Context, step Step) (e Evaluation, err error) {
	ctx, cancel := context.WithTimeout(ctx, working)
	defer cancel()
	err = s.db.Write(ctx, "finding:evaluate", func(tx *store.Tx) error {
		e, err = evaluate(ctx, tx, s.db.Now, step)
		return err
	})
	return e, err
}

func evaluate(ctx context.Context, tx *store.Tx, clock func() time.Time, step Step) (e Evaluation, err error) {
	if err := tx.FindingLock(ctx); err != nil {
		return e, fmt.Errorf("wait for another evaluation: %w", err)
	}
	began := clock()
	e = Evaluation{}
	if e.Closed, err = tx.FindingCloseOthers(ctx, sqlc.FindingCloseOthersParams{ClosedAt: &tx.Now, Known: RuleIDs()}); err != nil {
		return e, err
	}
	rules := Rules()
	for i, r := range rules {
		step(int64(i), int64(len(rules)), r.Title)
		t, err := look(ctx, tx, clock, r)
		if err != nil {
			return e, fmt.Errorf("rule %s: %w", r.ID, err)
		}
		e.Found, e.Opened, e.Closed = e.Found+t.Found, e.Opened+t.Opened, e.Closed+t.Closed
		e.Rules = append(e.Rules, t)
	}
	e.Seconds = clock().Sub(began).Seconds()
	return e, e.keep(ctx, tx, clock())
}

// look merges what one rule finds.
func look(ctx context.Context, tx *store.Tx, clock func() time.Time, r Rule) (Tally, error) {
	began := clock()
	t := Tally{Rule: r.ID, Severity: r.Severity}
	var changed int64
	err := tx.Raw().QueryRow(ctx, r.merge(), tx.Now, r.ID, int16(r.Severity), r.About).Scan(&t.Found, &t.Opened, &t.Closed, &changed)
	t.Took = clock().Sub(began)
	return t, err
}

// keep writes the evaluation down.
func (e *Evaluation) keep(ctx context.Context, tx *store.Tx, finished time.Time) (err error) {
	if e.Opened+e.Closed > many {
		if err := tx.FindingRefresh(ctx); err != nil {
			return err
		}
	}
	e.ID, err = tx.FindingEvaluationInsert(ctx, sqlc.FindingEvaluationInsertParams{StartedAt: tx.Now, FinishedAt: finished, Opened: e.Opened, Closed: e.Closed})
	if err != nil {
		return err
	}
	for _, t := range e.Rules {
		err := tx.FindingTallyInsert(ctx, sqlc.FindingTallyInsertParams{
			EvaluationID: e.ID, Rule: t.Rule, Severity: int16(t.Severity), Found: t.Found, Opened: t.Opened, Closed: t.Closed, Milliseconds: t.Took.Milliseconds(),
		})
		if err != nil {
			return err
		}
	}
	tx.Record("finding.evaluated", store.Object{Kind: "finding_evaluation", ID: e.ID}, e)
	return nil
}

// many new and closed findings make the planner's figures stale.
const many = 1000
