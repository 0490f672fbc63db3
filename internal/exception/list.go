package exception

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/access"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Row is an entry of the register.
type Row struct {
	ID            int64
	AssetID       int64
	AssetName     string
	Capability    string
	Level         *float64
	Domain        *string
	ZoneName      *string
	SiteName      *string
	SafetyRelated bool
	RiskOwner     string
	RiskOwnerName string
	ValidTo       *time.Time
	Since         time.Time // how long its asset has really been one
	Renewals      int64
	Likelihood    int16
	Consequence   int16
	Residual      int16
	NowState      string
	LatestState   string // of what was asked for last
	LatestBy      string
	Controls      int64
	Failed        int64
	Overdue       int64
	Untested      int64
	DriftedSince  *time.Time
	Key           float64 // by which the list is sorted
}

// Gap is what an asset cannot do and no exception covers.
type Gap = sqlc.ExceptionUncoveredRow

// Leaning is a grant on the asset of an exception.
type Leaning = sqlc.ExceptionLeaningRow

// Filter selects and orders entries; zero fields select all, the riskiest first.
type Filter struct {
	State       string     `json:",omitempty"` // a State, or live, waiting, drifting, ending, in_force
	Capability  string     `json:",omitempty"`
	Site        int64      `json:",omitempty"`
	Asset       int64      `json:",omitempty"`
	Likelihood  int16      `json:",omitempty"` // with Consequence: a cell of the matrix
	Consequence int16      `json:",omitempty"`
	Month       *time.Time `json:",omitempty"` // what ends in it; its first moment
	Where       string     `json:",omitempty"` // CEL
	Sort        string     `json:",omitempty"` // one of Sorts
	IDs         []int64    `json:",omitempty"`
	After       *Cursor    `json:"-"`
	Page        int32      `json:"-"`
}

// Cursor is the last entry of a page.
type Cursor struct {
	Key float64
	ID  int64
}

// sorts are what the list can be ordered by: the riskiest first, the longest an
// exception first, the first to end first, the longest adrift first.
var sorts = map[string]string{
	"risk": "-x.residual", "age": "extract(epoch from x.since)", "ends": "extract(epoch from coalesce(x.valid_to, '9999-01-01'))",
	"drift": "extract(epoch from coalesce(x.drifted_since, '9999-01-01'))",
}

// Sorts are the names that Filter.Sort knows; the first is the usual one.
func Sorts() []string { return []string{"risk", "age", "ends", "drift"} }

//go:embed list.sql
var listSQL string

// List returns a page of the register.
func (s *Service) List(ctx context.Context, f Filter) (rows []Row, err error) {
	err = s.db.Read(ctx, "exception:read", func(tx *store.Tx) error {
		w, sort, err := f.where(tx.Now)
		if err != nil {
			return err
		}
		sql := strings.NewReplacer("{{where}}", w.SQL(), "{{sort}}", sort).Replace(listSQL) + "limit " + w.Bind(f.Page)
		found, err := tx.Raw().Query(ctx, sql, w.Args...)
		if err != nil {
			return err
		}
		rows, err = pgx.CollectRows(found, pgx.RowToStructByName[Row])
		return err
	})
	return rows, err
}

func (f Filter) where(now time.Time) (w *store.Where, sort string, err error) {
	w = &store.Where{Args: []any{now}}
	sort, ok := sorts[cmp.Or(f.Sort, "risk")]
	if !ok {
		return nil, "", errs.InvalidField("sort", "The register is sorted by %s, not %q.", strings.Join(Sorts(), ", "), f.Sort)
	}
	f.about(w)
	f.standing(w)
	if f.Where != "" {
		if err := access.AddToRegister(w, f.Where, now); err != nil {
			return nil, "", err
		}
	}
	if f.After != nil {
		key, id := w.Bind(f.After.Key), w.Bind(f.After.ID)
		w.Add(fmt.Sprintf("((%s)::float8 > %s or (%[1]s)::float8 = %[2]s and x.id < %[3]s)", sort, key, id))
	}
	return w, sort, nil
}

func (f Filter) about(w *store.Where) {
	if f.Capability != "" {
		w.Add("x.capability = ?", f.Capability)
	}
	if f.Site != 0 {
		w.Add("x.site_id = ?", f.Site)
	}
	if f.Asset != 0 {
		w.Add("x.asset_id = ?", f.Asset)
	}
	if f.Likelihood != 0 {
		w.Add("x.likelihood = ?", f.Likelihood)
		w.Add("x.consequence = ?", f.Consequence)
	}
	if f.Month != nil {
		w.Add("x.valid_to >= ?", *f.Month)
		w.Add("x.valid_to < ?", f.Month.AddDate(0, 1, 0))
		w.Add("x.now_state not in ('revoked', 'closed')")
	}
	if f.IDs != nil {
		w.Add("x.id = any (?)", f.IDs)
	}
}

// standing selects by how an entry stands.
func (f Filter) standing(w *store.Where) {
	switch f.State {
	case "":
	case "live": // asked for, in force or expired lately
		w.Add("(x.now_state in ('draft', 'submitted', 'changes_requested', 'approved', 'active', 'suspended') or (x.now_state = 'expired' and x.valid_to > $1::timestamptz - interval '90 days'))")
	case "waiting":
		w.Add("x.latest_state = 'submitted'")
	case "drifting":
		w.Add("x.now_state in ('active', 'suspended') and x.failed + x.overdue > 0")
	case "ending":
		w.Add("x.now_state in ('active', 'suspended') and x.valid_to <= $1::timestamptz + interval '30 days'")
	case "in_force":
		w.Add("x.now_state = 'active'")
	default:
		w.Add("x.now_state = ?", f.State)
	}
}

// GapFilter selects gaps; zero fields select all.
type GapFilter struct {
	Capability      string
	Site            int64
	Asset           int64
	AfterAsset      int64
	AfterCapability string
	Page            int32
}

// Uncovered returns a page of the gaps that no exception in force covers.
func (s *Service) Uncovered(ctx context.Context, f GapFilter) (rows []Gap, err error) {
	err = s.db.Read(ctx, "exception:read", func(tx *store.Tx) error {
		rows, err = tx.ExceptionUncovered(ctx, sqlc.ExceptionUncoveredParams{
			Now: tx.Now, Grace: Grace.Seconds(), Capability: f.Capability, Site: f.Site, Asset: f.Asset, AfterAsset: f.AfterAsset, AfterCapability: f.AfterCapability, Page: f.Page,
		})
		return err
	})
	return rows, err
}

// Overview is the register in numbers. Drifting gaps are covered still; Covered
// does not count them.
type Overview struct {
	sqlc.ExceptionNumbersRow
	Cells     []sqlc.ExceptionCellsRow
	Months    []sqlc.ExceptionMonthsRow
	Where     []sqlc.ExceptionWhereRow // by site, then by capability
	Ages      []sqlc.ExceptionAgesRow  // by span: below 90 days, 180, 365, 730, and above
	MedianAge float64                  // in days
}

// Overview reads the numbers, all of one moment.
func (s *Service) Overview(ctx context.Context) (o Overview, err error) {
	err = s.db.Read(ctx, "exception:read", func(tx *store.Tx) error {
		if o.ExceptionNumbersRow, err = tx.ExceptionNumbers(ctx, sqlc.ExceptionNumbersParams{Now: tx.Now, Grace: Grace.Seconds()}); err != nil {
			return err
		}
		if o.Cells, err = tx.ExceptionCells(ctx, tx.Now); err != nil {
			return err
		}
		if o.Months, err = tx.ExceptionMonths(ctx, tx.Now); err != nil {
			return err
		}
		if o.Where, err = tx.ExceptionWhere(ctx, tx.Now); err != nil {
			return err
		}
		if o.Ages, err = tx.ExceptionAges(ctx, tx.Now); err != nil {
			return err
		}
		o.MedianAge, err = tx.ExceptionMedianAge(ctx, tx.Now)
		return err
	})
	return o, err
}

// Covered are assets of a domain that cannot do something, with an exception in force.
type Covered = sqlc.ExceptionCoveredRow

// Covered counts them; an asset and capability have at most one in force.
func (s *Service) Covered(ctx context.Context) (list []Covered, err error) {
	err = s.db.Read(ctx, "exception:read", func(tx *store.Tx) error {
		list, err = tx.ExceptionCovered(ctx, sqlc.ExceptionCoveredParams{Now: tx.Now, Grace: Grace.Seconds()})
		return err
	})
	return list, err
}

// Can tells what the reader may do with an exception, and why not.
type Can struct {
	Edit, Submit, Withdraw, Renew, Answer, End bool
	NoApproval                                 string // why Approve is not possible; "" when it is
}

// can asks the same rules as the moves themselves.
func can(ctx context.Context, tx *store.Tx, e Exception) (c Can, err error) {
	rev := e.Revisions[0]
	h := held{sqlc.ExceptionForUpdateRow{
		ID: e.ID, NowState: e.NowState, ValidFrom: e.ValidFrom, AssetName: e.AssetName, AssetEndedAt: e.AssetEndedAt, Revision: e.Revision,
	}, rev}
	mine, state := rev.RequestedBy == tx.Actor.ID(), State(rev.State)
	c.Edit = mine && (state == Draft || state == ChangesRequested)
	c.Submit = c.Edit
	c.Withdraw = mine && !h.answered()
	_, noRenewal := next(e.State, Renew)
	c.Renew = noRenewal == nil && h.answered()
	c.Answer = state == Submitted && !mine
	_, noEnd := next(e.State, Revoke)
	c.End = noEnd == nil
	if !c.Answer {
		return c, nil
	}
	err = h.approvable(ctx, tx)
	if refusal, ok := errors.AsType[*errs.Error](err); ok {
		c.NoApproval, err = refusal.Message, nil
	}
	return c, err
}
