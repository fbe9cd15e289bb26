-- 10,000 tickets and a report of the newest 20, for ./bench.
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
  INSERT INTO ticket (tkt_uuid, tkt_mtime, tkt_ctime, type, status, subsystem, priority, title)
  SELECT lower(hex(randomblob(20))), 2460000.5 + i / 10000.0, 2460000.5, 'Code_Defect', CASE i % 3 WHEN 0 THEN 'Open' ELSE 'Closed' END, 'register', 'Medium', 'ticket ' || i FROM n;
INSERT INTO reportfmt (owner, title, mtime, cols, sqlcode) VALUES ('bench', 'bench', julianday('now'), '',
  'SELECT tkt_uuid AS ''#'', datetime(tkt_mtime) AS ''changed'', type, status, subsystem, title FROM ticket ORDER BY tkt_mtime DESC LIMIT 20');
INSERT INTO config (name, value, mtime) VALUES ('project-name', 'bench', 0) ON CONFLICT DO NOTHING;
UPDATE user SET cap = cap || 'rhjorzjgk' WHERE login IN ('anonymous', 'nobody');
COMMIT;
