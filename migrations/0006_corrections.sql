-- Editions: corrections, requests for correction, notices, papers.

-- Each edition names the one published before it and that one's hash: a chain.
ALTER TABLE edition ADD COLUMN previous int64;
ALTER TABLE edition ADD COLUMN previous_hash text;

-- A statement put right after its round was closed. The next edition of the year takes it in and shows the reason.
CREATE TABLE correction (
  id id,
  version int64 NOT NULL DEFAULT 1,
  project int64 NOT NULL REFERENCES project (id),
  statement int64 NOT NULL REFERENCES statement (id),
  year int64 NOT NULL,
  kind text NOT NULL,
  reason text NOT NULL,
  hand text NOT NULL,
  account int64 NOT NULL,
  at int64 NOT NULL,
  edition int64 REFERENCES edition (id),
  demo bool NOT NULL
);
CREATE INDEX correction_edition ON correction (edition, project);
CREATE INDEX correction_project ON correction (project, year);

-- What somebody outside says is wrong in a public entry.
CREATE TABLE correction_request (
  id id,
  version int64 NOT NULL DEFAULT 1,
  receipt text NOT NULL,
  entity text NOT NULL,
  record int64 NOT NULL,
  edition int64 REFERENCES edition (id),
  unit int64,
  place text,
  body text,
  name text,
  mail text,
  state text NOT NULL,
  answer text,
  answered_at int64,
  mended_in int64 REFERENCES edition (id),
  made_at int64 NOT NULL,
  erased_at int64,
  demo bool NOT NULL
);
CREATE INDEX correction_request_state ON correction_request (state, id);
CREATE INDEX correction_request_record ON correction_request (entity, record);

-- A partner told, before an edition is published, what will be published of it. By year and number: a draft that is made anew keeps its notices.
CREATE TABLE notice (
  id id,
  version int64 NOT NULL DEFAULT 1,
  year int64 NOT NULL,
  number int64 NOT NULL,
  organization int64 NOT NULL REFERENCES organization (id),
  code_hash text NOT NULL,
  due_on text NOT NULL,
  sent_at int64 NOT NULL,
  state text NOT NULL,
  replied_at int64,
  writer text,
  words text,
  answer text,
  answered_at int64,
  demo bool NOT NULL,
  UNIQUE (year, number, organization)
);
CREATE UNIQUE INDEX notice_code ON notice (code_hash);
CREATE INDEX notice_organization ON notice (organization);

-- What was said of an edition's paper in the meeting inside the prefecture, and what came of it.
CREATE TABLE remark (
  id id,
  version int64 NOT NULL DEFAULT 1,
  edition int64 REFERENCES edition (id),
  year int64 NOT NULL,
  meeting text NOT NULL,
  held_on text NOT NULL,
  post text NOT NULL,
  body text NOT NULL,
  answer text,
  action text,
  due_on text,
  done_on text,
  demo bool NOT NULL
);
CREATE INDEX remark_edition ON remark (edition, held_on, id);

-- Good practice: by which criteria, which project, and why.
CREATE TABLE criterion (
  id id,
  version int64 NOT NULL DEFAULT 1,
  name text NOT NULL,
  words text NOT NULL,
  position int64 NOT NULL,
  ours bool NOT NULL,
  retired bool NOT NULL,
  demo bool NOT NULL
);
CREATE TABLE practice (
  id id,
  version int64 NOT NULL DEFAULT 1,
  project int64 NOT NULL REFERENCES project (id),
  year int64 NOT NULL,
  words text,
  state text NOT NULL,
  made_at int64 NOT NULL,
  published_at int64,
  demo bool NOT NULL,
  UNIQUE (project, year)
);
CREATE INDEX practice_state ON practice (state, year, id);
CREATE TABLE practice_reason (
  id id,
  owner int64 NOT NULL REFERENCES practice (id),
  position int64 NOT NULL,
  criterion int64 REFERENCES criterion (id),
  words text
);
CREATE INDEX practice_reason_owner ON practice_reason (owner, position);
