package exception

import (
	"context"
	"errors"
	"math"
	"time"

	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Row is an entry of the register.
type Row = sqlc.ExceptionListRow

// Gap is what an asset cannot do and no exception covers.
type Gap = sqlc.ExceptionUncoveredRow

// Leaning is a grant on the asset of an exception.
type Leaning = sqlc.ExceptionLeaningRow

// Filter selects entries; zero fields select all.
type Filter struct {
	State       string // a State, or live, waiting, drifting, ending, in_force
	Capability  string
	Site        int64
	Asset       int64
	Likelihood  int16 // with Consequence: a cell of the matrix
	Consequence int16
	Month       *time.Time // what ends in it; its first moment
	After       *Cursor
	Page        int32
}

// Cursor is the last entry of a page.
type Cursor struct {
	Residual int16
	ID       int64
}

// List returns a page of the register, the riskiest first.
func (s *Service) List(ctx context.Context, f Filter) (rows []Row, err error) {
	after := Cursor{math.MaxInt16, 0}
	if f.After != nil {
		after = *f.After
	}
	err = s.db.Read(ctx, "exception:read", func(tx *store.Tx) error {
		rows, err = tx.ExceptionList(ctx, sqlc.ExceptionListParams{
			Now: tx.Now, Grace: Grace.Seconds(), State: f.State, Capability: f.Capability, Site: f.Site, Asset: f.Asset, Likelihood: f.Likelihood, Consequence: f.Consequence,
			Month: f.Month, AfterResidual: after.Residual, AfterID: after.ID, Page: f.Page,
		})
		return err
	})
	return rows, err
}

// GapFilter selects gaps; zero fields select all.
type GapFilter struct {
	Capability      string
	Asset           int64
	AfterAsset      int64
	AfterCapability string
	Page            int32
}

// Uncovered returns a page of the gaps that no exception in force covers.
func (s *Service) Uncovered(ctx context.Context, f GapFilter) (rows []Gap, err error) {
	err = s.db.Read(ctx, "exception:read", func(tx *store.Tx) error {
		rows, err = tx.ExceptionUncovered(ctx, sqlc.ExceptionUncoveredParams{
			Now: tx.Now, Grace: Grace.Seconds(), Capability: f.Capability, Asset: f.Asset, AfterAsset: f.AfterAsset, AfterCapability: f.AfterCapability, Page: f.Page,
		})
		return err
	})
	return rows, err
}

// Overview is the register in numbers. Drifting gaps are covered still; Covered
// does not count them.
type Overview struct {
	sqlc.ExceptionNumbersRow
	Cells  []sqlc.ExceptionCellsRow
	Months []sqlc.ExceptionMonthsRow
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
		o.Months, err = tx.ExceptionMonths(ctx, tx.Now)
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
