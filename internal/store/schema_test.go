package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"interlock/internal/apptest"
	"interlock/internal/store"
)

// base is a row of everything. Ids are known: every first row is number 1.
const base = `
insert into source (name, created_at) values ('hr', now());
insert into site (source_id, external_id, name, seen_from) values (1, 'gent', 'Gent', '2026-01-01');
insert into zone (source_id, external_id, name, level, domain, seen_from) values (1, 'z', 'Z', 2, 'ot', '2026-01-01');
insert into conduit (source_id, external_id, from_zone_id, to_zone_id, kind, seen_from) values (1, 'c', 1, 1, 'vpn', '2026-01-01');
insert into identity (source_id, external_id, name, kind, email, status, seen_from) values (1, 'ann', 'Ann', 'person', 'ann@x.example', 'active', '2026-01-01');
insert into asset (source_id, external_id, name, seen_from) values (1, 'a', 'A', '2026-01-01');
insert into entitlement (source_id, external_id, name, asset_id, seen_from) values (1, 'e', 'E', 1, '2026-01-01');
insert into implication (source_id, entitlement_id, implied_id, seen_from) values (1, 1, 1, '2026-01-01');
insert into access_grant (source_id, identity_id, entitlement_id, seen_from) values (1, 1, 1, '2026-01-01');
insert into credential (source_id, external_id, identity_id, kind, stored_on_id, seen_from) values (1, 'k', 1, 'password', 1, '2026-01-01');
insert into holder (source_id, identity_id, person_id, seen_from) values (1, 1, 1, '2026-01-01');
insert into access_session (source_id, external_id, identity_id, asset_id, seen_from) values (1, 's', 1, 1, '2026-01-01');
insert into reach (identity_id, assets, safety, crossing, levels, changed_at) values (1, 0, 0, 0, '{0,0,0,0,0,0,0,0}', now());
insert into reach_asset (asset_id, identities, acting) values (1, 1, 1);
insert into audit_event (at, actor, action, object, detail) values (now(), 'ann', 'test.done', 'test:1', '{}');
insert into audit_leaf (seq, event_id, hash) values (0, 1, '');
insert into audit_hash (index, hash) values (0, '');
insert into audit_checkpoint (size, root, note, at) values (1, '', '', now());
insert into audit_key (verifier, first_used) values ('k', now());
insert into account (email, name, created_at) values ('ann@x.example', 'Ann', now()), ('ben@x.example', 'Ben', now());
insert into account_role (account_id, role, granted_at, granted_by) values (1, 'admin', now(), 'root');
insert into login_token (hash, account_id, expires_at) values (sha256('a'), 1, now());
insert into mail_message (recipient, subject, template, data, created_at) values ('ann@x.example', 's', 'review_opened', '{}', now());
insert into job_progress (kind, title, object, created_by, created_at, updated_at) values ('k', 't', 'o:1', 'ann', now(), now());
insert into review_definition (name, revision, text, created_by, created_at) values ('r', 1, '', 'ann', now());
insert into review_campaign (definition_id, title, state, created_by, created_at, launched_at, due_at) values (1, 'R', 'active', 'ann', now(), now(), now()), (1, 'R', 'active', 'ann', now(), now(), now());
insert into review_reviewer (campaign_id, reviewer) values (1, 'boss@x.example'), (2, 'boss@x.example');
insert into review_reviewer (campaign_id, reviewer, signed_at, statement) values (1, 'signed@x.example', now(), 's');
insert into review_item (campaign_id, grant_id, identity_id, identity_key, identity_name, identity_kind, identity_email, identity_status,
  entitlement_id, entitlement_key, entitlement_name, asset_id, asset_key, asset_name, safety_related, crosses, grantor_email, seen_from, consequence, risk, recommendation, reasons, assigned_by, reviewer)
select c, 1, 1, 'ann', 'Ann', 'person', 'ann@x.example', 'active', 1, 'e', 'E', 1, 'a', 'A', false, false, 'giver@x.example', now(), 'it', r, 'certify', '{}', 'manager', 'boss@x.example'
  from (values (1, 1), (1, 3), (2, 1)) v (c, r);
insert into review_decision (item_id, campaign_id, decision, decided_by, decided_at, recommendation, shown) values (1, 1, 'revoke', 'boss@x.example', now(), 'certify', 'item');
update review_item set decision = null, decision_id = null, decided_at = null; -- taken back, and open again
insert into remediation (item_id, campaign_id, grant_id, work, opened_at) values (1, 1, 1, 'remove', now());
`

// persons are joined, own and are offered to own.
const persons = `
insert into identity (source_id, external_id, name, kind, email, status, seen_from) values
  (1, 'ann2', 'Ann', 'person', 'ann2@x.example', 'active', '2026-01-01'), (1, 'new', 'New', 'person', 'new@x.example', 'active', '2026-01-01'), (1, 'svc', 'Svc', 'service', null, 'active', '2026-01-01'),
  (1, 'gone', 'Gone', 'person', 'gone@x.example', 'left', '2026-01-01'), (1, 'new2', 'New', 'person', 'giver2@x.example', 'active', '2026-01-01');
insert into identity_join (identity_id, other_id, rule, evidence, joined_at, joined_by, reason) values (1, 2, 'same_number', '1', now(), 'root', 'r');
insert into identity_member values (1, 1), (2, 1);
insert into identity_person values (1, 'ann@x.example', 'active', '{ann@x.example,ann2@x.example}');
insert into ownership_transfer (subject, subject_id, owner_id, email, proposal, offered_by, offered_at, expires_at) values ('identity', 4, 3, 'new@x.example', 'named', 'root', '2026-01-01', '2026-02-01');
`

// legacy makes the asset of the items one that cannot do what its level asks for, as
// it was at launch.
func legacy(capability string) string {
	return `insert into zone (source_id, external_id, name, level, domain, seen_from) values (1, 'legacy', 'L', 2, 'ot', '2026-01-01');
		update asset set zone_id = (select id from zone where external_id = 'legacy'), capabilities = '{"` + capability + `": "no"}' where id = 1;
		alter table review_item disable trigger frozen; update review_item set gaps = '{` + capability + `}'; alter table review_item enable trigger frozen; `
}

// covered accepts that until tomorrow.
const covered = `insert into exception (asset_id, capability, state, risk_owner, requested_by, requested_at, valid_from, valid_to)
	select 1, 'mfa', 'approved', 'o', 'a', now(), now() - interval '1 day', now() + interval '1 day'; `

func baseDB(t *testing.T) (*store.DB, *pgxpool.Pool) {
	t.Helper()
	db, _ := apptest.DB(t)
	if _, err := db.Pool().Exec(t.Context(), base); err != nil {
		t.Fatal(err)
	}
	return db, db.Pool()
}

// broken is the constraint that a statement runs into; the statement has no effect.
func broken(t *testing.T, pool *pgxpool.Pool, sql string) string {
	t.Helper()
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	_, err = tx.Exec(t.Context(), sql)
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		if pg.ConstraintName == "" {
			return pg.Code + " " + pg.Message
		}
		return pg.ConstraintName
	}
	return fmt.Sprint(err)
}

const decide = `insert into review_decision (item_id, campaign_id, decision, decided_by, decided_at, recommendation, shown, bulk, reduce_to, open_ms) values `

const item = `insert into review_item (campaign_id, grant_id, identity_id, identity_key, identity_name, identity_kind, identity_email, identity_status,
  entitlement_id, entitlement_key, entitlement_name, asset_id, asset_key, asset_name, safety_related, crosses, grantor_email, seen_from, reasons, assigned_by,
  reviewer, consequence, risk, recommendation, decision, outcome)
values (1, 1, 1, 'ann', 'Ann', 'person', 'ann@x.example', 'active', 1, 'e', 'E', 1, 'a', 'A', false, false, 'giver@x.example', now(), '{}', 'manager', `

const like = `insert into review_item overriding system value select (jsonb_populate_record(i, '`

const identity = `insert into identity (source_id, external_id, name, kind, status, domain, email, seen_from) values `

const packRow = `insert into control_pack (campaign_id, name, made_by, made_at, expires_at, job_id, size, sha256) values `

const mailRow = `insert into mail_message (template, recipient, subject, state, sent_at, last_error, data, created_at) values `

// offences break each named rule of the schema; a rule may be broken in several ways.
var offences = map[string][]string{
	"source_name_is_unique":      {`insert into source (name, created_at) values ('hr', now())`},
	"source_name_is_well_formed": {`insert into source (name, created_at) values ('HR', now())`, `insert into source (name, created_at) values ('', now())`, `insert into source (name, created_at) values ('a:b', now())`},

	"site_id_is_unique_per_source":        {`insert into site (source_id, external_id, name, seen_from) values (1, 'gent', 'G', now())`},
	"zone_id_is_unique_per_source":        {`insert into zone (source_id, external_id, name, seen_from) values (1, 'z', 'Z', now())`},
	"zone_level_is_a_purdue_level":        {`update zone set level = 2.5`, `update zone set level = 6`},
	"zone_domain_is_known":                {`update zone set domain = 'cloud'`},
	"conduit_id_is_unique_per_source":     {`insert into conduit (source_id, external_id, from_zone_id, to_zone_id, seen_from) values (1, 'c', 1, 1, now())`},
	"conduit_kind_is_known":               {`update conduit set kind = 'wire'`},
	"identity_id_is_unique_per_source":    {identity + `(1, 'ann', 'A', 'person', 'active', null, null, now())`},
	"identity_kind_is_known":              {identity + `(1, 'x', 'A', 'robot', 'active', null, null, now())`},
	"identity_status_is_known":            {identity + `(1, 'x', 'A', 'person', 'gone', null, null, now())`},
	"identity_domain_is_known":            {identity + `(1, 'x', 'A', 'person', 'active', 'cloud', null, now())`},
	"identity_email_is_lower_case":        {identity + `(1, 'x', 'A', 'person', 'active', null, 'A@x.example', now())`},
	"asset_id_is_unique_per_source":       {`insert into asset (source_id, external_id, name, seen_from) values (1, 'a', 'A', now())`},
	"asset_criticality_is_one_to_five":    {`update asset set criticality = 0`, `update asset set criticality = 6`},
	"entitlement_id_is_unique_per_source": {`insert into entitlement (source_id, external_id, name, asset_id, seen_from) values (1, 'e', 'E', 1, now())`},
	"entitlement_privilege_is_known":      {`update entitlement set privilege = 'root'`},
	"implication_is_unique_per_source":    {`insert into implication (source_id, entitlement_id, implied_id, seen_from) values (1, 1, 1, now())`},
	"grant_is_unique_per_source":          {`insert into access_grant (source_id, identity_id, entitlement_id, seen_from) values (1, 1, 1, now())`},

	"credential_id_is_unique_per_source":         {`insert into credential (source_id, external_id, identity_id, kind, seen_from) values (1, 'k', 1, 'x', now())`},
	"credential_rotation_is_at_least_a_day":      {`update credential set rotation_days = 0`},
	"holder_is_unique_per_source":                {`insert into holder (source_id, identity_id, person_id, seen_from) values (1, 1, 1, now())`},
	"holder_knows_it_until_after_since":          {`update holder set since = '2026-02-02', until = '2026-02-01'`},
	"access_session_id_is_unique_per_source":     {`insert into access_session (source_id, external_id, identity_id, asset_id, seen_from) values (1, 's', 1, 1, now())`},
	"access_session_ends_after_it_starts":        {`update access_session set started_at = '2026-02-02', finished_at = '2026-02-01'`},
	"access_session_window_ends_after_it_begins": {`update access_session set window_from = '2026-02-02', window_to = '2026-02-01'`},

	"reach_counts_every_level":               {`update reach set levels = '{0}'`, `update reach set was_levels = '{0}'`},
	"reach_levels_add_up":                    {`update reach set assets = 1`},
	"reach_highest_is_known":                 {`update reach set highest = 'root'`, `update reach set was_highest = 'root'`},
	"reach_is_few_or_many":                   {`update reach set few = '{}', many = ''`},
	"reach_asset_is_acted_on_by_some_of_all": {`update reach_asset set acting = 2`},

	"audit_event_names_its_actor":       {`insert into audit_event (at, actor, action, object, detail) values (now(), '', 'a.b', 'o', '{}')`},
	"audit_event_action_is_well_formed": {`insert into audit_event (at, actor, action, object, detail) values (now(), 'a', 'A b', 'o', '{}')`},
	"audit_leaf_holds_an_event_once":    {`insert into audit_leaf (seq, event_id, hash) values (1, 1, '')`},
	"audit_is_append_only": {
		`update audit_event set actor = 'x'`, `delete from audit_event`, `truncate audit_event`, `update audit_leaf set hash = 'x'`, `delete from audit_leaf`, `truncate audit_leaf`,
		`update audit_hash set hash = 'x'`, `delete from audit_hash`, `truncate audit_hash`, `update audit_checkpoint set note = 'x'`, `delete from audit_checkpoint`,
		`truncate audit_checkpoint`, `update audit_key set verifier = 'x'`, `delete from audit_key`, `truncate audit_key`,
	},

	"account_email_is_unique":            {`insert into account (email, name, created_at) values ('ann@x.example', 'A', now())`},
	"account_email_is_lower_case":        {`update account set email = 'Ann@x.example' where id = 1`, `update account set email = 'ann' where id = 1`},
	"account_password_is_argon2id":       {`update account set password_hash = 'secret', password_at = now()`},
	"account_password_has_a_time":        {`update account set password_hash = '$argon2id$x'`, `update account set password_at = now()`},
	"account_role_is_held_once":          {`insert into account_role (account_id, role, granted_at, granted_by) values (1, 'admin', now(), 'x')`},
	"account_role_is_known":              {`update account_role set role = 'root'`},
	"login_failure_is_counted":           {`insert into login_failure values ('a', 0, now())`},
	"login_token_is_the_only_unused_one": {`insert into login_token (hash, account_id, expires_at) values (sha256('b'), 1, now())`},
	"login_token_is_a_sha256":            {`insert into login_token (hash, account_id, expires_at) values ('short', 2, now())`},
	"session_token_is_a_sha256":          {`insert into session (token_hash, data, created_at, seen_at, expires_at) values ('short', '', now(), now(), now())`},
	"session_ends_within_a_day":          {`insert into session (token_hash, data, created_at, seen_at, expires_at) values (sha256('a'), '', now(), now(), now() + interval '25 hours')`},
	"mail_headers_are_one_line":          {mailRow + `('review_opened', 'a', E's\nBcc: x', 'waiting', null, null, '{}', now())`, mailRow + `('review_opened', E'a\r', 's', 'waiting', null, null, '{}', now())`},
	"mail_state_is_known":                {mailRow + `('review_opened', 'a', 's', 'lost', null, null, '{}', now())`},
	"mail_sent_has_a_time":               {mailRow + `('review_opened', 'a', 's', 'sent', null, null, '{}', now())`, mailRow + `('review_opened', 'a', 's', 'waiting', now(), null, '{}', now())`},
	"mail_failed_says_why":               {mailRow + `('review_opened', 'a', 's', 'failed', null, null, '{}', now())`},
	"job_state_is_known":                 {`update job_progress set state = 'lost'`},
	"history_is_append_only":             nil,                         // TestHistory
	"inventory_is_never_deleted":         nil,                         // TestHistory
	"frozen_item_never_changes":          {`delete from review_item`}, // and TestFrozenItem
	"campaign_state_is_known":            {`update review_campaign set state = 'open'`},
	"definition_is_append_only":          {`update review_definition set text = 'x'`, `delete from review_definition`},
	"notice_step_is_known":               {`insert into review_notice values (1, 'a', 'spam', now())`},
	"remediation_is_one_per_item":        {`insert into remediation (item_id, campaign_id, grant_id, work, opened_at) values (1, 1, 1, 'remove', now())`},
	"remediation_work_is_known":          {`update remediation set work = 'ignore'`},
	"remediation_state_is_known":         {`update remediation set state = 'lost'`},

	"pack_is_one_per_job":           {packRow + `(1, 'p.zip', 'a', now(), now() + interval '1 day', 1, 1, repeat('0', 64)), (1, 'p.zip', 'a', now(), now() + interval '1 day', 1, 1, repeat('0', 64))`},
	"pack_has_content":              {packRow + `(1, 'p.zip', 'a', now(), now() + interval '1 day', 1, 0, repeat('0', 64))`},
	"pack_sum_is_a_sha256":          {packRow + `(1, 'p.zip', 'a', now(), now() + interval '1 day', 1, 1, 'none')`},
	"pack_expires_after_it_is_made": {packRow + `(1, 'p.zip', 'a', now(), now(), 1, 1, repeat('0', 64))`},
	"chunk_has_content":             {packRow + `(1, 'p.zip', 'a', now(), now() + interval '1 day', 1, 1, repeat('0', 64)); insert into control_pack_chunk select id, 0, '' from control_pack`},

	"review_definition_revision_is_unique":  {`insert into review_definition (name, revision, text, created_by, created_at) values ('r', 1, '', 'a', now())`},
	"review_definition_name_is_well_formed": {`insert into review_definition (name, revision, text, created_by, created_at) values ('R', 1, '', 'a', now())`},
	"campaign_running_has_a_due_date":       {`update review_campaign set due_at = null`, `update review_campaign set launched_at = null`},
	"sign_off_states_what_is_attested":      {`update review_reviewer set signed_at = now() where reviewer like 'boss%'`, `update review_reviewer set statement = 'x' where reviewer like 'boss%'`},
	"nobody_reviews_their_own_access": {
		item + `'ann@x.example', 'it', 1, 'certify', null, null)`, `update review_item set reviewer = 'ann@x.example' where id = 1`,
		decide + `(1, 1, 'certify', 'ann@x.example', now(), 'certify', 'item', false, null, null)`,
	},
	"nobody_reviews_a_grant_they_gave": {
		item + `'giver@x.example', 'it', 1, 'certify', null, null)`, `update review_item set reviewer = 'giver@x.example' where id = 1`,
		decide + `(1, 1, 'certify', 'giver@x.example', now(), 'certify', 'item', false, null, null)`,
	},
	"item_consequence_is_known":    {item + `'boss@x.example', 'dmz', 1, 'certify', null, null)`},
	"item_risk_is_one_to_four":     {item + `'boss@x.example', 'it', 0, 'certify', null, null)`, item + `'boss@x.example', 'it', 5, 'certify', null, null)`},
	"item_recommendation_is_known": {item + `'boss@x.example', 'it', 1, 'keep', null, null)`},
	"item_decision_is_known":       {item + `'boss@x.example', 'it', 1, 'certify', 'undo', null)`},
	"item_peer_group_is_known":     {like + `{"id": 99, "peer_group": "team"}')).* from review_item i where id = 1`},
	"item_peers_holding_are_some_of_the_peers": {like + `{"id": 99, "peers": 2, "peers_holding": 3}')).* from review_item i where id = 1`,
		like + `{"id": 99, "peers": 2, "peers_holding": -1}')).* from review_item i where id = 1`},
	"item_reach_counts_every_level": {like + `{"id": 99, "reach_levels": [1, 2]}')).* from review_item i where id = 1`},
	"item_outcome_is_known":         {item + `'boss@x.example', 'it', 1, 'certify', null, 'lost')`},
	"decision_is_known":             {`alter table review_decision disable trigger guard; ` + decide + `(1, 1, 'keep', 'boss@x.example', now(), 'certify', 'item', false, null, null)`},
	"decision_reduce_names_the_lower_entitlement": {
		decide + `(1, 1, 'reduce', 'boss@x.example', now(), 'certify', 'item', false, null, null)`, decide + `(1, 1, 'revoke', 'boss@x.example', now(), 'certify', 'item', false, 1, null)`,
	},
	"decision_open_time_is_not_negative": {decide + `(1, 1, 'revoke', 'boss@x.example', now(), 'certify', 'item', false, null, -1)`},
	"decision_shown_is_known":            {decide + `(1, 1, 'revoke', 'boss@x.example', now(), 'certify', 'dream', false, null, null)`},
	"decisions_are_append_only":          {`update review_decision set note = 'x'`, `delete from review_decision`},
	"decisions_need_an_open_campaign": {
		`update review_campaign set state = 'paused'; ` + decide + `(1, 1, 'revoke', 'boss@x.example', now(), 'certify', 'item', false, null, null)`,
		`update review_campaign set state = 'remediating'; update review_item set decision = 'certify' where id = 1`, `update review_campaign set state = 'paused'; update review_item set reviewer = 'else@x.example' where id = 1`,
		`update review_campaign set state = 'closed'; ` + decide + `(1, 1, 'undo', 'boss@x.example', now(), 'certify', 'item', false, null, null)`,
	},
	"decisions_end_with_sign_off": {
		decide + `(1, 1, 'revoke', 'signed@x.example', now(), 'certify', 'item', false, null, null)`, `update review_item set reviewer = 'signed@x.example' where id = 1`,
		signOff + `update review_item set decision = 'revoke' where id = 1`, signOff + `update review_item set decision_id = 7 where id = 1`, signOff + `update review_item set decided_at = now() where id = 1`,
		signOff + `update review_item set reviewer = 'else@x.example' where id = 1`, signOff + `update review_item set next_reviewer = 'x' where id = 1`, signOff + `update review_item set passed_from = 'x' where id = 1`,
	},
	"decision_has_an_item":            {decide + `(99, 1, 'revoke', 'boss@x.example', now(), 'certify', 'item', false, null, null)`, decide + `(99, 99, 'revoke', 'boss@x.example', now(), 'certify', 'item', false, null, null)`},
	"decision_is_on_its_own_campaign": {decide + `(1, 2, 'revoke', 'boss@x.example', now(), 'certify', 'item', false, null, null)`, decide + `(1, 99, 'revoke', 'boss@x.example', now(), 'certify', 'item', false, null, null)`},
	"item_is_decided_by_its_reviewer": {
		decide + `(1, 1, 'certify', 'else@x.example', now(), 'certify', 'item', false, null, null)`,
		`update review_item set reviewer = 'else@x.example', passed_from = 'boss@x.example' where id = 1; ` + decide + `(1, 1, 'undo', 'boss@x.example', now(), 'certify', 'item', false, null, null)`,
	},
	"outcome_is_set_once_by_closing": {
		`update review_item set outcome = 'kept' where id = 1; update review_item set outcome = 'revoked' where id = 1`,
		`update review_item set outcome = 'kept' where id = 1; update review_item set outcome = null where id = 1`,
		`update review_campaign set state = 'closed' where id = 1; update review_item set outcome = 'revoked' where id = 1`,
	},
	"nobody_reviews_their_own_access_by_another_name": {
		`update review_item set reviewer = 'ann2@x.example' where id = 1; ` + decide + `(1, 1, 'certify', 'ann2@x.example', now(), 'certify', 'item', false, null, null)`,
		otherName + `'{ann2@x.example}', null)`,
	},
	"nobody_reviews_a_grant_they_gave_by_another_name": {
		otherName + `null, '{ann2@x.example}')`,
		`update identity set email = 'giver@x.example' where id = 3; insert into identity_member values (3, 3), (6, 3); update review_item set reviewer = 'giver2@x.example' where id = 1; ` + decide + `(1, 1, 'certify', 'giver2@x.example', now(), 'certify', 'item', false, null, null)`,
	},

	"join_is_of_two_identities":        {join + `(3, 3, 'same_email', 'e', now(), 'root', 'r')`, join + `(3, 2, 'same_email', 'e', now(), 'root', 'r')`},
	"join_rule_is_known":               {join + `(2, 3, 'same_face', 'e', now(), 'root', 'r')`},
	"join_by_hand_is_by_a_person":      {`insert into identity_join (identity_id, other_id, rule, evidence, joined_at, import_id) values (2, 3, 'by_hand', 'e', now(), 1)`},
	"join_is_by_an_import_or_a_person": {join + `(2, 3, 'same_email', 'e', now(), null, null)`, join + `(2, 3, 'same_email', 'e', now(), 'root', ' ')`},
	"join_undone_says_who_and_why":     {`update identity_join set undone_at = now()`, `update identity_join set undone_at = now(), undone_by = 'root', undone_reason = ' '`},
	"join_ends_one_way":                {`update identity_join set lapsed_at = now(), undone_at = now(), undone_by = 'root', undone_reason = 'r'`},
	"nobody_says_who_they_are": {
		join + `(2, 3, 'same_email', 'e', now(), 'new@x.example', 'r')`, `update identity_join set undone_at = now(), undone_by = 'ann2@x.example', undone_reason = 'r'`,
	},
	"join_only_ends": {
		`delete from identity_join`, `truncate identity_join`, `update identity_join set evidence = '2'`, `update identity_join set other_id = 3`,
		`update identity_join set lapsed_at = now(); update identity_join set lapsed_at = null`,
		`update identity_join set undone_at = now(), undone_by = 'root', undone_reason = 'r'; update identity_join set undone_reason = 'other'`,
	},

	"identity_join_counts_once": {join + `(1, 2, 'same_number', '1', now(), 'root', 'r')`},
	"only_one_offer_waits":      {offer + `('identity', 4, 1, 'ann2@x.example', 'named', 'offered', null, null, 'root', '2026-01-01', '2026-02-01')`},
	"only_one_transfer_counts": {accepted + offer + `('identity', 4, 1, 'ann@x.example', 'named', 'offered', null, null, 'root', '2026-01-01', '2026-02-01');
		update ownership_transfer set state = 'accepted', answered_by = 'ann2@x.example', answered_at = '2026-01-02' where id = (select max(id) from ownership_transfer)`},
	"transfer_subject_is_known":            {offer + `('site', 1, 3, 'new@x.example', 'named', 'offered', null, null, 'root', '2026-01-01', '2026-02-01')`},
	"transfer_proposal_is_known":           {offer + `('asset', 1, 3, 'new@x.example', 'lot', 'offered', null, null, 'root', '2026-01-01', '2026-02-01')`},
	"transfer_state_is_known":              {`alter table ownership_transfer disable trigger guard; update ownership_transfer set state = 'lost', answered_by = 'new@x.example', answered_at = '2026-01-02'`},
	"transfer_expires_after_it_is_offered": {`insert into ownership_transfer (subject, subject_id, owner_id, email, proposal, offered_by, offered_at, expires_at) values ('asset', 1, 3, 'new@x.example', 'named', 'root', '2026-01-01', '2026-01-01')`},
	"transfer_answer_says_who_and_when":    {`update ownership_transfer set state = 'withdrawn'`, `update ownership_transfer set state = 'withdrawn', answered_at = now()`},
	"transfer_is_accepted_in_time":         {`update ownership_transfer set state = 'accepted', answered_by = 'new@x.example', answered_at = '2026-02-01'`},
	"transfer_end_says_who_and_why":        {accepted + `update ownership_transfer set state = 'ended'`, accepted + `update ownership_transfer set state = 'ended', ended_at = now(), ended_by = 'root', ended_reason = ''`},
	"nobody_owns_without_agreeing": {
		offer + `('asset', 1, 3, 'new@x.example', 'named', 'accepted', 'new@x.example', '2026-01-02', 'root', '2026-01-01', '2026-02-01')`,
		`update ownership_transfer set state = 'accepted', answered_by = 'root', answered_at = '2026-01-02'`, `update ownership_transfer set state = 'declined', answered_by = 'ann@x.example', answered_at = '2026-01-02'`,
	},
	"owner_is_a_live_person": {
		offer + `('asset', 1, 4, 'svc@x.example', 'named', 'offered', null, null, 'root', '2026-01-01', '2026-02-01')`, offer + `('asset', 1, 5, 'gone@x.example', 'named', 'offered', null, null, 'root', '2026-01-01', '2026-02-01')`,
		offer + `('asset', 1, 3, 'ann@x.example', 'named', 'offered', null, null, 'root', '2026-01-01', '2026-02-01')`,
		`update identity set status = 'left' where id = 3; ` + accepted,
	},
	"transfer_terms_never_change": {
		`update ownership_transfer set owner_id = 1, email = 'ann@x.example'`, `update ownership_transfer set subject_id = 1`, `update ownership_transfer set expires_at = 'infinity'`,
		accepted + `update ownership_transfer set answered_by = 'root'`,
	},
	"transfer_moves_on_only": {
		`delete from ownership_transfer`, `truncate ownership_transfer`, accepted + `update ownership_transfer set state = 'declined'`,
		`update ownership_transfer set state = 'ended', answered_by = 'new@x.example', answered_at = '2026-01-02', ended_at = now(), ended_by = 'root', ended_reason = 'r'`,
	},

	"last_answer_is_known":  {`insert into review_last_answer values (1, 1, 'unsure', 'boss@x.example', now())`},
	"high_risk_says_why":    {decide + `(2, 1, 'certify', 'boss@x.example', now(), 'certify', 'list', false, null, null)`},
	"item_is_answered_once": {decide + `(1, 1, 'certify', 'boss@x.example', now(), 'certify', 'item', false, null, null); ` + decide + `(1, 1, 'revoke', 'boss@x.example', now(), 'certify', 'item', false, null, null)`},
	"unaccountable_access_wants_an_exception": {legacy("individual_accounts") + decide + `(1, 1, 'certify', 'boss@x.example', now(), 'certify', 'item', false, null, null)`,
		legacy("individual_accounts") + decide + `(1, 1, 'certify_under_exception', 'boss@x.example', now(), 'certify', 'item', false, null, null)`},
	"excepted_access_is_not_certified": {legacy("mfa") + covered + decide + `(1, 1, 'certify', 'boss@x.example', now(), 'certify', 'item', false, null, null)`},
	"no_exception_is_in_force": {decide + `(1, 1, 'certify_under_exception', 'boss@x.example', now(), 'certify', 'item', false, null, null)`,
		legacy("mfa") + covered + decide + `(1, 1, 'certify_under_exception', 'boss@x.example', now() + interval '2 days', 'certify', 'item', false, null, null)`},
	"high_risk_is_never_decided_in_bulk": {decide + `(2, 1, 'certify', 'boss@x.example', now(), 'certify', 'list', true, null, null)`, decide + `(1, 1, 'certify', 'boss@x.example', now(), 'certify', 'list', true, null, null), (2, 1, 'certify', 'boss@x.example', now(), 'certify', 'list', true, null, null)`},
}

const (
	otherName = `insert into review_item (campaign_id, grant_id, identity_id, identity_key, identity_name, identity_kind, identity_status,
  entitlement_id, entitlement_key, entitlement_name, asset_id, asset_key, asset_name, safety_related, crosses, seen_from, reasons, assigned_by,
  reviewer, consequence, risk, recommendation, identity_emails, grantor_emails)
values (1, 1, 1, 'ann', 'Ann', 'person', 'active', 1, 'e', 'E', 1, 'a', 'A', false, false, now(), '{}', 'manager', 'ann2@x.example', 'it', 1, 'certify', `
	join     = `insert into identity_join (identity_id, other_id, rule, evidence, joined_at, joined_by, reason) values `
	offer    = `insert into ownership_transfer (subject, subject_id, owner_id, email, proposal, state, answered_by, answered_at, offered_by, offered_at, expires_at) values `
	accepted = `update ownership_transfer set state = 'accepted', answered_by = 'new@x.example', answered_at = '2026-01-02'; `
)

const signOff = `update review_reviewer set signed_at = now(), statement = 's' where campaign_id = 1 and reviewer = 'boss@x.example'; `

func TestNamedRules(t *testing.T) {
	t.Parallel()
	_, pool := baseDB(t)
	if _, err := pool.Exec(t.Context(), persons+findingBase); err != nil {
		t.Fatal(err)
	}
	for name, list := range offences {
		for _, sql := range list {
			if got := broken(t, pool, sql); got != name {
				t.Errorf("%s ran into %s, want %s", sql, got, name)
			}
		}
	}
	for _, sql := range []string{ // what the rules must not forbid
		decide + `(2, 1, 'undo', 'boss@x.example', now(), 'certify', 'list', true, null, null)`,
		`insert into review_decision (item_id, campaign_id, decision, decided_by, decided_at, shown, note) values (2, 1, 'certify', 'boss@x.example', now(), 'item', 'Needed'), (1, 1, 'revoke', 'boss@x.example', now(), 'item', '')`,
		`update review_item set reviewer = 'else@x.example', next_reviewer = 'b', passed_from = 'c', decision = 'revoke', decision_id = 1, decided_at = now(), outcome = 'revoked'`,
	} {
		if got := broken(t, pool, sql); got != "<nil>" {
			t.Errorf("%s ran into %s", sql, got)
		}
	}
}

// TestEveryRuleIsTried compares the table with what the schema names: checks,
// unique constraints, and what functions raise.
func TestEveryRuleIsTried(t *testing.T) {
	t.Parallel()
	names := schemaRules(t)
	if len(names) < 50 {
		t.Fatalf("only %d rules found", len(names))
	}
	for name := range names {
		if _, ok := offences[name]; !ok {
			t.Errorf("%s is broken by no test", name)
		}
	}
	for name := range offences {
		if !names[name] {
			t.Errorf("%s is no longer in the schema", name)
		}
	}
	for _, name := range store.Constraints() {
		if !names[name] {
			t.Errorf("%s has words in errors.go but is not in the schema", name)
		}
	}
}

func schemaRules(t *testing.T) map[string]bool {
	t.Helper()
	db, _ := apptest.DB(t)
	rows, _ := db.Pool().Query(t.Context(), `
		select relname::text from pg_class join pg_index on indexrelid = pg_class.oid where indisunique and indpred is not null and relnamespace = 'public'::regnamespace and relname !~ '^river'
		union select conname::text from pg_constraint where connamespace = 'public'::regnamespace and contype in ('c', 'u', 'x')
		   and conrelid::regclass::text !~ '^(river|goose)' and conrelid <> 0
		union select m[1] from pg_proc p, regexp_matches(prosrc, $$constraint = '(\w+)'$$, 'g') m where pronamespace = 'public'::regnamespace and proname !~ '^river'
		union select m[1] from pg_proc p, regexp_matches(prosrc, $$then '(\w+)'$$, 'g') m where proname in ('review_decision_guard', 'review_refuses')
		union select m[1] from pg_proc p, regexp_matches(prosrc, $$broken := '(\w+)'$$, 'g') m where pronamespace = 'public'::regnamespace
		union select convert_from(trim(trailing '\x00'::bytea from tgargs), 'utf8') from pg_trigger where tgfoid in ('refuse_change'::regproc, 'finding_refuse_owner'::regproc)
		union select indexrelid::regclass::text from pg_index where indisunique and indpred is not null and indexrelid::regclass::text !~ '^river'`)
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, n := range list {
		names[n] = true
	}
	return names
}

// TestFrozenItem tries to change every column of an item that was frozen.
func TestFrozenItem(t *testing.T) {
	t.Parallel()
	_, pool := baseDB(t)
	rows, _ := pool.Query(t.Context(), `select attname::text from pg_attribute where attrelid = 'review_item'::regclass and attnum > 0 and not attisdropped order by 1`)
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	var free []string
	for _, c := range columns {
		switch got := broken(t, pool, fmt.Sprintf(`update review_item set %[1]s = %[1]s where id = 1`, c)); got {
		case "frozen_item_never_changes":
		case "<nil>":
			free = append(free, c)
		default:
			if c != "id" || !strings.HasPrefix(got, "428C9") { // generated always
				t.Errorf("%s: %s", c, got)
			}
		}
	}
	if d := cmp.Diff([]string{"decided_at", "decision", "decision_id", "next_reviewer", "outcome", "passed_from", "reviewer"}, free); d != "" {
		t.Error(d)
	}
	if len(columns) < 50 {
		t.Errorf("only %d columns", len(columns))
	}
}

var inventory = []string{"site", "zone", "conduit", "identity", "asset", "entitlement", "implication", "access_grant", "credential", "holder", "access_session"}

func TestHistory(t *testing.T) {
	t.Parallel()
	_, pool := baseDB(t)
	ctx := t.Context()
	rows, _ := pool.Query(ctx, `select replace(relname, '_history', '')::text from pg_class where relname like '%\_history' and relkind = 'r'`)
	kept, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if slices.Sort(kept); cmp.Diff(slices.Sorted(slices.Values(inventory)), kept) != "" {
		t.Fatalf("the test knows %v, the schema %v", inventory, kept)
	}
	for _, table := range inventory {
		run := func(sql string) {
			t.Helper()
			if _, err := pool.Exec(ctx, strings.ReplaceAll(sql, "{t}", table)); err != nil {
				t.Fatalf("%s: %v", table, err)
			}
		}
		run(`update {t} set seen_from = '2026-02-01' where id = 1`)
		run(`update {t} set ended_at = '2026-03-01' where id = 1`)                        // ends: no new version
		run(`update {t} set seen_from = '2026-05-01', ended_at = null where id = 1`)      // comes back
		run(`update {t} set seen_from = seen_from where id = 1`)                          // the same: no version
		run(`update {t} set seen_from = '2026-06-01' where id = 1 and seen_from > now()`) // nothing
		var got string
		if err := pool.QueryRow(ctx, `select string_agg(seen_from::date || '..' || seen_until::date || case when ended_at is not null then ' ended' else '' end, ', ' order by seen_from)
			from `+table+`_history`).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if want := "2026-01-01..2026-02-01, 2026-02-01..2026-03-01 ended"; got != want {
			t.Errorf("%s: %s, want %s", table, got, want)
		}
		for at, want := range map[string]int{"2025-12-31": 0, "2026-01-15": 1, "2026-02-15": 1, "2026-03-15": 0, "2026-04-30": 0, "2026-05-01": 1} {
			var n int
			asOf := strings.ReplaceAll(`select (select count(*) from {t} where seen_from <= $1 and (ended_at is null or ended_at > $1))
				+ (select count(*) from {t}_history where seen_from <= $1 and $1 < seen_until)`, "{t}", table)
			if err := pool.QueryRow(ctx, asOf, at).Scan(&n); err != nil || n != want {
				t.Errorf("%s as of %s: %d rows, want %d (%v)", table, at, n, want, err)
			}
		}
		for sql, want := range map[string]string{
			`update {t}_history set seen_until = now()`: "history_is_append_only", `delete from {t}_history`: "history_is_append_only", `delete from {t} where id = 1`: "inventory_is_never_deleted",
		} {
			if got := broken(t, pool, strings.ReplaceAll(sql, "{t}", table)); got != want {
				t.Errorf("%s of %s ran into %s", sql, table, got)
			}
		}
	}
	var name string
	if _, err := pool.Exec(ctx, `update identity set name = 'Anna', seen_from = '2026-07-01' where id = 1`); err != nil {
		t.Fatal(err)
	}
	if err := pool.QueryRow(ctx, `select name from identity_history where seen_from <= '2026-06-15' and '2026-06-15' < seen_until`).Scan(&name); err != nil || name != "Ann" {
		t.Fatalf("the name as of June: %q %v", name, err)
	}
}

// TestGoneIsLeft: who is no longer in a source is gone to whatever they own.
func TestGoneIsLeft(t *testing.T) {
	t.Parallel()
	_, pool := baseDB(t)
	const read = `select concat_ws(' ', identity_status, owner_status, manager_status, entitlement_owner_status, asset_owner_status) from access_fact`
	if _, err := pool.Exec(t.Context(), `insert into identity (source_id, external_id, name, kind, status, seen_from) values (1, 'o', 'O', 'person', 'active', now());
		update identity set owner_id = 2, manager_id = 2 where id = 1; update asset set owner_id = 2; update entitlement set owner_id = 2`); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ sql, want string }{
		{`select`, "active active active active active"},
		{`update identity set ended_at = now() where id = 2`, "active left left left left"},
		{`update identity set ended_at = now() where id = 1`, "left left left left left"},
	} {
		var got string
		if _, err := pool.Exec(t.Context(), c.sql); err != nil {
			t.Fatal(err)
		}
		if err := pool.QueryRow(t.Context(), read).Scan(&got); err != nil || got != c.want {
			t.Errorf("%s: %q, want %q (%v)", c.sql, got, c.want, err)
		}
	}
}

// TestCrossesBoundary is the table of the rule, unknown included.
func TestCrossesBoundary(t *testing.T) {
	t.Parallel()
	_, pool := baseDB(t)
	domains := []any{"it", "dmz", "ot", "external", nil}
	crosses := map[string]bool{"it ot": true, "it dmz": true, "external ot": true, "external dmz": true, "ot it": true, "ot dmz": true, "ot external": true}
	for _, home := range domains {
		for _, zone := range domains {
			var got bool
			if err := pool.QueryRow(t.Context(), `select crosses_boundary($1, $2)`, home, zone).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if want := crosses[fmt.Sprint(home, " ", zone)]; got != want {
				t.Errorf("from %v to %v: %v", home, zone, got)
			}
		}
	}
}
