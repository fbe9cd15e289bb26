-- Words are edited by the secretariat, and what the program did with the codes of one prefecture is said by the words themselves.

-- What the register reminds of: a scheme budget or no_budget, a form ends or grounds (see core/preset.h).
ALTER TABLE vocabulary ADD COLUMN rule text;

-- Installations from before this column have the words of kumamoto.
UPDATE vocabulary SET rule = 'budget' WHERE kind = 'scheme' AND code = 'ps';
UPDATE vocabulary SET rule = 'no_budget' WHERE kind = 'scheme' AND code = 'renkei';
UPDATE vocabulary SET rule = 'ends' WHERE kind = 'form' AND code = 'subsidy';
UPDATE vocabulary SET rule = 'grounds' WHERE kind = 'form' AND code IN ('patronage', 'in_kind');
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'scheme', 10, '事業の種類' WHERE EXISTS (SELECT 1 FROM vocabulary);
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'category', 20, '取りまとめ区分' WHERE EXISTS (SELECT 1 FROM vocabulary);
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'form', 30, '協働の形態' WHERE EXISTS (SELECT 1 FROM vocabulary);
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'stage', 40, '参画の段階' WHERE EXISTS (SELECT 1 FROM vocabulary);
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'kind', 50, '取組みの種別' WHERE EXISTS (SELECT 1 FROM vocabulary);
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'partner_kind', 60, '相手の種類' WHERE EXISTS (SELECT 1 FROM vocabulary);
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'how_chosen', 70, '相手の選び方' WHERE EXISTS (SELECT 1 FROM vocabulary);
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'continuity', 80, '新規と継続' WHERE EXISTS (SELECT 1 FROM vocabulary);
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'contribution', 90, '出し合うもの' WHERE EXISTS (SELECT 1 FROM vocabulary);
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'field', 100, '活動の分野' WHERE EXISTS (SELECT 1 FROM vocabulary);
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'municipality', 110, '市町村' WHERE EXISTS (SELECT 1 FROM vocabulary);
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'round', 120, '照会の時期' WHERE EXISTS (SELECT 1 FROM vocabulary);
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'level', 130, '所属の階層' WHERE EXISTS (SELECT 1 FROM vocabulary);
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'role', 140, '役' WHERE EXISTS (SELECT 1 FROM vocabulary);
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'viewpoint', 150, '配慮すべき基本的な視点' WHERE EXISTS (SELECT 1 FROM vocabulary);
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'step', 160, '基本的な進め方' WHERE EXISTS (SELECT 1 FROM vocabulary);
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'policy', 170, '基本方針' WHERE EXISTS (SELECT 1 FROM vocabulary);
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'issue', 180, '課題と施策' WHERE EXISTS (SELECT 1 FROM vocabulary);
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'body', 190, '会議や窓口の名前' WHERE EXISTS (SELECT 1 FROM vocabulary);
INSERT INTO vocabulary (version, kind, code, position, label) SELECT 1, 'list', 'term', 200, '用語の整理' WHERE EXISTS (SELECT 1 FROM vocabulary);
