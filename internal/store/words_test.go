package store_test

import (
	"slices"
	"strings"
	"testing"

	"interlock/internal/store"
)

// unspoken are rules without words of their own, because no person can run into
// them: something says it earlier, with more to say, or only the program writes there.
var unspoken = map[string][]string{
	"an import checks every row and names file, line and column": {
		"access_session_", "asset_", "conduit_", "credential_", "entitlement_", "grant_", "holder_", "identity_", "implication_", "site_", "zone_", "source_name_is_unique",
	},
	"only the program writes it": {
		"audit_event_", "audit_leaf_", "campaign_", "item_consequence_", "item_outcome_", "item_peer_", "item_peers_", "item_reach_", "item_recommendation_", "item_risk_", "item_decision_", "job_", "last_answer_is_known", "login_", "mail_", "pack_", "chunk_has_content", "notice_", "reach_", "remediation_", "session_",
		"finding_severity_", "finding_about_", "finding_closes_", "finding_is_open_once", "finding_stays_what_it_was", "account_password_", "sign_off_states_what_is_attested",
	},
	"the rules and the use cases write it whole": {
		"join_by_hand_is_by_a_person", "join_ends_one_way", "join_is_by_an_import_or_a_person", "join_is_of_two_identities", "join_rule_is_known", "join_undone_says_who_and_why",
		"transfer_answer_says_who_and_when", "transfer_end_says_who_and_why", "transfer_expires_after_it_is_offered", "transfer_proposal_is_known", "transfer_state_is_known", "transfer_subject_is_known",
	},
	"the register's use cases check it first, with more to say": {
		"approver_rank_is_known", "attachment_has_a_name", "attachment_is_what_its_hash_says", "band_", "control_", "exception_capability_is_known", "exception_ended_", "exception_state_is_known",
		"requirement_", "revision_answer_", "revision_is_whole_when_submitted", "revision_leaves_", "revision_reason_is_known", "revision_scores_", "revision_state_is_known",
		"test_is_due_again_later", "test_says_what_was_seen", "view_has_a_name",
	},
	"login adds a role once, by on conflict":                 {"account_role_is_held_once"},
	"answering checks it first, against the item's own list": {"decision_is_known", "decision_open_time_", "decision_reduce_", "decision_shown_"},
}

func TestRulesHaveWords(t *testing.T) {
	t.Parallel()
	spoken, used := store.Constraints(), map[string]bool{}
	for rule := range schemaRules(t) {
		silent := false
		for _, list := range unspoken {
			for _, prefix := range list {
				if rule == prefix || strings.HasSuffix(prefix, "_") && strings.HasPrefix(rule, prefix) {
					used[prefix], silent = true, true
				}
			}
		}
		if !silent && !slices.Contains(spoken, rule) {
			t.Errorf("%s has no words in errors.go", rule)
		}
	}
	for reason, list := range unspoken {
		for _, prefix := range list {
			if !used[prefix] {
				t.Errorf("%s (%s) is no longer in the schema", prefix, reason)
			}
		}
	}
}
