-- Departments and the year: collators, handing over, merging, mapping between years.

-- An answer on its way from the section to the secretariat; what was agreed about its due date; who received it on paper.
ALTER TABLE answer ADD COLUMN approved_by int64;
ALTER TABLE answer ADD COLUMN passed_at int64;
ALTER TABLE answer ADD COLUMN passed_why text;
ALTER TABLE answer ADD COLUMN extended_to text;
ALTER TABLE answer ADD COLUMN extended_why text;
ALTER TABLE answer ADD COLUMN received_by text;
ALTER TABLE answer ADD COLUMN warned_at int64;

-- approval: of a department, its sections' approvers must click themselves. gone: the section ended within the year, its closed answers stay.
ALTER TABLE section ADD COLUMN approval bool NOT NULL DEFAULT FALSE;
ALTER TABLE section ADD COLUMN gone bool NOT NULL DEFAULT FALSE;

-- Why this person got the letter.
ALTER TABLE outbox ADD COLUMN why text;

-- Projects that a department does not put into the edition, with its reason. Not a column of statement: the proofs of editions list its fields.
CREATE TABLE left_out (
  id id,
  statement int64 NOT NULL UNIQUE REFERENCES statement (id),
  reason text NOT NULL,
  account int64 NOT NULL,
  at int64 NOT NULL
);

-- What became of the sections of the year before: rename, move, split, merge, abolish (to_unit NULL), new (from_unit NULL). What stays has no row.
CREATE TABLE section_move (
  id id,
  year int64 NOT NULL,
  from_unit int64,
  to_unit int64,
  kind text NOT NULL,
  at int64 NOT NULL,
  demo bool NOT NULL
);
CREATE INDEX section_move_from ON section_move (from_unit, year);
CREATE INDEX section_move_to ON section_move (to_unit, year);

-- A duty handed to a successor. partner: present, absent, none (no partner is concerned).
CREATE TABLE handover (
  id id,
  from_duty int64 NOT NULL REFERENCES duty (id),
  to_duty int64 NOT NULL REFERENCES duty (id),
  handed_on text NOT NULL,
  partner text NOT NULL,
  note text,
  account int64 NOT NULL,
  at int64 NOT NULL,
  demo bool NOT NULL
);
CREATE INDEX handover_from ON handover (from_duty);
CREATE INDEX handover_to ON handover (to_duty);

-- Two statements made one. before: the survivor's statement as it was, for undoing.
CREATE TABLE project_merge (
  id id,
  survivor int64 NOT NULL REFERENCES project (id),
  other int64 NOT NULL REFERENCES project (id),
  statement int64 NOT NULL REFERENCES statement (id),
  other_statement int64 NOT NULL REFERENCES statement (id),
  year int64 NOT NULL,
  before text NOT NULL,
  version int64 NOT NULL,
  account int64 NOT NULL,
  at int64 NOT NULL,
  undone_at int64
);
CREATE INDEX project_merge_other ON project_merge (other);
CREATE INDEX project_merge_survivor ON project_merge (survivor);
CREATE INDEX project_merged ON project (merged_into);

-- What a joint section says to the lead.
CREATE TABLE joint_remark (
  id id,
  statement int64 NOT NULL REFERENCES statement (id),
  section int64 NOT NULL REFERENCES section (id),
  body text NOT NULL,
  account int64 NOT NULL,
  at int64 NOT NULL,
  seen_at int64
);
CREATE INDEX joint_remark_statement ON joint_remark (statement, id);

-- 事例照会: cases of municipalities, listed beside the register and counted apart.
CREATE TABLE case_inquiry (
  id id,
  version int64 NOT NULL DEFAULT 1,
  year int64 NOT NULL,
  title text NOT NULL,
  body text,
  due_on text,
  state text NOT NULL,
  opened_at int64,
  closed_at int64,
  published_at int64,
  demo bool NOT NULL
);
CREATE TABLE case_inquiry_set (
  owner int64 NOT NULL REFERENCES case_inquiry (id),
  field text NOT NULL,
  position int64 NOT NULL,
  code text NOT NULL,
  PRIMARY KEY (owner, field, position)
);
CREATE TABLE case_answer (
  id id,
  version int64 NOT NULL DEFAULT 1,
  inquiry int64 NOT NULL REFERENCES case_inquiry (id),
  municipality text NOT NULL,
  organization int64 REFERENCES organization (id),
  state text NOT NULL,
  submitted_at int64,
  late bool NOT NULL,
  contact text,
  comment text,
  entered_how text,
  received_on text,
  received_by text,
  demo bool NOT NULL,
  UNIQUE (inquiry, municipality)
);
CREATE INDEX case_answer_organization ON case_answer (organization);
CREATE TABLE municipal_case (
  id id,
  version int64 NOT NULL DEFAULT 1,
  answer int64 NOT NULL REFERENCES case_answer (id),
  name text NOT NULL,
  summary text,
  partners text,
  outcome text,
  budget int64,
  since int64,
  website text,
  demo bool NOT NULL
);
CREATE INDEX municipal_case_answer ON municipal_case (answer, id);
