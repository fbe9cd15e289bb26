-- A register of @PROJECTS@ projects for sizes.sh: 25 fiscal years with @ROUNDS@ rounds each (the last two: four) in the demo's 91 sections, the newest round
-- of the newest year open, with the statements of the year before carried over. Each year up to the last is one published edition; the last year has one that is made and
-- not published. What the measured pages show is equal at every size: the answer of the demo promoter's section has 100 projects, each section of the demo
-- collator's department 10, that of the first section 20, a corrected edition differs in 20 rows, one organization has 40 projects. All else grows with the number.
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -2000000;
PRAGMA temp_store = MEMORY;
BEGIN;

-- The demo's tree in every year, under the same numbers.
CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < @PROJECTS@) SELECT i FROM n;
-- Names of their own, as real ones: five of 64 signs by a hash. (Were all alike, all would be likely doubles of each other.)
CREATE TEMP TABLE hash AS SELECT i, '例 ' || substr(k, 1 + h % 64, 1) || substr(k, 1 + h / 64 % 64, 1) || substr(k, 1 + h / 4096 % 64, 1) || substr(k, 1 + h / 262144 % 64, 1) || substr(k, 1 + h / 16777216 % 64, 1) AS name
  FROM (SELECT i, i * 2654435761 % 4294967296 AS h, '山川海空森里町島浜野花鳥風月雪星朝昼夕夜春夏秋冬東西南北上下左右前後内外大小高低長短新古赤青白黒金銀木火土水石草葉実種根枝丘谷池' AS k FROM n);
CREATE UNIQUE INDEX temp.hash_i ON hash (i);
CREATE TEMP TABLE y AS SELECT 2002 + i AS year FROM n WHERE i < 25;
INSERT INTO section (id, unit, year, parent, level, name, position, phone, mail, answers, demo)
  SELECT y.year * 1000 + s.id, s.unit, y.year, CASE WHEN s.parent IS NULL THEN NULL ELSE y.year * 1000 + s.parent END, s.level, s.name, s.position, s.phone, s.mail, s.answers, TRUE
  FROM y JOIN section s ON s.year = 2026 WHERE y.year < 2024 ORDER BY s.parent IS NOT NULL, s.id, y.year;
CREATE TEMP TABLE sec AS SELECT year, row_number() OVER (PARTITION BY year ORDER BY unit) - 1 AS k, id, unit, coalesce(parent, id) AS department FROM section WHERE answers AND year >= 2002;
CREATE UNIQUE INDEX temp.sec_k ON sec (year, k);

-- Closed rounds, the oldest first; then the open one and one that is not sent yet.
CREATE TEMP TABLE rnd AS SELECT row_number() OVER (ORDER BY year, q) - 1 AS r, year, q, CASE q / 2 WHEN 0 THEN 'ps' ELSE 'renkei' END AS scheme, CASE q % 2 WHEN 0 THEN 'start' ELSE 'budget' END AS round
  FROM (SELECT y.year, n.i AS q FROM y JOIN n ON n.i < CASE WHEN y.year < 2025 THEN @ROUNDS@ ELSE 4 END) WHERE year < 2026 OR q > 0;
CREATE TEMP TABLE size AS SELECT (@PROJECTS@ + count(*) - 1) / count(*) AS per, count(*) AS rounds FROM rnd;
INSERT INTO inquiry (id, year, scheme, round, title, due_on, scope, state, opened_at, closed_at, demo)
  SELECT 1000001 + r, year, scheme, round, '例 ' || year || '年度の照会 ' || r, year || '-06-10', 'all', 'closed', (year - 1970) * 31557600, (year - 1970) * 31557600 + 9000000, TRUE FROM rnd;
INSERT INTO inquiry (id, year, scheme, round, title, due_on, scope, state, opened_at, demo) VALUES (1900000, 2026, 'ps', 'start', '例 受付中の照会', '2099-06-10', 'all', 'open', 1775000000, TRUE);
INSERT INTO inquiry (id, year, scheme, round, title, due_on, scope, state, demo) VALUES (1900001, 2026, 'ps', 'budget', '例 送る前の照会', '2099-06-20', 'all', 'draft', TRUE);
INSERT INTO answer (id, inquiry, section, state, submitted_at, late, receipt, demo)
  SELECT (1000001 + r.r) * 1000 + s.k, 1000001 + r.r, s.id, 'submitted', (r.year - 1970) * 31557600 + 8000000, FALSE, 'R-' || r.r || '-' || s.k, TRUE FROM rnd r JOIN sec s ON s.year = r.year;
INSERT INTO answer (id, inquiry, section, state, submitted_at, late, receipt, approver_post, approved_on, demo)
  SELECT 1900000000 + k, 1900000, id, CASE WHEN unit = 58 THEN 'approving' WHEN unit = 59 THEN 'draft' WHEN department = (SELECT id FROM section WHERE year = 2026 AND unit = 29) THEN 'collating'
    WHEN k % 4 = 0 THEN 'submitted' WHEN k % 4 = 1 THEN 'open' WHEN k % 4 = 2 THEN 'returned' ELSE 'draft' END,
    CASE WHEN k % 4 = 0 THEN 1775100000 END, FALSE, CASE WHEN k % 4 = 0 THEN 'R8-' || k END, '課長', '2026-05-01', TRUE FROM sec WHERE year = 2026;

INSERT INTO project (id, first_year, lead_unit, made_at, demo)
  SELECT 1000001 + n.i, r.year, s.unit, 0, TRUE FROM n JOIN size z JOIN rnd r ON r.r = n.i / z.per JOIN sec s ON s.year = r.year AND s.k = n.i % z.per % 91;
INSERT INTO statement (id, project, inquiry, answer, year, decision, name, scheme, category, continuity, main_form, lead, summary, budget, demo)
  SELECT 1000001 + n.i, 1000001 + n.i, 1000001 + r.r, (1000001 + r.r) * 1000 + s.k, r.year, CASE n.i % 3 WHEN 0 THEN 'new' ELSE 'same' END,
    h.name || substr('福祉防災環境教育観光農林文化道路', 1 + n.i / 16 % 8 * 2, 2) || substr('を守ると歩むを学ぶの広場マップ講習会まつり地図帳', 1 + n.i % 8 * 3, 3), r.scheme,
    CASE WHEN r.scheme = 'renkei' THEN 'citizen_led' ELSE CASE n.i % 5 WHEN 0 THEN 'planning' WHEN 1 THEN 'accord' WHEN 2 THEN 'committee' WHEN 3 THEN 'subsidy' ELSE 'commission' END END,
    CASE n.i % 3 WHEN 0 THEN 'new' ELSE 'continued' END, 'committee', s.id, '例の事業です', (n.i % 9000) * 1000, TRUE
  FROM n JOIN hash h ON h.i = n.i JOIN size z JOIN rnd r ON r.r = n.i / z.per JOIN sec s ON s.year = r.year AND s.k = n.i % z.per % 91;
-- The promoter's two sections have nothing else that is not published yet: what is their own and unpublished is read through by every search of theirs.
UPDATE statement SET lead = (SELECT id FROM sec WHERE year = 2026 AND k = 70), answer = inquiry * 1000 + 70
  WHERE year = 2026 AND id > 1000000 AND lead IN (SELECT id FROM sec WHERE year = 2026 AND unit IN (58, 59));

-- What the open round took over of the year before: 100 to the promoter's section, 10 to each of the collator's department, the rest to the others in turn;
-- twenty of these stand twice, in two sections.
CREATE TEMP TABLE other AS SELECT row_number() OVER (ORDER BY k) - 1 AS o, id, k FROM sec WHERE year = 2026 AND unit NOT IN (58, 59) AND k > 0 AND department <> (SELECT id FROM section WHERE year = 2026 AND unit = 29);
CREATE TEMP TABLE near AS SELECT row_number() OVER (ORDER BY k) - 1 AS o, id, k FROM sec WHERE year = 2026 AND department = (SELECT id FROM section WHERE year = 2026 AND unit = 29);
CREATE TEMP TABLE last AS SELECT s.id, s.project, s.name, s.scheme, s.category, s.budget, row_number() OVER (ORDER BY s.id) - 1 AS o FROM statement s
  WHERE s.inquiry = (SELECT 1000001 + r FROM rnd WHERE year = 2025 AND q = 0);
INSERT INTO statement (id, project, inquiry, answer, previous, year, decision, name, scheme, category, continuity, main_form, lead, summary, budget, demo)
  SELECT 3000001 + l.o, l.project, 1900000, 1900000000 + t.k, l.id, 2026, CASE l.o % 4 WHEN 0 THEN NULL WHEN 1 THEN 'changed' ELSE 'same' END,
    CASE WHEN l.o BETWEEN 190 AND 229 THEN '例 重なる' || substr(h.name, 3) || 'の取組み' ELSE l.name END, l.scheme, l.category, 'continued', 'committee', t.id, '例の事業です', l.budget, TRUE
  FROM last l JOIN hash h ON h.i = l.o % 20 JOIN (SELECT -1 AS o, id, k FROM sec WHERE year = 2026 AND unit = 59 UNION ALL SELECT -20, id, k FROM sec WHERE year = 2026 AND k = 0 UNION ALL SELECT -2 - o, id, k FROM near UNION ALL SELECT o, id, k FROM other) t
    ON t.o = CASE WHEN l.o < 100 THEN -1 WHEN l.o < 190 THEN -2 - (l.o - 100) / 10 WHEN l.o BETWEEN 230 AND 249 THEN -20 ELSE l.o % (SELECT count(*) FROM other) END;
INSERT INTO project (id, first_year, lead_unit, made_at, demo) VALUES (4000001, 2026, 59, 0, TRUE);
INSERT INTO statement (id, project, inquiry, answer, year, decision, name, scheme, category, continuity, main_form, lead, summary, demo)
  SELECT 4000001, 4000001, 1900000, 1900000000 + k, 2026, 'new', '例 新しい事業', 'ps', 'accord', 'new', 'accord', id, '例の事業です', TRUE FROM sec WHERE year = 2026 AND unit = 59;
INSERT INTO statement_set (owner, field, position, code) SELECT id, 'forms', 0, 'committee' FROM statement WHERE id > 1000000;
INSERT INTO statement_partner (owner, position, name, kind, role) SELECT s.id, 0, '例の' || substr(h.name, 3) || '会', 'npo', '企画' FROM statement s JOIN hash h ON h.i = s.id % (SELECT count(*) FROM n) WHERE s.id > 1000000;
UPDATE statement_partner SET organization = 1 WHERE owner IN (SELECT 1000001 + i FROM n WHERE i % (@PROJECTS@ / 40) = 3);
INSERT INTO statement_section (owner, position, section) SELECT s.id, 0, x.id FROM statement s JOIN section x ON x.year = 2026 AND x.unit = 59 WHERE s.inquiry = 1900000 AND s.lead <> x.id ORDER BY s.id LIMIT 10;
INSERT INTO statement_section (owner, position, section) SELECT s.id, 0, x.id FROM statement s JOIN sec x ON x.year = s.year AND x.k = s.id / 20 % 91
  WHERE s.id BETWEEN 1000001 AND 3000000 AND s.id % 20 = 3 AND s.lead <> x.id AND x.unit NOT IN (58, 59);
INSERT INTO left_out (statement, reason, account, at) SELECT id, '例の理由', 1, 0 FROM statement WHERE id > 1000000 AND id % 500 = 7;

-- Editions. The first row of each has the whole text of a real one, the others short ones; the proof serves nobody but `kyodo edition verify`.
INSERT INTO edition (id, year, number, state, made_at, published_at, hash, preface, demo)
  SELECT 1000000 + year, year, 10, 'published', (year - 1970) * 31557600 + 20000000, (year - 1970) * 31557600 + 20000000, 'x', '例', TRUE FROM y WHERE year < 2026;
INSERT INTO edition (id, year, number, state, made_at, hash, demo) VALUES (1002026, 2026, 10, 'made', 1780000000, 'x', TRUE);
CREATE TEMP TABLE one AS SELECT body, json_remove(body, '$.statement.reason', '$.statement.spread', '$.statement.purpose_government', '$.statement.purpose_partner', '$.statement.effect',
  '$.statement.activity', '$.statement.roles', '$.statement.contributions', '$.statement.cost_sharing', '$.statement.outcomes', '$.statement.how_chosen_grounds', '$.statement.partners', '$.organizations') AS brief,
  salt, proof, hash, partners FROM frozen ORDER BY id LIMIT 1;
INSERT INTO frozen (id, project, statement, year, name, sort_key, scheme, category, continuity, department, section, budget, summary, partners, body, salt, proof, hash)
  SELECT s.id, s.project, s.id, s.year, s.name, printf('%08d', s.id * 7919 % 99999989), s.scheme, s.category, s.continuity, coalesce(x.parent, x.id), x.id, s.budget, s.summary, one.partners,
    json_set(CASE WHEN s.id % (1 + (SELECT per FROM size)) = 1 THEN one.body ELSE one.brief END, '$.statement.id', s.id, '$.statement.project', s.project, '$.statement.name', s.name, '$.statement.year', s.year,
             '$.statement.lead', s.lead, '$.statement.category', s.category, '$.statement.scheme', s.scheme, '$.statement.budget', s.budget, '$.sections', json_object(CAST(x.id AS text), x.name)),
    one.salt, '', one.hash FROM statement s JOIN section x ON x.id = s.lead JOIN one WHERE s.id BETWEEN 1000001 AND 3000000;
INSERT INTO edition_item (edition, position, project, frozen, name_key, scheme, category, continuity, department, section, name, budget, partners, section_name, department_name)
  SELECT 1000000 + f.year, row_number() OVER (PARTITION BY f.year ORDER BY f.id), f.project, f.id, f.sort_key, f.scheme, f.category, f.continuity, f.department, f.section, f.name, f.budget, f.partners, s.name, d.name
  FROM frozen f JOIN section s ON s.id = f.section LEFT JOIN section d ON d.id = f.department WHERE f.id > 1000000;
INSERT INTO frozen_set (owner, field, position, code) SELECT id, 'forms', 0, 'committee' FROM frozen WHERE id > 1000000;
INSERT INTO frozen_partner (owner, position, organization) SELECT p.owner, 0, p.organization FROM statement_partner p WHERE p.owner BETWEEN 1000001 AND 3000000;

-- The last published year was corrected: ten rows changed, five went, five came.
INSERT INTO edition (id, year, number, state, made_at, published_at, hash, previous, previous_hash, demo) VALUES (1900025, 2025, 11, 'published', 1765000000, 1765000000, 'x', 1002025, 'x', TRUE);
INSERT INTO frozen (id, project, statement, year, name, sort_key, scheme, category, continuity, department, section, budget, summary, partners, body, salt, proof, hash)
  SELECT f.id + 5000000, f.project, f.statement, f.year, f.name || '(訂正)', f.sort_key, f.scheme, f.category, f.continuity, f.department, f.section, f.budget, f.summary, f.partners,
    json_set(f.body, '$.statement.name', f.name || '(訂正)'), f.salt, '', f.hash || 'x' FROM frozen f JOIN edition_item i ON i.frozen = f.id WHERE i.edition = 1002025 AND i.position BETWEEN 11 AND 20;
INSERT INTO edition_item (edition, position, project, frozen, name_key, scheme, category, continuity, department, section, name, budget, partners, section_name, department_name)
  SELECT 1900025, row_number() OVER (ORDER BY edition DESC, position), project, frozen + changed * 5000000, name_key, scheme, category, continuity, department, section,
    CASE WHEN changed THEN name || '(訂正)' ELSE name END, budget, partners, section_name, department_name
  FROM (SELECT *, edition = 1002025 AND position BETWEEN 11 AND 20 AS changed FROM edition_item WHERE (edition = 1002025 AND position > 5) OR (edition = 1002024 AND position <= 5));
INSERT INTO correction (project, statement, year, kind, reason, hand, account, at, edition, demo)
  SELECT project, project, 2025, 'change', '例の理由', 'secretariat', 1, 0, 1900025, TRUE FROM edition_item WHERE edition = 1900025 AND position BETWEEN 6 AND 15;
-- The worst that could be published: one edition of everything.
INSERT INTO edition (id, year, number, state, made_at, published_at, hash, demo) VALUES (1900001, 2001, 10, 'published', 1000000000, 1000000000, 'x', TRUE);
INSERT INTO edition_item (edition, position, project, frozen, name_key, scheme, category, continuity, department, section, name, budget, partners, section_name, department_name)
  SELECT 1900001, row_number() OVER (ORDER BY frozen), project, frozen, name_key, scheme, category, continuity, department, section, name, budget, partners, section_name, department_name
  FROM edition_item WHERE edition BETWEEN 1002002 AND 1002026;

CREATE TEMP TABLE each AS SELECT i.edition, i.scheme, i.category, i.continuity, i.department, i.section, count(*) AS n, sum(i.budget) AS budget FROM edition_item i WHERE i.edition >= 1000000 GROUP BY 1, 2, 3, 4, 5, 6;
INSERT INTO figure (edition, name, one, other, value)
  SELECT edition, 'projects', scheme, '', sum(n) FROM each GROUP BY edition, scheme
  UNION ALL SELECT edition, 'category', scheme, category, sum(n) FROM each GROUP BY edition, scheme, category
  UNION ALL SELECT edition, 'continuity', scheme, continuity, sum(n) FROM each GROUP BY edition, scheme, continuity
  UNION ALL SELECT edition, 'department', CAST(department AS text), scheme, sum(n) FROM each WHERE edition <> 1900001 GROUP BY edition, department, scheme
  UNION ALL SELECT edition, 'cell', CAST(department AS text), scheme || ':' || category, sum(n) FROM each WHERE edition <> 1900001 GROUP BY edition, department, scheme, category
  UNION ALL SELECT edition, 'section', CAST(section AS text), '', sum(n) FROM each WHERE edition <> 1900001 GROUP BY edition, section
  UNION ALL SELECT edition, 'sections', 'with', '', count(DISTINCT section) FROM each GROUP BY edition
  UNION ALL SELECT edition, 'sections', 'addressed', '', 91 FROM each GROUP BY edition
  UNION ALL SELECT edition, 'form', 'committee', '', sum(n) FROM each GROUP BY edition
  UNION ALL SELECT edition, 'budget', scheme, '', sum(budget) FROM each GROUP BY edition, scheme;

-- Beside the projects: letters of every round, requests for correction, notices, good practice.
INSERT INTO outbox (account, to_name, to_mail, subject, body, about, about_id, made_at, state, due_at, tries, sent_at, why)
  SELECT 2, '例の課', 'rei@rei.example', '照会', '例', 'inquiry', inquiry, 0, 'sent', 0, 1, 0, '例' FROM answer WHERE inquiry > 1000000;
INSERT INTO correction_request (receipt, entity, record, edition, place, body, state, answer, answered_at, made_at, demo)
  SELECT 'T-' || i, 'project', 1000001 + i * 1000, 1002002, '名前', '例', 'declined', '例', 0, 0, TRUE FROM n WHERE i < @PROJECTS@ / 1000;
INSERT INTO correction_request (receipt, entity, record, edition, place, body, state, made_at, demo) SELECT 'U-' || i, 'project', 1000001 + i, 1002025, '名前', '例', 'open', 0, TRUE FROM n WHERE i < 5;
INSERT INTO practice (project, year, words, state, made_at, published_at, demo) SELECT 1000001 + i, 2002, '例', 'public', 0, 0, TRUE FROM n WHERE i < 20;
UPDATE answer SET going = (SELECT count(*) FROM statement s WHERE s.answer = answer.id AND (s.decision IS NULL OR s.decision <> 'ended')),
  carried = (SELECT count(*) FROM statement s WHERE s.answer = answer.id AND s.previous IS NOT NULL);
COMMIT;
ANALYZE;
