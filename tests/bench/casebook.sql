-- An edition of 300 projects of a year of its own, for ./bench: the demo edition's rows, each under several numbers.
PRAGMA synchronous = OFF;
BEGIN;
INSERT INTO inquiry (id, year, scheme, round, title, due_on, scope, state, demo) VALUES (2000000, 2031, 'ps', 'start', 'bench', '2031-06-10', 'all', 'closed', TRUE);
INSERT INTO answer (id, inquiry, section, state, late, demo) SELECT 2000000, 2000000, min(section), 'submitted', FALSE, TRUE FROM edition_item;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
  INSERT INTO project (id, first_year, made_at, demo) SELECT 2000000 + i, 2031, 0, TRUE FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
  INSERT INTO statement (id, project, inquiry, answer, year, name, scheme, demo) SELECT 2000000 + i, 2000000 + i, 2000000, 2000000, 2031, '例 事業' || i, 'ps', TRUE FROM n;
INSERT INTO edition (id, year, number, state, made_at, published_at, hash, demo) VALUES (2000000, 2031, 1, 'published', 0, 0, 'bench', TRUE);
CREATE TEMP TABLE taken AS SELECT row_number() OVER (ORDER BY i.position) - 1 AS k, f.* FROM edition_item i JOIN frozen f ON f.id = i.frozen
  WHERE i.edition = (SELECT max(id) FROM edition WHERE id < 1000000);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
  INSERT INTO frozen (id, project, statement, year, name, sort_key, scheme, category, continuity, department, section, budget, summary, partners, body, salt, proof, hash)
  SELECT 2000000 + i, 2000000 + i, 2000000 + i, 2031, t.name, t.sort_key, t.scheme, t.category, t.continuity, t.department, t.section, t.budget, t.summary, t.partners,
    json_set(t.body, '$.statement.project', 2000000 + i), t.salt, t.proof, t.hash
  FROM n JOIN taken t ON t.k = (i - 1) * (SELECT count(*) FROM taken) / 300;
INSERT INTO edition_item (edition, position, project, frozen, name_key, scheme, category, continuity, department, section, name, budget, partners, section_name, department_name)
  SELECT 2000000, f.id - 2000000, f.project, f.id, f.sort_key, f.scheme, f.category, f.continuity, f.department, f.section, f.name, f.budget, f.partners, s.name, d.name
  FROM frozen f JOIN section s ON s.id = f.section LEFT JOIN section d ON d.id = f.department WHERE f.year = 2031;
INSERT INTO frozen_set (owner, field, position, code)
  SELECT f.id, s.field, s.position, s.code FROM frozen f JOIN taken t ON t.k = (f.id - 2000001) * (SELECT count(*) FROM taken) / 300 JOIN frozen_set s ON s.owner = t.id WHERE f.year = 2031;
INSERT INTO figure (edition, name, one, other, value) SELECT 2000000, 'projects', scheme, '', count(*) FROM frozen WHERE year = 2031 GROUP BY scheme;
INSERT INTO figure (edition, name, one, other, value) SELECT 2000000, 'category', scheme, category, count(*) FROM frozen WHERE year = 2031 GROUP BY scheme, category;
COMMIT;
