-- Operation: long work with its progress, and what the nightly jobs found.

CREATE TABLE run (
  id id,
  kind text NOT NULL,
  title text NOT NULL,
  page text,
  account int64 NOT NULL,
  node text NOT NULL,
  state text NOT NULL,
  started_at int64 NOT NULL,
  seen_at int64 NOT NULL,
  ended_at int64,
  done int64 NOT NULL,
  total int64,
  place text,
  message text,
  report text,
  handled_at int64
);
CREATE INDEX run_state ON run (state, id);
CREATE INDEX run_kind ON run (kind, id);

-- The last result of each kind of nightly work, and how far erasing has come.
CREATE TABLE operation_fact (
  name text PRIMARY KEY,
  at int64 NOT NULL,
  ok bool NOT NULL,
  words text,
  upto int64
);
