-- +goose Up

create table control_pack (
  id          bigint generated always as identity primary key,
  campaign_id bigint not null,
  job_id      bigint not null,
  name        text not null,
  size        bigint not null,
  sha256      text not null,
  made_by     text not null,
  made_at     timestamptz not null,
  expires_at  timestamptz not null,
  constraint pack_is_one_per_job unique (job_id),
  constraint pack_has_content check (size > 0),
  constraint pack_sum_is_a_sha256 check (sha256 ~ '^[0-9a-f]{64}$'),
  constraint pack_expires_after_it_is_made check (expires_at > made_at)
);
comment on table control_pack is 'Evidence packs made in the browser, each with its content in control_pack_chunk until it expires. job_id: the job that made it, so that a job worked twice makes one.';
create index control_pack_by_campaign on control_pack (campaign_id, id desc);
create index control_pack_by_expiry on control_pack (expires_at);

create table control_pack_chunk (
  pack_id  bigint not null references control_pack (id) on delete cascade,
  position integer not null,
  content  bytea not null,
  primary key (pack_id, position),
  constraint chunk_has_content check (length(content) > 0)
);
comment on table control_pack_chunk is 'The bytes of a pack, a megabyte a row, so that nobody ever holds it whole.';
alter table control_pack_chunk alter column content set storage external; -- it is compressed already

alter table review_reviewer add column reminded_at timestamptz;
comment on column review_reviewer.reminded_at is 'When somebody last asked for them to be reminded.';

-- What a reviewer passed on stays in their list, wherever it went since.
create index review_decision_unsure on review_decision (campaign_id, decided_by, id) where decision = 'unsure';

-- Which templates there are is known where they are; mail refuses any other.
alter table mail_message drop constraint mail_template_is_known;
