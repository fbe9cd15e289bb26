-- 50,000 projects in one published edition of a year of its own, for ./bench. The bodies are copies of one real row's.
PRAGMA synchronous = OFF;
BEGIN;
INSERT INTO section (id, unit, year, parent, level, name, position, answers, demo)
  SELECT id + 1000000, unit, 2030, CASE WHEN parent IS NULL THEN NULL ELSE parent + 1000000 END, level, name, position, answers, demo FROM section
  WHERE year = (SELECT max(year) FROM section) ORDER BY parent IS NOT NULL, id;
INSERT INTO inquiry (id, year, scheme, round, title, due_on, scope, state, demo) VALUES (1000000, 2030, 'ps', 'start', 'bench', '2030-06-10', 'all', 'closed', TRUE);
INSERT INTO answer (id, inquiry, section, state, late, demo) SELECT 1000000, 1000000, min(id), 'submitted', FALSE, TRUE FROM section WHERE year = 2030 AND parent IS NOT NULL;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
  INSERT INTO project (id, first_year, made_at, demo) SELECT 1000000 + i, 2030, 0, TRUE FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
  INSERT INTO statement (id, project, inquiry, answer, year, name, scheme, demo) SELECT 1000000 + i, 1000000 + i, 1000000, 1000000, 2030, '例 事業' || i, 'ps', TRUE FROM n;
INSERT INTO edition (id, year, number, state, made_at, published_at, hash, demo) VALUES (1000000, 2030, 1, 'published', 0, 0, 'bench', TRUE);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000),
  s(id, parent, k) AS (SELECT id, parent, row_number() OVER (ORDER BY id) - 1 FROM section WHERE year = 2030 AND parent IS NOT NULL),
  one(body, salt, proof, hash, partners) AS (SELECT body, salt, proof, hash, partners FROM frozen ORDER BY id LIMIT 1)
  INSERT INTO frozen (id, project, statement, year, name, sort_key, scheme, category, continuity, department, section, budget, summary, partners, body, salt, proof, hash)
  SELECT 1000000 + i, 1000000 + i, 1000000 + i, 2030, '例 地域を守る事業 ' || i, printf('%06d', (i * 7919) % 50000), 'ps',
    CASE i % 5 WHEN 0 THEN 'planning' WHEN 1 THEN 'accord' WHEN 2 THEN 'committee' WHEN 3 THEN 'subsidy' ELSE 'commission' END,
    CASE i % 3 WHEN 0 THEN 'new' ELSE 'continued' END, s.parent, s.id, (i % 9000) * 1000, '例の事業です', one.partners, one.body, one.salt, one.proof, one.hash
  FROM n JOIN s ON s.k = n.i % (SELECT count(*) FROM s) JOIN one;
INSERT INTO edition_item (edition, position, project, frozen, name_key, scheme, category, continuity, department, section, name, budget, partners, section_name, department_name)
  SELECT 1000000, f.id - 1000000, f.project, f.id, f.sort_key, f.scheme, f.category, f.continuity, f.department, f.section, f.name, f.budget, f.partners, s.name, d.name
  FROM frozen f JOIN section s ON s.id = f.section LEFT JOIN section d ON d.id = f.department WHERE f.year = 2030;
INSERT INTO frozen_set (owner, field, position, code) SELECT id, 'forms', 0, 'accord' FROM frozen WHERE year = 2030;
INSERT INTO figure (edition, name, one, other, value) SELECT 1000000, 'projects', 'ps', '', 50000;
INSERT INTO figure (edition, name, one, other, value) SELECT 1000000, 'category', 'ps', category, count(*) FROM frozen WHERE year = 2030 GROUP BY category;
INSERT INTO figure (edition, name, one, other, value) SELECT 1000000, 'continuity', 'ps', continuity, count(*) FROM frozen WHERE year = 2030 GROUP BY continuity;
INSERT INTO figure (edition, name, one, other, value) SELECT 1000000, 'department', CAST(department AS text), 'ps', count(*) FROM frozen WHERE year = 2030 GROUP BY department;
-- sixteen accounts that write, with the demo promoter's password
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 15)
  INSERT INTO account (id, login, name, password_hash, active, demo, made_at)
  SELECT 1000000 + i, 'bench' || i || '@example.jp', '例 bench' || i, a.password_hash, TRUE, TRUE, 0 FROM n JOIN account a ON a.login = 'suishin';
INSERT INTO duty (account, role, unit, since, demo) SELECT a.id, 'officer', (SELECT min(unit) FROM section WHERE parent IS NOT NULL), 0, TRUE FROM account a WHERE a.id >= 1000000;
COMMIT;
ANALYZE;
