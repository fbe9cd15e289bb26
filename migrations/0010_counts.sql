-- What boards and lists count of an answer's statements, kept with the answer: docs/decisions/0019-counts-with-the-answer.md.

-- going: statements that are not ended and whose project went into no other one. carried: those taken over from an earlier round.
ALTER TABLE answer ADD COLUMN going int64 NOT NULL DEFAULT 0;
ALTER TABLE answer ADD COLUMN carried int64 NOT NULL DEFAULT 0;
UPDATE answer SET
  going = (SELECT count(*) FROM statement s JOIN project p ON p.id = s.project
           WHERE s.answer = answer.id AND (s.decision IS NULL OR s.decision <> 'ended') AND p.merged_into IS NULL),
  carried = (SELECT count(*) FROM statement s WHERE s.answer = answer.id AND s.previous IS NOT NULL);

CREATE INDEX inquiry_list ON inquiry (year, id);

-- The projects of a section, and those of which nobody has said where they went.
CREATE INDEX project_lead ON project (lead_unit, id);

-- Letters of one state, the newest first: those to be printed among many that were sent.
CREATE INDEX outbox_state ON outbox (state, id);

-- What a section carries jointly with others.
CREATE INDEX statement_section_section ON statement_section (section);
