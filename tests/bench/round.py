"""A round of many sections for ./bench, as SQL for sqlite3: python3 round.py SECTIONS PROJECTS STATE

Last year's round, closed, and this year's (fiscal 2031, number 2000001) with PROJECTS projects carried over into it. STATE: open (nothing answered)
or submitted (every section has handed in, everything goes on). On top of `kyodo demo add`, whose accounts sign in.
"""
import sys

sections, projects, state = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
BASE, YEAR = 2000000, 2031
WHY = "地域の団体と県がいっしょに取り組むことで、県だけではとどかないところまで続けられるため。"

# Names as different from each other as those of a prefecture: what is alike is looked for when the round is closed.
WHERE = ["里山", "海辺", "駅前", "城下", "湯の町", "離島", "川すじ", "高原", "旧街道", "港", "温泉街", "棚田", "商店街", "団地", "文化財", "水源地", "半島", "県境", "学校跡", "市場"]
WHOM = ["子育て家庭", "高齢者", "若者", "外国人住民", "農家", "障がい者", "移住者", "防災士", "聴覚障がい者", "学生", "漁業者", "商店主", "認知症の人", "ひとり親", "観光客", "林業者", "介護者",
        "スポーツ少年", "音楽家", "職人", "留学生", "通学児童", "登山者"]
WHAT = ["見守り", "居場所づくり", "清掃", "ガイド養成", "食育", "手話講座", "読書会", "防犯パトロール", "空き家活用", "花植え", "学習支援", "健康体操", "移動販売", "演劇祭", "避難訓練", "歴史講座", "配食",
        "相談窓口", "植樹", "映画上映", "ものづくり教室", "サイクリング", "特産品開発", "ごみ減量", "星空観察", "蛍の保護", "料理教室", "通訳派遣", "竹林整備"]


def name(p):
    return f"例 {WHERE[p * 7 % 20]}{WHOM[p * 5 % 23]}{WHAT[p * 3 % 29]} {p}"


def rows(table, columns, values):
    print(f"INSERT INTO {table} ({columns}) VALUES")
    print(",\n".join(values) + ";")


def text(s):
    return "NULL" if s is None else "'" + s.replace("'", "''") + "'"


print("PRAGMA synchronous = OFF; BEGIN;")
for y in (YEAR - 1, YEAR):
    at = BASE + (y - YEAR + 1) * 100000
    departments = [f"({at + d}, {BASE + d}, {y}, NULL, 'department', '例示第{d + 1}部', {d}, FALSE, TRUE)" for d in range(10)]
    leaves = [f"({at + 100 + s}, {BASE + 100 + s}, {y}, {at + s % 10}, 'section', '例示第{s + 1}課', {s}, TRUE, TRUE)" for s in range(sections)]
    rows("section", "id, unit, year, parent, level, name, position, answers, demo", departments)
    rows("section", "id, unit, year, parent, level, name, position, answers, demo", leaves)
print(f"INSERT INTO inquiry (id, year, scheme, round, title, due_on, scope, state, opened_at, closed_at, demo) VALUES "
      f"({BASE}, {YEAR - 1}, 'ps', 'start', 'bench 昨年度', '{YEAR - 1}-06-10', 'all', 'closed', 0, 0, TRUE), "
      f"({BASE + 1}, {YEAR}, 'ps', 'start', 'bench 今年度', '{YEAR}-06-10', 'all', 'open', 0, NULL, TRUE);")
for k in (0, 1):
    now = "submitted" if k == 0 else state
    rows("answer", "id, inquiry, section, state, late, receipt, demo",
         [f"({BASE + k * 100000 + s}, {BASE + k}, {BASE + k * 100000 + 100 + s}, '{now}', FALSE, {text(f'R-{s}') if now == 'submitted' else 'NULL'}, TRUE)" for s in range(sections)])
rows("project", "id, first_year, lead_unit, made_at, demo", [f"({BASE + p}, {YEAR - 1}, {BASE + 100 + p % sections}, 0, TRUE)" for p in range(projects)])
for k in (0, 1):
    at, values, sets, partners, roles, outcomes = BASE + k * 100000, [], [], [], [], []
    decision = "new" if k == 0 else "same" if state == "submitted" else None
    for p in range(projects):
        s, i = p % sections, at + p
        values.append(f"({i}, {BASE + p}, {BASE + k}, {at + s}, {'NULL' if k == 0 else BASE + p}, {YEAR - 1 + k}, {text(decision)}, {text(name(p))}, 'ps', 'accord', "
                      f"{text('new' if k == 0 else 'continued')}, 'accord', {at + 100 + s}, '例の団体といっしょに地域を守ります。', {text(WHY)}, {text(WHY)}, {text(WHY)}, {text(WHY)}, "
                      f"{text(WHY * 2)}, {(p % 900 + 1) * 1000}, '例示市', '{YEAR - 1}-04-01', '公募', '096-000-0000', TRUE)".replace("'公募'", "'call'"))
        sets.append(f"({i}, 'forms', 0, 'accord'), ({i}, 'stages', 0, 'planning'), ({i}, 'stages', 1, 'implementation'), ({i}, 'fields', 0, '3')")
        partners.append(f"({i}, 0, '例の会{p % 700}', 'npo', '企画と実行'), ({i}, 1, '例の自治会{p % 90}', 'community', '呼びかけ')")
        roles.append(f"({i}, 0, '企画', '団体', NULL), ({i}, 1, '広報', '県', '広報誌がある')")
        outcomes.append(f"({i}, 0, '参加者', '人', {YEAR - 2}, {p % 500}000)" + ("" if k == 0 else f", ({i}, 1, '参加者', '人', {YEAR - 1}, NULL)"))
    rows("statement", "id, project, inquiry, answer, previous, year, decision, name, scheme, category, continuity, main_form, lead, summary, reason, spread, "
         "purpose_government, purpose_partner, activity, budget, place, starts_on, how_chosen, contact_phone, demo", values)
    rows("statement_set", "owner, field, position, code", sets)
    rows("statement_partner", "owner, position, name, kind, role", partners)
    rows("statement_role", "owner, position, task, who, strength", roles)
    rows("statement_outcome", "owner, position, name, unit, year, value", outcomes)
print("COMMIT; ANALYZE;")
