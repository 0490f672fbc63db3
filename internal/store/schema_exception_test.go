package store_test

import "maps"

func init() { maps.Copy(offences, registerOffences) }

// The register's rules, each tried on exception 1: approved, with one control that
// was tested once; and on exception 2, a draft.
const (
	register = `
update asset set zone_id = 1 where id = 1;
insert into exception (id, asset_id, capability, risk_owner, requested_by, requested_at) overriding system value values (1, 1, 'mfa', 'o@x.example', 'asks@x.example', '2026-01-01'), (2, 1, 'rotation', 'o@x.example', 'asks@x.example', '2026-01-01');
insert into exception_revision (exception_id, number, requested_by, created_at) values (1, 1, 'asks@x.example', '2026-01-01'), (2, 1, 'asks@x.example', '2026-01-01');
insert into exception_control (id, exception_id, title, owner, method, every_days, since, next_due) overriding system value values
  (1, 1, 'Jump host', 'tess@x.example', 'Rule', 30, '2026-01-01', '2026-02-01'), (2, 2, 'Vault', 'tess@x.example', 'Rule', 30, '2026-01-01', '2026-02-01');
update exception_revision set reason = 'cost', justification = 'j', way_out = 'w', likelihood = 3, people = 3, environment = 1, supply = 1,
  left_likelihood = 1, left_people = 3, left_environment = 1, left_supply = 1, ends_at = '2026-06-01';
update exception_revision set state = 'submitted', submitted_at = '2026-01-01' where exception_id = 1;
`
	approve     = `update exception_revision set state = 'approved', approver = 'ines@x.example', answered_at = '2026-01-02', answer_reason = 'r' where exception_id = 1; `
	inForce     = register + approve + `update exception set state = 'approved', valid_from = '2026-01-02', valid_to = '2026-06-01' where id = 1; `
	test        = `insert into exception_test (control_id, tested_by, tested_at, passed, note, next_due) values `
	attach      = `insert into exception_attachment (exception_id, name, type, size, sha256, content, added_by, added_at) values `
	submitDraft = `update exception_revision set state = 'submitted', submitted_at = '2026-01-01'`
)

var registerOffences = map[string][]string{
	"requirement_level_is_purdue":      {`insert into exception_requirement values (2.5, 'mfa')`},
	"requirement_capability_is_known":  {`insert into exception_requirement values (0, 'karate')`},
	"band_is_known":                    {`insert into exception_band values ('huge', 30, 1)`},
	"band_begins_at_its_own_score":     {`update exception_band set from_score = 5 where band = 'low'`},
	"band_lasts_at_least_a_day":        {`update exception_band set max_days = 0`, `update exception_band set max_days = 367`},
	"approver_rank_is_known":           {`insert into exception_approver values ('a@x.example', 'all', 'b@x.example', now())`},
	"nobody_makes_themselves_approver": {`insert into exception_approver values ('a@x.example', 'low', 'a@x.example', now())`},
	"exception_state_is_known":         {register + `update exception set state = 'lost' where id = 2`},
	"exception_capability_is_known":    {`insert into exception (asset_id, capability, risk_owner, requested_by, requested_at) values (1, 'karate', 'o', 'a', now())`},
	"only_one_request_waits":           {register + `insert into exception (id, asset_id, capability, risk_owner, requested_by, requested_at) overriding system value values (3, 1, 'rotation', 'o', 'a', now())`},
	"exception_ended_says_who_and_why": {register + `update exception set state = 'withdrawn' where id = 2`, register + `update exception set ended_at = now(), ended_by = 'a', ended_why = '' where id = 2`},
	"exception_ends_once":              {inForce + `update exception set state = 'revoked', ended_at = now(), ended_by = 'a', ended_why = 'w' where id = 1; update exception set valid_to = 'infinity' where id = 1`},
	"exception_stays_what_it_is_for":   {register + `update exception set capability = 'rbac' where id = 1`, register + `update exception set requested_by = 'else@x.example' where id = 1`},
	"exception_always_ends": {
		register + `update exception set state = 'approved' where id = 1`, inForce + `update exception set valid_to = null where id = 1`,
		inForce + `update exception set valid_to = valid_from where id = 1`,
	},
	"one_live_exception_per_asset_and_capability": {
		inForce + `insert into exception (id, asset_id, capability, state, risk_owner, requested_by, requested_at, valid_from, valid_to) overriding system value values (3, 1, 'mfa', 'approved', 'o', 'a', now(), '2026-05-31', '2026-07-01')`,
	},
	"revision_state_is_known":                     {register + `update exception_revision set state = 'lost' where exception_id = 2`},
	"revision_reason_is_known":                    {register + `update exception_revision set reason = 'whim' where exception_id = 2`},
	"revision_scores_are_one_to_five":             {register + `update exception_revision set people = 6 where exception_id = 2`, register + `update exception_revision set left_likelihood = 0 where exception_id = 2`},
	"revision_is_whole_when_submitted":            {register + submitDraft + `, justification = ' ' where exception_id = 2`, register + submitDraft + `, supply = null where exception_id = 2`, register + submitDraft + `, ends_at = null where exception_id = 2`},
	"revision_leaves_no_more_risk_than_there_was": {register + submitDraft + `, left_likelihood = 5 where exception_id = 2`},
	"revision_answer_says_who_and_why":            {register + `update exception_revision set state = 'rejected' where exception_id = 1`, register + `update exception_revision set approver = 'a' where exception_id = 2`},
	"revision_is_answered_once":                   {inForce + `update exception_revision set state = 'rejected' where exception_id = 1`, inForce + `update exception_revision set ends_at = 'infinity' where exception_id = 1`},
	"submitted_revision_does_not_change":          {register + `update exception_revision set ends_at = '2026-03-01' where exception_id = 1`, register + `update exception_revision set left_people = 1 where exception_id = 1`},
	"requester_never_approves": {
		register + `update exception_revision set state = 'approved', approver = 'asks@x.example', answered_at = now(), answer_reason = 'r' where exception_id = 1`,
		register + `update exception_revision set state = 'changes_requested', approver = 'asks@x.example', answered_at = now(), answer_reason = 'r' where exception_id = 1`,
		`update identity set email = 'asks@x.example' where id = 1; ` + register + `update exception_revision set state = 'approved', approver = 'ann2@x.example', answered_at = now(), answer_reason = 'r' where exception_id = 1`,
	},
	"approver_never_tests": {
		register + `update exception_revision set state = 'approved', approver = 'tess@x.example', answered_at = now(), answer_reason = 'r' where exception_id = 1`,
		inForce + test + `(1, 'ines@x.example', now(), true, 'n', now() + interval '1 day')`,
	},
	"requester_never_tests":             {register + test + `(1, 'asks@x.example', now(), true, 'n', now() + interval '1 day')`},
	"exception_ends_within_its_band":    {register + `update exception_band set max_days = 100 where band = 'low'; ` + approve},
	"exception_ends_after_it_begins":    {register + `update exception_revision set state = 'approved', approver = 'ines@x.example', answered_at = '2026-06-01', answer_reason = 'r' where exception_id = 1`},
	"exception_has_a_control":           {register + `update exception_control set dropped_at = now(), dropped_by = 'a' where id = 1; ` + approve},
	"control_says_what_and_how":         {register + `update exception_control set method = ' ' where id = 1`, register + `update exception_control set owner = '' where id = 1`},
	"control_is_tested_at_least_yearly": {register + `update exception_control set every_days = 367 where id = 1`, register + `update exception_control set every_days = 0 where id = 1`},
	"control_result_has_its_time":       {register + `update exception_control set passed = true where id = 1`},
	"control_dropped_says_by_whom":      {register + `update exception_control set dropped_at = now() where id = 1`},
	"test_says_what_was_seen":           {register + test + `(1, 'tess@x.example', now(), true, ' ', now() + interval '1 day')`},
	"test_is_due_again_later":           {register + test + `(1, 'tess@x.example', now(), true, 'n', now())`},
	"test_is_of_a_control_in_use":       {register + `update exception_control set dropped_at = now(), dropped_by = 'a' where id = 1; ` + test + `(1, 'tess@x.example', now(), true, 'n', now() + interval '1 day')`},
	"tests_are_append_only":             {register + test + `(1, 'tess@x.example', now(), true, 'n', now() + interval '1 day'); update exception_test set passed = false`, `truncate exception_test`},
	"steps_are_append_only":             {register + `insert into exception_step (exception_id, revision, at, actor, event, became) values (1, 1, now(), 'a', 'request', 'draft'); delete from exception_step`, `truncate exception_step`},
	"attachments_are_append_only":       {register + attach + `(1, 'a.txt', 'text/plain', 1, sha256('a'), 'a', 'a', now()); update exception_attachment set name = 'b'`, `truncate exception_attachment`},
	"attachment_has_a_name":             {register + attach + `(1, ' ', 'text/plain', 1, sha256('a'), 'a', 'a', now())`},
	"attachment_is_at_most_20_mb":       {register + attach + `(1, 'a', 'text/plain', 2, sha256('a'), 'a', 'a', now())`, register + attach + `(1, 'a', 'text/plain', 0, sha256(''), '', 'a', now())`},
	"attachment_is_what_its_hash_says":  {register + attach + `(1, 'a', 'text/plain', 1, sha256('b'), 'a', 'a', now())`},
	"view_has_a_name":                   {`insert into exception_view (owner, name, query, saved_at) values ('a', ' ', '', now())`},
	"view_name_is_unique":               {`insert into exception_view (owner, name, query, saved_at) values ('a', 'v', '', now()), ('a', 'v', '', now())`},
	"register_is_never_deleted":         {register + `delete from exception where id = 2`, register + `delete from exception_revision`, register + `delete from exception_control`},
}
