package review

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"interlock/internal/access"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

//go:embed launch.sql
var launchSQL string

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

	definition string
}

// Launch freezes everything in scope as items of a draft campaign, gives each a
// reviewer and tells the reviewers by mail, in one transaction.
func (s *Service) Launch(ctx context.Context, campaign int64, o ...LaunchOption) (Launched, error) {
	return s.launch(ctx, func(ctx context.Context, tx *store.Tx) (Launched, error) { return launch(ctx, tx, campaign, o) })
}

// DraftAndLaunch drafts a campaign and launches it in the same transaction: when
// the launch is refused, or the program dies, there is no campaign.
func (s *Service) DraftAndLaunch(ctx context.Context, text string, o ...LaunchOption) (Launched, error) {
	d, err := s.ready(text)
	if err != nil {
		return Launched{}, err
	}
	return s.launch(ctx, func(ctx context.Context, tx *store.Tx) (Launched, error) {
		id, err := draft(ctx, tx, d, text)
		if err != nil {
			return Launched{}, err
		}
		return launch(ctx, tx, id, o)
	})
}

func (s *Service) launch(ctx context.Context, do func(context.Context, *store.Tx) (Launched, error)) (Launched, error) {
	ctx, cancel := context.WithTimeout(ctx, working)
	defer cancel()
	begun := time.Now() //nolint:forbidigo // measures duration, decides nothing
	var made Launched
	err := s.db.Write(ctx, "campaign:run", func(tx *store.Tx) (err error) {
		made, err = do(ctx, tx)
		return err
	})
	made.Seconds = time.Since(begun).Seconds()
	return made, s.nameTheOrphan(ctx, made.definition, err)
}

// nameTheOrphan says which item would have nobody to review it, when that is why
// the launch was refused.
func (s *Service) nameTheOrphan(ctx context.Context, definition string, err error) error {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || pg.Code != "23502" || pg.TableName != "review_item" {
		return err
	}
	p, readErr := s.Preview(ctx, definition)
	if readErr != nil {
		return readErr
	}
	if p.Without == 0 { // someone was found meanwhile
		return err
	}
	return p.Orphans()
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

func launch(ctx context.Context, tx *store.Tx, campaign int64, o []LaunchOption) (Launched, error) {
	made := Launched{Campaign: campaign, State: Active}
	c, err := tx.ReviewCampaignForUpdate(ctx, campaign)
	if err != nil {
		return made, err
	}
	made.definition = c.Definition
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
	reviewers, err := d.freeze(ctx, tx, &made)
	if err != nil {
		return made, err
	}
	return made, d.open(ctx, tx, c, reviewers, &made)
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

// freeze inserts the items, in one statement however many there are, and tells
// who reviews them.
func (d Definition) freeze(ctx context.Context, tx *store.Tx, made *Launched) ([]string, error) {
	a, err := d.assign(tx.Now)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Raw().Exec(ctx, `set local work_mem = '128MB'`); err != nil {
		return nil, err
	}
	a.args = append(a.args, made.Campaign)
	insert := strings.NewReplacer("{{campaign}}", fmt.Sprintf("$%d::bigint", len(a.args)), "{{second}}", d.second()).Replace(launchSQL)
	rows, err := tx.Raw().Query(ctx, a.sql+insert, a.args...)
	if err != nil {
		return nil, err
	}
	var reviewers []string
	var reviewer string
	var items, fallback int64
	_, err = pgx.ForEachRow(rows, []any{&reviewer, &items, &fallback}, func() error {
		reviewers = append(reviewers, reviewer)
		made.Items, made.FallbackItems = made.Items+items, made.FallbackItems+fallback
		return nil
	})
	if err == nil && made.Items == 0 {
		err = errs.Conflictf("Nothing is in scope, so there is nothing to review: widen the scope %q.", d.Scope)
	}
	return reviewers, err
}

// due is when answers are due: at the end of a working day, 17:00 UTC, whatever
// the hour of the launch.
func (d Definition) due(launch time.Time) time.Time {
	y, m, day := launch.UTC().Date()
	return time.Date(y, m, day+d.Stages[0].Days, 17, 0, 0, 0, time.UTC)
}

// open makes the campaign active and tells its reviewers.
func (d Definition) open(ctx context.Context, tx *store.Tx, c sqlc.ReviewCampaignForUpdateRow, reviewers []string, made *Launched) error {
	err := tx.ReviewReviewersInsert(ctx, sqlc.ReviewReviewersInsertParams{CampaignID: c.ID, Emails: reviewers})
	if err != nil {
		return err
	}
	made.Reviewers = int64(len(reviewers))
	due := d.due(tx.Now)
	err = tx.ReviewCampaignLaunched(ctx, sqlc.ReviewCampaignLaunchedParams{
		ID: c.ID, LaunchedAt: &tx.Now, DueAt: &due, Items: made.Items, FallbackItems: made.FallbackItems,
	})
	if err != nil {
		return err
	}
	tx.Record("campaign.launched", about(c.ID), made)
	return notify(ctx, tx, "opened", c.ID)
}

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
}

const pilesSQL = `
select coalesce(a.reviewer, ''), a.assigned_by = 'fallback', a.risk, count(*), min(a.identity_name)
  from assigned a
 group by 1, 2, 3
 order by 1`

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
	rows, err := tx.Raw().Query(ctx, a.sql+pilesSQL, a.args...)
	if err != nil {
		return err
	}
	piles := map[string]int64{}
	var email, subject string
	var fallback *bool
	var risk int16
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&email, &fallback, &risk, &n, &subject}, func() error {
		p.count(email, fallback != nil && *fallback, Risk(risk), n, subject)
		if email != "" {
			piles[email] += n
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.finish(piles)
	return p.name(ctx, tx)
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

func (p *Preview) count(email string, fallback bool, risk Risk, n int64, subject string) {
	p.Items += n
	p.Risks[risk] += n
	if fallback {
		p.FallbackItems += n
	}
	if email == "" {
		p.Without, p.WithoutWho = p.Without+n, subject
	}
}

func (p *Preview) finish(piles map[string]int64) {
	for email, n := range piles {
		p.Reviewers = append(p.Reviewers, Pile{Email: email, Items: n})
	}
	slices.SortFunc(p.Reviewers, func(a, b Pile) int {
		if a.Items != b.Items {
			return int(b.Items - a.Items)
		}
		return strings.Compare(a.Email, b.Email)
	})
	p.Minutes = Minutes(map[Risk]int64{Low: p.Risks[Low], Medium: p.Risks[Medium], High: p.Risks[High], Critical: p.Risks[Critical]})
}
