package store_test

import "maps"

// findingBase is a row of each table of findings, after persons: 2 is Ann again, 3
// owns what needs an owner, 5 has left.
const findingBase = `
insert into finding (rule, severity, about, subject_id, identity_id, note, opened_at) values ('no_owner', 3, 'identity', 1, 1, 'n', '2026-02-01'), ('no_owner', 4, 'identity', 2, 2, 'n', '2026-02-01');
insert into finding (rule, severity, about, subject_id, note, opened_at, closed_at) values ('no_owner', 3, 'identity', 3, 'n', '2026-02-01', '2026-02-02');
insert into finding_evaluation (started_at, finished_at, opened, closed) values (now(), now(), 1, 1);
insert into finding_tally values (1, 'no_owner', 3, 1, 1, 1, 1);
insert into finding_acknowledgement (finding_id, reason, at, actor, until) values (1, 'r', '2026-03-01', 'boss@x.example', '2026-04-01');
insert into finding_policy (identity_id, why, owner_id, created_at, created_by, ends_at) values (1, 'w', 3, '2026-03-01', 'boss@x.example', '2026-09-01');
insert into finding_policy (identity_id, why, owner_id, created_at, created_by, ends_at, ended_at, ended_by) values (1, 'w', 3, '2026-03-01', 'boss@x.example', '2026-09-01', '2026-05-01', 'x');
insert into finding_use_review (identity_id, used_until, reviewer, reviewed_at, note) values (1, '2026-03-01', 'boss@x.example', '2026-03-02', 'n');
insert into access_session (source_id, external_id, identity_id, asset_id, person_id, started_at, seen_from) values (1, 's2', 2, 1, 1, '2026-03-01', '2026-01-01');
`

const (
	findingRow  = `insert into finding (rule, severity, about, subject_id, note, opened_at, closed_at) values `
	acknowledge = `insert into finding_acknowledgement (finding_id, reason, at, actor, until) values `
	policy      = `insert into finding_policy (identity_id, credential_id, why, owner_id, created_at, created_by, ends_at) values `
	toxic       = `insert into finding_toxic (name, why, first_words, second_words, first_domains, second_privileges, owner_id, created_at, created_by) values `
	useReview   = `insert into finding_use_review (identity_id, used_until, reviewer, reviewed_at, note) values `
)

func init() {
	maps.Copy(offences, map[string][]string{
		"finding_severity_is_known":     {findingRow + `('r', 5, 'identity', 9, 'n', now(), null)`, `update finding set severity = 0 where id = 1`},
		"finding_about_is_known":        {findingRow + `('r', 3, 'zone', 9, 'n', now(), null)`},
		"finding_closes_after_it_opens": {`update finding set closed_at = '2026-01-31' where id = 1`},
		"finding_is_open_once":          {findingRow + `('no_owner', 3, 'identity', 1, 'n', now(), null)`},
		"finding_is_never_deleted":      {`delete from finding`, `truncate finding cascade`},
		"finding_stays_what_it_was": {
			`update finding set rule = 'x' where id = 1`, `update finding set about = 'asset' where id = 1`, `update finding set subject_id = 7 where id = 1`, `update finding set part = 7 where id = 1`,
			`update finding set opened_at = now() where id = 1`, `update finding set closed_at = null where id = 3`, `update finding set note = 'x' where id = 3`,
		},

		"acknowledgement_says_why":              {acknowledge + `(1, ' ', now(), 'boss@x.example', now() + interval '1 day')`},
		"acknowledgement_ends_after_it_begins":  {acknowledge + `(1, 'r', now(), 'boss@x.example', now() - interval '1 day')`},
		"acknowledgement_ends_in_time":          {acknowledge + `(1, 'r', now(), 'boss@x.example', now() + interval '91 days')`, acknowledge + `(2, 'r', now(), 'boss@x.example', now() + interval '31 days')`},
		"acknowledgement_is_of_an_open_finding": {acknowledge + `(3, 'r', now(), 'boss@x.example', now() + interval '1 day')`},
		"acknowledgement_is_append_only":        {`update finding_acknowledgement set reason = 'x'`, `delete from finding_acknowledgement`, `truncate finding_acknowledgement`},
		"nobody_acknowledges_a_finding_about_themselves": {
			acknowledge + `(1, 'r', now(), 'ann@x.example', now() + interval '1 day')`, acknowledge + `(2, 'r', now(), 'Ann@x.example', now() + interval '1 day')`,
		},

		"crossing_policy_is_about_one":           {policy + `(null, null, 'w', 3, now(), 'b', now() + interval '1 day')`, policy + `(1, 1, 'w', 3, now(), 'b', now() + interval '1 day')`},
		"crossing_policy_says_why":               {policy + `(1, null, ' ', 2, now(), 'b', now() + interval '1 day')`},
		"crossing_policy_ends_after_it_begins":   {policy + `(1, null, 'w', 3, now(), 'b', now())`},
		"crossing_policy_ends_within_a_year":     {policy + `(1, null, 'w', 3, now(), 'b', now() + interval '367 days')`},
		"crossing_policy_end_has_a_name":         {`update finding_policy set ended_at = now() where id = 1`},
		"crossing_policy_owner_is_a_live_person": {policy + `(1, null, 'w', 5, now(), 'b', now() + interval '1 day')`, `update identity set ended_at = now() where id = 3; ` + policy + `(1, null, 'w', 3, now(), 'b', now() + interval '1 day')`},
		"crossing_policy_stays_what_it_was": {
			`update finding_policy set why = 'x' where id = 1`, `update finding_policy set ends_at = now() where id = 1`, `update finding_policy set owner_id = 1 where id = 1`, `update finding_policy set ended_at = now() where id = 2`,
			`delete from finding_policy`, `truncate finding_policy`,
		},

		"toxic_rule_has_a_name":             {toxic + `(' ', 'w', '{a}', '{b}', '{}', '{}', null, now(), 'b')`},
		"toxic_rule_name_is_unique":         {toxic + `('Firewall and Controllers', 'w', '{a}', '{b}', '{}', '{}', null, now(), 'b')`},
		"toxic_rule_says_why":               {toxic + `('n', '', '{a}', '{b}', '{}', '{}', null, now(), 'b')`},
		"toxic_rule_has_two_sides":          {toxic + `('n', 'w', '{}', '{b}', '{}', '{}', null, now(), 'b')`, toxic + `('n', 'w', '{a}', '{}', '{}', '{}', null, now(), 'b')`},
		"toxic_rule_domains_are_known":      {toxic + `('n', 'w', '{a}', '{b}', '{cloud}', '{}', null, now(), 'b')`},
		"toxic_rule_privileges_are_known":   {toxic + `('n', 'w', '{a}', '{b}', '{}', '{root}', null, now(), 'b')`},
		"toxic_rule_end_has_a_name":         {`update finding_toxic set ended_at = now() where id = 1`},
		"toxic_rule_owner_is_a_live_person": {`update finding_toxic set owner_id = 5 where id = 1`, toxic + `('n', 'w', '{a}', '{b}', '{}', '{}', 5, now(), 'b')`},
		"toxic_rule_stays_what_it_was":      {`update finding_toxic set why = 'x' where id = 1`, `update finding_toxic set first_words = '{x}' where id = 1`, `delete from finding_toxic`, `truncate finding_toxic`},

		"use_review_says_what_was_found": {useReview + `(1, now(), 'boss@x.example', now(), '')`},
		"use_review_looks_back":          {useReview + `(1, now() + interval '1 day', 'boss@x.example', now(), 'n')`},
		"use_review_is_append_only":      {`update finding_use_review set note = 'x'`, `delete from finding_use_review`, `truncate finding_use_review`},
		"nobody_reviews_their_own_use":   {useReview + `(2, now(), 'ann@x.example', now(), 'n')`},
	})
}
