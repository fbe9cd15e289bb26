-- The register: inquiries, answers, projects and their yearly statements, editions, imported history.

CREATE TABLE inquiry (
  id id,
  version int64 NOT NULL DEFAULT 1,
  year int64 NOT NULL,
  scheme text NOT NULL,
  round text NOT NULL,
  title text NOT NULL,
  body text,
  due_on text,
  scope text NOT NULL,
  state text NOT NULL,
  opened_at int64,
  closed_at int64,
  demo bool NOT NULL
);
CREATE INDEX inquiry_year ON inquiry (year, state);

CREATE TABLE inquiry_set (
  owner int64 NOT NULL REFERENCES inquiry (id),
  field text NOT NULL,
  position int64 NOT NULL,
  code text NOT NULL,
  PRIMARY KEY (owner, field, position)
);

CREATE TABLE answer (
  id id,
  version int64 NOT NULL DEFAULT 1,
  inquiry int64 NOT NULL REFERENCES inquiry (id),
  section int64 NOT NULL REFERENCES section (id),
  state text NOT NULL,
  submitted_at int64,
  late bool NOT NULL,
  receipt text,
  comment text,
  approver_post text,
  approved_on text,
  entered_for text,
  entered_how text,
  received_on text,
  reminded_at int64,
  demo bool NOT NULL,
  UNIQUE (inquiry, section)
);
CREATE INDEX answer_section ON answer (section);

CREATE TABLE project (
  id id,
  first_year int64,
  lead_unit int64,
  merged_into int64,
  made_at int64 NOT NULL,
  demo bool NOT NULL
);

-- What a section states of a project in one round.
CREATE TABLE statement (
  id id,
  version int64 NOT NULL DEFAULT 1,
  project int64 NOT NULL REFERENCES project (id),
  inquiry int64 NOT NULL REFERENCES inquiry (id),
  answer int64 NOT NULL REFERENCES answer (id),
  previous int64 REFERENCES statement (id),
  year int64 NOT NULL,
  decision text,
  end_reason text,
  name text,
  scheme text NOT NULL,
  category text,
  category_other text,
  continuity text,
  relation text,
  main_form text,
  form_other text,
  domain text,
  lead int64 REFERENCES section (id),
  summary text,
  reason text,
  spread text,
  purpose_government text,
  purpose_partner text,
  effect text,
  activity text,
  cost_sharing text,
  budget int64,
  settled int64,
  place text,
  starts_on text,
  ends_on text,
  first_year int64,
  how_chosen text,
  how_chosen_grounds text,
  no_call_reason text,
  contact_post text,
  contact_phone text,
  contact_person text,
  lesson text,
  note text,
  demo bool NOT NULL,
  UNIQUE (inquiry, project)
);
CREATE INDEX statement_answer ON statement (answer, id);
CREATE INDEX statement_project ON statement (project, year);
CREATE INDEX statement_previous ON statement (previous);

CREATE TABLE statement_set (
  owner int64 NOT NULL REFERENCES statement (id),
  field text NOT NULL,
  position int64 NOT NULL,
  code text NOT NULL,
  PRIMARY KEY (owner, field, position)
);

CREATE TABLE statement_partner (
  id id,
  owner int64 NOT NULL REFERENCES statement (id),
  position int64 NOT NULL,
  organization int64 REFERENCES organization (id),
  name text,
  kind text,
  role text
);
CREATE INDEX statement_partner_owner ON statement_partner (owner, position);
CREATE INDEX statement_partner_organization ON statement_partner (organization);

CREATE TABLE statement_section (
  id id,
  owner int64 NOT NULL REFERENCES statement (id),
  position int64 NOT NULL,
  section int64 REFERENCES section (id)
);
CREATE INDEX statement_section_owner ON statement_section (owner, position);

CREATE TABLE statement_role (
  id id,
  owner int64 NOT NULL REFERENCES statement (id),
  position int64 NOT NULL,
  task text,
  who text,
  strength text
);
CREATE INDEX statement_role_owner ON statement_role (owner, position);

CREATE TABLE statement_contribution (
  id id,
  owner int64 NOT NULL REFERENCES statement (id),
  position int64 NOT NULL,
  kind text,
  who text,
  what text
);
CREATE INDEX statement_contribution_owner ON statement_contribution (owner, position);

CREATE TABLE statement_outcome (
  id id,
  owner int64 NOT NULL REFERENCES statement (id),
  position int64 NOT NULL,
  name text,
  unit text,
  year int64,
  value int64
);
CREATE INDEX statement_outcome_owner ON statement_outcome (owner, position);

-- Pairs that the secretariat has looked at and found not to be doubles.
CREATE TABLE not_double (
  one int64 NOT NULL REFERENCES project (id),
  other int64 NOT NULL REFERENCES project (id),
  PRIMARY KEY (one, other)
);

-- Editions. `id` is the global number; `number` counts within the fiscal year.
CREATE TABLE edition (
  id id,
  version int64 NOT NULL DEFAULT 1,
  year int64 NOT NULL,
  number int64 NOT NULL,
  state text NOT NULL,
  made_at int64 NOT NULL,
  publish_at int64,
  published_at int64,
  hash text,
  heads text,
  preface text,
  demo bool NOT NULL,
  UNIQUE (year, number)
);
CREATE INDEX edition_published ON edition (state, year, number);

-- One project as an edition states it; never changed. Columns for lists and statistics, body: canonical JSON of the entity with the words of its year.
CREATE TABLE frozen (
  id id,
  project int64 NOT NULL REFERENCES project (id),
  statement int64 NOT NULL REFERENCES statement (id),
  year int64 NOT NULL,
  name text NOT NULL,
  sort_key text NOT NULL,
  scheme text NOT NULL,
  category text NOT NULL,
  continuity text NOT NULL,
  department int64,
  section int64 NOT NULL,
  budget int64,
  summary text,
  partners text,
  body text NOT NULL,
  salt text NOT NULL,
  proof text NOT NULL,
  hash text NOT NULL
);
CREATE INDEX frozen_project ON frozen (project, year);
CREATE INDEX frozen_statement ON frozen (statement);

CREATE TABLE frozen_set (
  owner int64 NOT NULL REFERENCES frozen (id),
  field text NOT NULL,
  position int64 NOT NULL,
  code text NOT NULL,
  PRIMARY KEY (owner, field, position)
);
CREATE INDEX frozen_set_code ON frozen_set (field, code, owner);

CREATE TABLE frozen_partner (
  owner int64 NOT NULL REFERENCES frozen (id),
  position int64 NOT NULL,
  organization int64,
  PRIMARY KEY (owner, position)
);
CREATE INDEX frozen_partner_organization ON frozen_partner (organization, owner);

CREATE TABLE edition_item (
  edition int64 NOT NULL REFERENCES edition (id),
  position int64 NOT NULL,
  project int64 NOT NULL REFERENCES project (id),
  frozen int64 NOT NULL REFERENCES frozen (id),
  name_key text NOT NULL,
  scheme text NOT NULL,
  category text NOT NULL,
  continuity text NOT NULL,
  department int64,
  section int64 NOT NULL,
  PRIMARY KEY (edition, position),
  UNIQUE (edition, project)
);
CREATE INDEX edition_item_frozen ON edition_item (frozen);
CREATE INDEX edition_item_name ON edition_item (edition, name_key, position);
CREATE INDEX edition_item_category ON edition_item (edition, category, position);
CREATE INDEX edition_item_section ON edition_item (edition, section, position);
CREATE INDEX edition_item_department ON edition_item (edition, department, position);
-- The commonest filters in the order of the list; every column that a filter asks for, so that a count is answered by the index alone.
CREATE INDEX edition_item_count ON edition_item (edition, category, continuity, scheme, position, department, section);
CREATE INDEX edition_item_count_department ON edition_item (edition, department, category, continuity, scheme, section);

-- Figures are counted once, when the edition is made, and are part of what its hash covers.
CREATE TABLE figure (
  edition int64 NOT NULL REFERENCES edition (id),
  name text NOT NULL,
  one text NOT NULL,
  other text NOT NULL,
  value int64 NOT NULL,
  PRIMARY KEY (edition, name, one, other)
);

-- Tables from before Kyodo, as printed. A missing row is a blank.
CREATE TABLE history_source (
  id id,
  file text NOT NULL,
  label text NOT NULL,
  hash text NOT NULL,
  imported_at int64 NOT NULL,
  account int64 NOT NULL
);
CREATE TABLE history_row (
  id id,
  source int64 NOT NULL REFERENCES history_source (id),
  position int64 NOT NULL,
  scheme text NOT NULL,
  form text NOT NULL
);
CREATE TABLE history_year (
  source int64 NOT NULL REFERENCES history_source (id),
  position int64 NOT NULL,
  year int64 NOT NULL,
  PRIMARY KEY (source, position)
);
CREATE TABLE history_value (
  history_row int64 NOT NULL REFERENCES history_row (id),
  year int64 NOT NULL,
  value int64 NOT NULL,
  PRIMARY KEY (history_row, year)
);
