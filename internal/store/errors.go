package store

import (
	"context"
	"errors"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"interlock/internal/errs"
)

type words struct {
	kind    errs.Kind
	field   string
	message string
}

// constraints gives each rule that the database keeps its words.
var constraints = map[string]words{
	"source_name_is_well_formed":                       {errs.Invalid, "source", "A source's name has 1 to 63 small letters, digits, dots, dashes or underscores and begins with a letter or digit."},
	"account_email_is_unique":                          {errs.Conflict, "email", "There is already an account with this e-mail."},
	"account_email_is_lower_case":                      {errs.Invalid, "email", "This is not an e-mail address."},
	"account_role_is_known":                            {errs.Invalid, "role", "This role is not known. Known: admin, governance, risk_officer, plant_engineer, auditor, member."},
	"review_definition_name_is_well_formed":            {errs.Invalid, "name", "A campaign's name has 1 to 63 small letters, digits or dashes and begins with a letter or digit."},
	"review_definition_revision_is_unique":             {errs.Conflict, "", "Someone saved this definition at the same moment. Look at what they saved, then try again."},
	"nobody_reviews_their_own_access":                  {errs.Forbidden, "reviewer", "Nobody reviews their own access. Give it to someone else."},
	"nobody_reviews_a_grant_they_gave":                 {errs.Forbidden, "reviewer", "Nobody reviews access they granted themselves. Give it to someone else."},
	"nobody_reviews_their_own_access_by_another_name":  {errs.Forbidden, "reviewer", "This access belongs to the same person under another identity, and nobody reviews their own access. Give it to someone else."},
	"nobody_reviews_a_grant_they_gave_by_another_name": {errs.Forbidden, "reviewer", "The same person granted this access under another identity, and nobody reviews access they granted themselves. Give it to someone else."},
	"identity_join_counts_once":                        {errs.Conflict, "", "These two identities are joined already."},
	"nobody_says_who_they_are":                         {errs.Forbidden, "", "Nobody says of themselves which identities are theirs. Ask somebody else to look at this join."},
	"join_only_ends":                                   {errs.Conflict, "", "This join has ended already."},
	"nobody_owns_without_agreeing":                     {errs.Forbidden, "", "Nobody becomes owner without agreeing: only the person an offer was made to can answer it."},
	"owner_is_a_live_person":                           {errs.Invalid, "owner", "An owner is a person who is here: choose someone who has not left."},
	"only_one_offer_waits":                             {errs.Conflict, "", "An offer is waiting for an answer already. Withdraw it first."},
	"only_one_transfer_counts":                         {errs.Conflict, "", "Someone else took this over at the same moment. Load the page again."},
	"transfer_is_accepted_in_time":                     {errs.Conflict, "", "This offer has expired. Ask for a new one."},
	"transfer_moves_on_only":                           {errs.Conflict, "", "This offer was answered already."},
	"transfer_terms_never_change":                      {errs.Conflict, "", "An offer that was made does not change; withdraw it and make another."},
	"only_one_request_waits":                           {errs.Conflict, "", "A request for this asset and capability waits already. Go on with that one."},
	"one_live_exception_per_asset_and_capability":      {errs.Conflict, "", "This asset has an exception for this capability already. Renew that one."},
	"exception_always_ends":                            {errs.Invalid, "ends_at", "An exception ends, and after it begins."},
	"exception_ends_within_its_band":                   {errs.Invalid, "ends_at", "This is longer than the risk that stays allows. Choose an earlier end."},
	"exception_ends_after_it_begins":                   {errs.Conflict, "ends_at", "Its end has passed while it waited: send it back for a new one."},
	"exception_has_a_control":                          {errs.Invalid, "controls", "An exception has at least one compensating control."},
	"exception_ends_once":                              {errs.Conflict, "", "This exception has ended already."},
	"exception_stays_what_it_is_for":                   {errs.Conflict, "", "An exception is for one asset and one capability; ask for another one."},
	"requester_never_approves":                         {errs.Forbidden, "", "Who asked never answers: somebody else decides."},
	"requester_never_tests":                            {errs.Forbidden, "", "Who asked for an exception never tests its controls: somebody else does."},
	"approver_never_tests":                             {errs.Forbidden, "", "Who approves an exception never owns or tests one of its controls: somebody else does."},
	"nobody_makes_themselves_approver":                 {errs.Forbidden, "", "Nobody raises their own limit: somebody else does."},
	"revision_is_answered_once":                        {errs.Conflict, "", "This request was answered already. Load the page again."},
	"submitted_revision_does_not_change":               {errs.Conflict, "", "A submitted request does not change; take it back first."},
	"test_is_of_a_control_in_use":                      {errs.Conflict, "", "This control is no longer in use."},
	"tests_are_append_only":                            {errs.Conflict, "", "A test that was recorded stays; record another one."},
	"steps_are_append_only":                            {errs.Conflict, "", "The history of an exception is append-only."},
	"attachments_are_append_only":                      {errs.Conflict, "", "An attachment stays with its exception."},
	"attachment_is_at_most_20_mb":                      {errs.Invalid, "attachment", "A file has between 1 byte and 20 MB."},
	"register_is_never_deleted":                        {errs.Conflict, "", "What is in the register stays; an exception ends."},
	"view_name_is_unique":                              {errs.Conflict, "name", "You have a view of this name already. Choose another name."},
	"decisions_need_an_open_campaign":                  {errs.Conflict, "", "This campaign takes no answers now: it is not open."},
	"decisions_end_with_sign_off":                      {errs.Conflict, "", "You signed off; your answers can no longer change."},
	"decision_has_an_item":                             {errs.NotFound, "", "There is no such item in this campaign."},
	"decision_is_on_its_own_campaign":                  {errs.NotFound, "", "There is no such item in this campaign."},
	"item_is_decided_by_its_reviewer":                  {errs.NotFound, "", "This item is not yours to review."},
	"outcome_is_set_once_by_closing":                   {errs.Conflict, "", "What became of an item is set once, when its campaign closes."},
	"high_risk_is_never_decided_in_bulk":               {errs.Invalid, "", "High-risk access is decided one by one, never in bulk."},
	"high_risk_says_why":                               {errs.Invalid, "note", "This access is high risk: say why."},
	"item_is_answered_once":                            {errs.Conflict, "", "This item is answered already: take that answer back first."},
	"unaccountable_access_wants_an_exception":          {errs.Conflict, "answer", "Nobody can tell the users of this asset apart, and no exception covers that: its access cannot be certified. Request an exception first, or answer otherwise."},
	"excepted_access_is_not_certified":                 {errs.Conflict, "answer", "An exception covers this asset: its access is certified under the exception, and counts as excepted."},
	"no_exception_is_in_force":                         {errs.Conflict, "answer", "No exception is in force for this asset: its access cannot be certified under one."},
	"decisions_are_append_only":                        {errs.Conflict, "", "A decision that was made cannot be changed, only followed by another."},
	"frozen_item_never_changes":                        {errs.Conflict, "", "What was frozen at launch cannot change."},
	"audit_is_append_only":                             {errs.Conflict, "", "The audit log is append-only."},
	"history_is_append_only":                           {errs.Conflict, "", "The inventory's history is append-only."},
	"inventory_is_never_deleted":                       {errs.Conflict, "", "Inventory rows end; they are never deleted."},
	"definition_is_append_only":                        {errs.Conflict, "", "A revision of a definition cannot change; save a new one."},
	"acknowledgement_says_why":                         {errs.Invalid, "reason", "Say why this can stay as it is for now."},
	"acknowledgement_ends_after_it_begins":             {errs.Invalid, "until", "The end lies in the past."},
	"acknowledgement_ends_in_time":                     {errs.Invalid, "until", "That is too long: a critical finding is acknowledged for 30 days at most, a high one for 90, a medium one for 180, a low one for 365."},
	"acknowledgement_is_of_an_open_finding":            {errs.Conflict, "", "This finding is closed: what was wrong is gone."},
	"acknowledgement_is_append_only":                   {errs.Conflict, "", "An acknowledgement cannot change; make another, or take it back."},
	"nobody_acknowledges_a_finding_about_themselves":   {errs.Forbidden, "", "Nobody acknowledges a finding about themselves. Ask a colleague."},
	"finding_is_never_deleted":                         {errs.Conflict, "", "A finding closes when the fact is gone; it is never deleted."},
	"crossing_policy_is_about_one":                     {errs.Invalid, "subject", "A policy is about one identity or one credential."},
	"crossing_policy_says_why":                         {errs.Invalid, "why", "Say why it may be used on both sides."},
	"crossing_policy_ends_after_it_begins":             {errs.Invalid, "ends", "The end lies in the past."},
	"crossing_policy_ends_within_a_year":               {errs.Invalid, "ends", "A policy ends within a year; it can be made anew then."},
	"crossing_policy_end_has_a_name":                   {errs.Conflict, "", "Whoever ends a policy is named."},
	"crossing_policy_stays_what_it_was":                {errs.Conflict, "", "A policy cannot change or go away: end it and make another."},
	"crossing_policy_owner_is_a_live_person":           {errs.Invalid, "owner", "The owner must be a person who is still here."},
	"toxic_rule_has_a_name":                            {errs.Invalid, "name", "Give the combination a name."},
	"toxic_rule_name_is_unique":                        {errs.Conflict, "name", "There is a combination with this name already."},
	"toxic_rule_says_why":                              {errs.Invalid, "why", "Say why nobody should hold both."},
	"toxic_rule_has_two_sides":                         {errs.Invalid, "first", "Each side says at least one thing: words, a class, a domain or a privilege."},
	"toxic_rule_domains_are_known":                     {errs.Invalid, "domain", "A domain is it, dmz, ot or external."},
	"toxic_rule_privileges_are_known":                  {errs.Invalid, "privilege", "A privilege is view, operate, engineer or admin."},
	"toxic_rule_end_has_a_name":                        {errs.Conflict, "", "Whoever ends a combination is named."},
	"toxic_rule_stays_what_it_was":                     {errs.Conflict, "", "A combination cannot change or go away: end it and make another."},
	"toxic_rule_owner_is_a_live_person":                {errs.Invalid, "owner", "The owner must be a person who is still here."},
	"use_review_says_what_was_found":                   {errs.Invalid, "note", "Say what you looked at and what you found."},
	"use_review_looks_back":                            {errs.Invalid, "used_until", "A review looks back, not ahead."},
	"use_review_is_append_only":                        {errs.Conflict, "", "A review of use cannot change; make another."},
	"nobody_reviews_their_own_use":                     {errs.Forbidden, "", "You used it yourself. Ask a colleague to review it."},
}

// Gone is what a person reads when the database cannot be reached.
const Gone = "The database did not answer, so nothing was saved. Try again in a moment."

// translate turns what PostgreSQL refused into a refusal with words.
func translate(err error) error {
	if err == nil || errs.KindOf(err) != errs.Internal {
		return err
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return errs.NotFoundf("There is no such thing here, or it is not yours to see.").Because(err)
	}
	pg, told := errors.AsType[*pgconn.PgError](err)
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	switch {
	case told && !connecting: // a server that refuses the connection is not reachable, whatever it says
		return translateCode(pg, err)
	case unreachable(err):
		return errs.Unavailablef(Gone).Because(err)
	}
	return err
}

func translateCode(pg *pgconn.PgError, err error) error {
	if w, ok := constraints[pg.ConstraintName]; ok {
		return (&errs.Error{Kind: w.kind, Field: w.field, Message: w.message}).Because(err)
	}
	switch pg.Code {
	case "53100":
		return errs.Unavailablef("The database's disk is full, so nothing was changed. Free space and try again.").Because(err)
	case "22021", "22P05":
		return errs.Invalidf("The text holds a character that cannot be kept, such as a NUL byte: leave it out.").Because(err)
	case "57P01", "57P02", "57P03", "53300", "25006": // going down, not up yet, full, or a standby
		return errs.Unavailablef(Gone).Because(err)
	}
	return err
}

func unreachable(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, pgconn.ErrConnClosed) || pgconn.Timeout(err) || errors.Is(err, context.DeadlineExceeded) || isEOF(err)
}
