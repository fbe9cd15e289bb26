-- Organizations: groups, companies, schools, municipalities; with and without a 法人番号.

CREATE TABLE organization (
  id id,
  version int64 NOT NULL DEFAULT 1,
  name text NOT NULL,
  kana text,
  sort_key text NOT NULL,
  kind text NOT NULL,
  corporate_number text,
  corporate_kind text,
  state text NOT NULL,
  closed_on text,
  close_cause text,
  successor text,
  prefecture text,
  municipality text,
  city text,
  street text,
  postcode text,
  abroad text,
  name_is_image bool NOT NULL,
  address_is_image bool NOT NULL,
  english_name text,
  summary text,
  wants text,
  offers text,
  website text,
  phone text,
  mail text,
  representative text,
  authority text,
  founded_on text,
  confirmed_at int64,
  source text,
  source_date text,
  source_changed_on text,
  local_fields text,
  note text,
  made_at int64 NOT NULL,
  demo bool NOT NULL
);
CREATE UNIQUE INDEX organization_number ON organization (corporate_number);
-- One index for the list and its filters: what does not fit is passed over without looking at the row. (An index for each filter made imports a fifth slower.)
CREATE INDEX organization_list ON organization (state, sort_key, id, kind, prefecture, city, municipality);

CREATE TABLE organization_set (
  owner int64 NOT NULL REFERENCES organization (id),
  field text NOT NULL,
  position int64 NOT NULL,
  code text NOT NULL,
  PRIMARY KEY (owner, field, position)
);
CREATE INDEX organization_set_code ON organization_set (field, code, owner);

-- What a source said of an organization at a date: every state that an import brought, the old ones too.
CREATE TABLE organization_history (
  id id,
  organization int64 NOT NULL REFERENCES organization (id),
  source text NOT NULL,
  process text,
  updated_on text,
  changed_on text,
  latest bool NOT NULL,
  name text,
  address text,
  row_hash text NOT NULL,
  row text NOT NULL,
  imported_at int64 NOT NULL
);
CREATE UNIQUE INDEX organization_history_row ON organization_history (organization, row_hash);

-- An import in pieces: rows wait here until the whole file was checked, then are taken over in one short step.
CREATE TABLE import_run (
  id id,
  kind text NOT NULL,
  file text NOT NULL,
  format text,
  encoding text,
  account int64 NOT NULL,
  at int64 NOT NULL,
  done_at int64,
  report text
);
