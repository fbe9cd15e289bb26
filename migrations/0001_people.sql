-- Who: accounts, duties, sections; and what every record needs: settings, words, log, outbox, jobs.
-- Five types, spelled for each engine by db/migrate.c: id, int64, text, bytes, bool.

CREATE TABLE setting (
  key text PRIMARY KEY,
  value text NOT NULL
);

CREATE TABLE vocabulary (
  id id,
  version int64 NOT NULL DEFAULT 1,
  kind text NOT NULL,
  code text NOT NULL,
  from_year int64,
  to_year int64,
  position int64 NOT NULL,
  label text NOT NULL,
  alias text,
  parent text,
  number text,
  definition text,
  condition text,
  source text,
  note text
);
CREATE INDEX vocabulary_kind ON vocabulary (kind, position, id);
CREATE INDEX vocabulary_code ON vocabulary (kind, code);

CREATE TABLE section (
  id id,
  version int64 NOT NULL DEFAULT 1,
  unit int64 NOT NULL,
  year int64 NOT NULL,
  parent int64 REFERENCES section (id),
  level text NOT NULL,
  name text NOT NULL,
  position int64 NOT NULL,
  phone text,
  mail text,
  answers bool NOT NULL,
  demo bool NOT NULL,
  UNIQUE (year, unit)
);
CREATE INDEX section_parent ON section (parent);
CREATE INDEX section_unit ON section (unit, year);

CREATE TABLE account (
  id id,
  version int64 NOT NULL DEFAULT 1,
  login text NOT NULL UNIQUE,
  name text NOT NULL,
  mail text,
  password_hash text,
  active bool NOT NULL,
  demo bool NOT NULL,
  made_at int64 NOT NULL,
  last_login_at int64
);

CREATE TABLE duty (
  id id,
  account int64 NOT NULL REFERENCES account (id),
  role text NOT NULL,
  unit int64,
  organization int64,
  since int64 NOT NULL,
  until int64,
  demo bool NOT NULL
);
CREATE INDEX duty_account ON duty (account);
CREATE INDEX duty_unit ON duty (unit);
CREATE INDEX duty_organization ON duty (organization);

-- An invitation or a reset: a code sent by mail or printed; only its hash is kept.
CREATE TABLE invitation (
  id id,
  code_hash text NOT NULL UNIQUE,
  purpose text NOT NULL,
  account int64 NOT NULL REFERENCES account (id),
  made_at int64 NOT NULL,
  expires_at int64 NOT NULL,
  used_at int64
);
CREATE INDEX invitation_account ON invitation (account);

CREATE TABLE session (
  id id,
  token_hash text NOT NULL UNIQUE,
  account int64 NOT NULL REFERENCES account (id),
  made_at int64 NOT NULL,
  used_at int64 NOT NULL,
  device text
);
CREATE INDEX session_account ON session (account);
CREATE INDEX session_used ON session (used_at);

CREATE TABLE idempotency (
  key text PRIMARY KEY,
  who int64 NOT NULL,
  at int64 NOT NULL,
  body_hash text NOT NULL,
  status int64 NOT NULL,
  location text
);
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE audit (
  chain int64 NOT NULL,
  n int64 NOT NULL,
  at int64 NOT NULL,
  account int64 NOT NULL,
  who text NOT NULL,
  what text NOT NULL,
  entity text,
  record int64,
  diff text NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (chain, n)
);
CREATE INDEX audit_record ON audit (entity, record);
CREATE INDEX audit_at ON audit (at);

-- The values behind the hashes of diff; those of personal fields may be erased after the retention period.
CREATE TABLE audit_value (
  chain int64 NOT NULL,
  n int64 NOT NULL,
  position int64 NOT NULL,
  field text NOT NULL,
  before text,
  after text,
  salt text NOT NULL,
  personal bool NOT NULL,
  erased_at int64,
  PRIMARY KEY (chain, n, position)
);

CREATE TABLE audit_head (
  chain int64 PRIMARY KEY,
  n int64 NOT NULL,
  hash text NOT NULL
);

CREATE TABLE view_log (
  id id,
  at int64 NOT NULL,
  account int64 NOT NULL,
  path text NOT NULL,
  request text NOT NULL
);
CREATE INDEX view_log_at ON view_log (at);

CREATE TABLE withholding (
  id id,
  entity text NOT NULL,
  record int64 NOT NULL,
  field text NOT NULL,
  reason text NOT NULL,
  account int64 NOT NULL,
  at int64 NOT NULL,
  lifted_at int64,
  lifted_reason text
);
CREATE INDEX withholding_record ON withholding (entity, record);

CREATE TABLE outbox (
  id id,
  account int64,
  to_name text,
  to_mail text,
  subject text NOT NULL,
  body text NOT NULL,
  about text,
  about_id int64,
  made_at int64 NOT NULL,
  state text NOT NULL,
  due_at int64 NOT NULL,
  tries int64 NOT NULL,
  sent_at int64,
  error text
);
CREATE INDEX outbox_due ON outbox (state, due_at);
CREATE INDEX outbox_about ON outbox (about, about_id, id);

CREATE TABLE job (
  id id,
  kind text NOT NULL,
  subject int64 NOT NULL,
  due_at int64 NOT NULL,
  state text NOT NULL,
  tries int64 NOT NULL,
  error text,
  done_at int64
);
CREATE INDEX job_due ON job (state, due_at);

-- What the search index still has to take in (see core/finder.h).
CREATE TABLE finder_touched (
  id id,
  kind text NOT NULL,
  record int64 NOT NULL,
  at int64 NOT NULL
);
