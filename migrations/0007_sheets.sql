-- Excel: sheets of an inquiry that came back, kept until they are taken over or thrown away (then some days more).
-- No references to inquiry or answer: these rows are swept by age and must not hold anything else back.

-- state: reading (its rows are still being put), waiting, taken, discarded.
CREATE TABLE sheet_upload (
  id id,
  inquiry int64 NOT NULL,
  answer int64,
  department int64,
  account int64 NOT NULL,
  at int64 NOT NULL,
  state text NOT NULL,
  file text,
  bytes bytes NOT NULL,
  head text NOT NULL,
  entered_for text,
  entered_how text,
  received_on text,
  done_at int64,
  report text
);
CREATE INDEX sheet_upload_account ON sheet_upload (account, state, id);
CREATE INDEX sheet_upload_at ON sheet_upload (at);

CREATE TABLE sheet_row (
  upload int64 NOT NULL REFERENCES sheet_upload (id),
  position int64 NOT NULL,
  line int64 NOT NULL,
  cells text NOT NULL,
  PRIMARY KEY (upload, position)
);
