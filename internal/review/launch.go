package review

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/access"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Launched says what a launch made.
type Launched struct {
	Campaign      int64   `json:"campaign"`
	State         State   `json:"state"`
	Items         int64   `json:"items"`
	Reviewers     int64   `json:"reviewers"`
	FallbackItems int64   `json:"fallback_items"`
	Seconds       float64 `json:"seconds"`
}

// Launch freezes everything in scope as items of a draft campaign, gives each a
// reviewer and tells the reviewers by mail, in one transaction.
func (s *Service) Launch(ctx context.Context, campaign int64) (Launched, error) {
	ctx, cancel := context.WithTimeout(ctx, working)
	defer cancel()
	begun := time.Now() //nolint:forbidigo // measures duration, decides nothing
	var made Launched
	err := s.db.Write(ctx, "campaign:run", func(tx *store.Tx) (err error) {
		made, err = s.launch(ctx, tx, campaign)
		return err
	})
	made.Seconds = time.Since(begun).Seconds()
	return made, err
}

func (s *Service) launch(ctx context.Context, tx *store.Tx, campaign int64) (Launched, error) {
	made := Launched{Campaign: campaign, State: Active}
	c, err := tx.ReviewCampaignForUpdate(ctx, campaign)
	if err != nil {
		return made, err
	}
	if c.State == string(Draft) {
		c.State = string(Launching)
	}
	if _, err := next(State(c.State), launched); err != nil {
		return made, err
	}
	d, err := Parse(c.Definition)
	if err != nil {
		return made, err
	}
	if err := d.ready(ctx, tx); err != nil {
		return made, err
	}
	a, err := d.assign(tx.Now)
	if err != nil {
		return made, err
	}
	all, err := freezer{tx: tx, campaign: campaign, apart: s.apart}.freeze(ctx, a, d.frozen(campaign))
	if err != nil {
		return made, err
	}
	if all.Items == 0 {
		return made, errs.Conflictf("Nothing is in scope, so there is nothing to review: widen the scope %q.", d.Scope)
	}
	made.Items, made.FallbackItems, made.Reviewers = all.Items, all.FallbackItems, int64(len(all.Reviewers))
	return made, d.open(ctx, tx, c, all.Reviewers, &made)
}

// ready refuses a launch that could not stand: people who are gone, sources too old.
func (d Definition) ready(ctx context.Context, tx *store.Tx) error {
	gone, err := tx.ReviewGonePeople(ctx, d.People())
	if err != nil {
		return err
	}
	if len(gone) > 0 {
		return errs.Conflictf("%s is no longer active in the inventory: name another person in the definition.", strings.Join(gone, ", "))
	}
	stale, err := d.stale(ctx, tx)
	if err != nil {
		return err
	}
	if len(stale) > 0 {
		return errs.Conflictf("The import of %s is older than %s: import it again, or raise fresh_within.", strings.Join(stale, ", "), d.FreshWithin)
	}
	return nil
}

// stale names the sources that what is in scope comes from and whose import is
// too old.
func (d Definition) stale(ctx context.Context, tx *store.Tx) ([]string, error) {
	if d.Fresh() == 0 {
		return []string{}, nil
	}
	rows, err := tx.ReviewStaleSources(ctx, tx.Now.Add(-d.Fresh()))
	if err != nil || len(rows) == 0 {
		return []string{}, err
	}
	names := make([]string, 0, len(rows))
	for _, r := range rows {
		names = append(names, r.Name)
	}
	scope, err := access.Compile(d.Scope, tx.Now)
	if err != nil {
		return nil, err
	}
	inScope, err := tx.Raw().Query(ctx, `
select s.name
  from source s
 where s.name = any ($1)
   and exists (select from access_fact f where s.name in (f.grant_source, f.identity_source, f.asset_source) and (`+scope.Number(2)+`))
 order by s.name`, append([]any{names}, scope.Args...)...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(inScope, pgx.RowTo[string])
}

// due is when answers are due: at the end of a working day, 17:00 UTC, whatever
// the hour of the launch.
func (d Definition) due(launch time.Time) time.Time {
	y, m, day := launch.UTC().Date()
	return time.Date(y, m, day+d.Stages[0].Days, 17, 0, 0, 0, time.UTC)
}

// open makes the campaign active and tells its reviewers.
func (d Definition) open(ctx context.Context, tx *store.Tx, c sqlc.ReviewCampaignForUpdateRow, piles []Pile, made *Launched) error {
	emails := make([]string, len(piles))
	for i, p := range piles {
		emails[i] = p.Email
	}
	reviewers, err := tx.ReviewReviewersInsert(ctx, sqlc.ReviewReviewersInsertParams{CampaignID: c.ID, Emails: emails})
	if err != nil {
		return err
	}
	due := d.due(tx.Now)
	err = tx.ReviewCampaignLaunched(ctx, sqlc.ReviewCampaignLaunchedParams{
		ID: c.ID, LaunchedAt: &tx.Now, DueAt: &due, Items: made.Items, FallbackItems: made.FallbackItems,
	})
	if err != nil {
		return err
	}
	tx.Record("campaign.launched", about(c.ID), made)
	return tell(ctx, tx, "opened", atOnce(c, due, reviewers, piles))
}

// DraftAndLaunch drafts a campaign and launches it; when the launch is refused,
// there is no campaign.
func (s *Service) DraftAndLaunch(ctx context.Context, text string) (Launched, error) {
	id, err := s.Draft(ctx, text)
	if err != nil {
		return Launched{}, err
	}
	made, err := s.Launch(ctx, id)
	if err != nil {
		return made, errors.Join(err, s.Cancel(context.WithoutCancel(ctx), id))
	}
	return made, nil
}
