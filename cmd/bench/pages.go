package main

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/access/reach"
	"interlock/internal/asset"
	"interlock/internal/audit"
	"interlock/internal/exception"
	"interlock/internal/finding"
	"interlock/internal/identity"
	"interlock/internal/intake"
	"interlock/internal/job"
	"interlock/internal/login"
	"interlock/internal/mail"
	"interlock/internal/remediation"
	"interlock/internal/review"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
	"interlock/web"
)

// requests is how many pages a round asks for.
const requests = 500

const password = "a long word for the bench 1867"

// reviewer is who opens the page: a head with a hundredth of all items.
var reviewer = email(1)

func (b *bench) pages(ctx context.Context) error {
	if err := b.ensureCampaign(ctx); err != nil {
		return err
	}
	return b.with(ctx, campaign, func(db *store.DB) error {
		if err := addReviewer(ctx, db); err != nil {
			return err
		}
		site, err := signedIn(b.site(db), reviewer)
		if err != nil {
			return err
		}
		return b.conn(ctx, campaign, func(c *pgx.Conn) error { return b.comparePages(ctx, site, c) })
	})
}

func addReviewer(ctx context.Context, db *store.DB) error {
	_, err := login.New(db).AddUser(ctx, reviewer, "Head One", "member", "", password)
	return err
}

// site is the web application over this database, as serve builds it.
func (b *bench) site(db *store.DB) http.Handler {
	return web.New(web.Services{
		Login: login.New(db), Sessions: login.NewSessions(db), Review: review.New(db), Remediation: remediation.New(db), Identity: identity.New(db), Asset: asset.New(db),
		Intake: intake.New(db), Jobs: job.New(db), Mail: mail.New(db, mail.Settings{}), Audit: audit.New(db), Reach: reach.New(db), Exception: exception.New(db), Finding: finding.New(db),
	}, web.Settings{
		Org: "Bench", Version: "bench", Zone: time.UTC, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})), Now: time.Now, Ready: db.Pool().Ping,
	})
}

// signedIn signs in and returns what loads a page, and how long that took.
func signedIn(h http.Handler, email string) (func(path string) (time.Duration, error), error) {
	form := url.Values{"email": {email}, "password": {password}}
	r := httptest.NewRequest(http.MethodPost, "/login", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	cookies := w.Result().Cookies()
	if w.Code != http.StatusSeeOther || len(cookies) == 0 {
		return nil, fmt.Errorf("signing in answered %d: %s", w.Code, w.Body)
	}
	return func(path string) (time.Duration, error) {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.AddCookie(cookies[0])
		w := httptest.NewRecorder()
		begun := time.Now()
		h.ServeHTTP(w, r)
		took := time.Since(begun)
		if w.Code != http.StatusOK {
			return 0, fmt.Errorf("%s answered %d", path, w.Code)
		}
		return took, nil
	}, nil
}

// comparePages takes pages and the bare queries by turns.
func (b *bench) comparePages(ctx context.Context, site func(string) (time.Duration, error), c *pgx.Conn) error {
	path := fmt.Sprintf("/reviews/%d", campaignID)
	var figure, floor []time.Duration
	for range rounds {
		var pages, bare []time.Duration
		for range requests {
			took, err := site(path)
			if err != nil {
				return err
			}
			pages = append(pages, took)
			begun := time.Now()
			if err := bareQueries(ctx, c); err != nil {
				return err
			}
			bare = append(bare, time.Since(begun))
		}
		b.say("  medians: %v against %v", median(pages), median(bare))
		figure, floor = append(figure, p99(pages)), append(floor, p99(bare))
	}
	b.within(fmt.Sprintf("first page of a reviewer with %d items, p99 of %d", b.rows/100, requests), figure, floor, 2)
	l := &b.table[len(b.table)-1]
	l.aim += " and under 50 ms"
	l.ok = l.ok && median(figure) < 50*time.Millisecond
	return nil
}

// bareQueries are the statements that the page's use cases run, alone: one
// connection, one read-only transaction, nothing made of the rows.
func bareQueries(ctx context.Context, c *pgx.Conn) error {
	tx, err := c.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return err
	}
	q, now := sqlc.New(tx), time.Now()
	_, _ = q.LoginSessionFind(ctx, sqlc.LoginSessionFindParams{TokenHash: make([]byte, 32), Now: now, IdleSince: now}) // no row: the cookie's hash is not known here
	if _, err := q.LoginActor(ctx, 1); err != nil {
		return err
	}
	if err := bareSheet(ctx, q, now); err != nil {
		return err
	}
	if _, err := q.ReviewWaiting(ctx, reviewer); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

func bareSheet(ctx context.Context, q *sqlc.Queries, now time.Time) error {
	const id = campaignID
	if _, err := q.ReviewSheetHead(ctx, sqlc.ReviewSheetHeadParams{ID: id, Reviewer: reviewer}); err != nil {
		return err
	}
	if _, err := q.ReviewSheetCounts(ctx, sqlc.ReviewSheetCountsParams{CampaignID: id, Reviewer: reviewer}); err != nil {
		return err
	}
	list := func(lowest, highest int16, entitlement int64, page int32) ([]sqlc.ReviewSheetOpenRow, error) {
		return q.ReviewSheetOpen(ctx, sqlc.ReviewSheetOpenParams{
			CampaignID: id, Reviewer: reviewer, Lowest: lowest, Highest: highest, Entitlement: entitlement, AfterRisk: 5, Page: page,
		})
	}
	one, err := list(3, 4, 0, 26)
	if err != nil {
		return err
	}
	if _, err := list(2, 2, 0, 26); err != nil {
		return err
	}
	groups, err := q.ReviewSheetGroups(ctx, sqlc.ReviewSheetGroupsParams{CampaignID: id, Reviewer: reviewer, Recently: now.AddDate(0, 0, -30), Page: 7})
	if err != nil {
		return err
	}
	if len(groups) > 0 {
		if _, err := list(1, 1, groups[0].EntitlementID, 13); err != nil {
			return err
		}
	}
	if _, err := q.ReviewSheetDecided(ctx, sqlc.ReviewSheetDecidedParams{CampaignID: id, Reviewer: reviewer, Before: math.MaxInt64, Page: 9}); err != nil {
		return err
	}
	if len(one) == 0 {
		return nil
	}
	item, err := q.ReviewItemCase(ctx, sqlc.ReviewItemCaseParams{CampaignID: id, ID: one[0].ID, Reviewer: reviewer})
	if err != nil || item.Privilege == nil {
		return err
	}
	_, err = q.ReviewLowerEntitlements(ctx, sqlc.ReviewLowerEntitlementsParams{AssetID: item.AssetID, ID: item.EntitlementID, Privilege: *item.Privilege})
	return err
}
