-- Columns that lists show, beside the edition's items: a page of the register reads twenty rows of one table. They say what the frozen row says,
-- with the section's names of the day it was frozen.
ALTER TABLE edition_item ADD COLUMN name text;
ALTER TABLE edition_item ADD COLUMN budget int64;
ALTER TABLE edition_item ADD COLUMN partners text;
ALTER TABLE edition_item ADD COLUMN section_name text;
ALTER TABLE edition_item ADD COLUMN department_name text;
UPDATE edition_item SET
  name = (SELECT f.name FROM frozen f WHERE f.id = edition_item.frozen),
  budget = (SELECT f.budget FROM frozen f WHERE f.id = edition_item.frozen),
  partners = (SELECT f.partners FROM frozen f WHERE f.id = edition_item.frozen),
  section_name = (SELECT s.name FROM section s WHERE s.id = edition_item.section),
  department_name = (SELECT s.name FROM section s WHERE s.id = edition_item.department AND edition_item.department <> edition_item.section);
