-- +goose Up

create table mail_message (
  id         bigint generated always as identity primary key,
  recipient  text not null,
  subject    text not null,
  template   text not null,
  data       jsonb not null,
  linked     boolean not null default false,
  state      text not null default 'waiting',
  attempts   integer not null default 0,
  last_error text,
  created_at timestamptz not null,
  due_at     timestamptz,
  sent_at    timestamptz,
  constraint mail_template_is_known check (template in ('review_opened', 'review_overdue', 'review_escalated')),
  constraint mail_headers_are_one_line check (recipient || subject !~ '[\r\n]'),
  constraint mail_state_is_known check (state in ('waiting', 'sent', 'failed')),
  constraint mail_sent_has_a_time check ((state = 'sent') = (sent_at is not null)),
  constraint mail_failed_says_why check (state <> 'failed' or last_error is not null)
);
comment on table mail_message is 'Mails to send and sent. The text is made from template and data when it is shown or sent, so that a single-use link is never stored; linked: one was in it. due_at: when it is tried next; none while no mail server is set.';
create index mail_message_by_state on mail_message (state, id desc);
