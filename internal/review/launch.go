package review

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/access"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

func about(campaign int64) store.Object {
	return store.Object{Kind: "campaign", ID: campaign, Campaign: campaign}
}

// Launched says what a launch made.
type Launched struct {
	Campaign      int64    `json:"campaign"`
	State         State    `json:"state"`
	Items         int64    `json:"items"`
	Reviewers     int64    `json:"reviewers"`
	FallbackItems int64    `json:"fallback_items"`
	Seconds       float64  `json:"seconds"`
	Warnings      []string `json:"warnings"`
}

// Launch freezes everything in scope as items of a draft campaign, gives each a
// reviewer and tells the reviewers by mail, in one transaction.
func (s *Service) Launch(ctx context.Context, campaign int64, o ...LaunchOption) (Launched, error) {
	return s.launching(ctx, func(ctx context.Context, tx *store.Tx) (Launched, error) { return s.launch(ctx, tx, campaign, o) })
}

// DraftAndLaunch drafts a campaign and launches it in the same transaction: when
// the launch is refused, or the program dies, there is no campaign.
func (s *Service) DraftAndLaunch(ctx context.Context, text string, o ...LaunchOption) (Launched, error) {
	d, err := s.ready(text)
	if err != nil {
		return Launched{}, err
	}
	return s.launching(ctx, func(ctx context.Context, tx *store.Tx) (Launched, error) {
		id, err := draft(ctx, tx, d, text)
		if err != nil {
			return Launched{}, err
		}
		return s.launch(ctx, tx, id, o)
	})
}

func (s *Service) launching(ctx context.Context, do func(context.Context, *store.Tx) (Launched, error)) (Launched, error) {
	ctx, cancel := context.WithTimeout(ctx, working)
	defer cancel()
	begun := time.Now() //nolint:forbidigo // measures duration, decides nothing
	var made Launched
	err := s.db.Write(ctx, "campaign:run", func(tx *store.Tx) (err error) {
		made, err = do(ctx, tx)
		return err
	})
	made.Seconds = time.Since(begun).Seconds()
	return made, err
}

func (s *Service) launch(ctx context.Context, tx *store.Tx, campaign int64, o []LaunchOption) (Launched, error) {
	made := Launched{Campaign: campaign, State: Active}
	c, err := tx.ReviewCampaignForUpdate(ctx, campaign)
	if err != nil {
		return made, err
	}
	asked := c.State == string(Launching) // and looked at when it was
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
	if !asked {
		if err := alone(ctx, tx, d.Name, campaign, o); err != nil {
			return made, err
		}
	}
	if err := d.mayLaunch(ctx, tx); err != nil {
		return made, err
	}
	if made.Warnings, err = d.warnings(ctx, tx); err != nil {
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

// mayLaunch refuses a launch that could not stand: people who are gone, sources too old.
func (d Definition) mayLaunch(ctx context.Context, tx *store.Tx) error {
	gone, err := tx.ReviewGonePeople(ctx, d.People())
	if err != nil {
		return err
	}
	switch len(gone) {
	case 0:
	case 1:
		return errs.Conflictf("%s is no longer active in the inventory: name another person in the definition.", gone[0])
	default:
		return errs.Conflictf("%s are no longer active in the inventory: name others in the definition.", strings.Join(gone, ", "))
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
