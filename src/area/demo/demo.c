/* The prefecture's settings, its tree, its people and organizations. */
#include "area/demo/demo.h"

#include <stdio.h>
#include <string.h>

#include "area/demo/parts.h"
#include "area/organization/organization.h"
#include "area/people/people.h"
#include "base/date.h"
#include "base/text.h"
#include "core/preset.h"
#include "core/record.h"
#include "core/section.h"

const struct demo_account demo_accounts[] = {
    {"secretariat", "jimukyoku", "rei-jimukyoku"}, {"promoter", "suishin", "rei-suishin"}, {"officer", "tanto", "rei-tantou"},
    {"member", "dantai", "rei-dantai"},            {"operator", "kanri", "rei-kanrisha"},
    {"collator", "torimatome", "rei-torimatome"}, {"approver", "kakunin", "rei-kakunin"}, {"municipality", "shichoson", "rei-shichoson"}, {NULL, NULL, NULL},
};

/* What the preset has said is kept under another key and comes back. */
static const char *const settings[] = {"prefecture_name", "secretariat_name", "secretariat_phone", "demo", NULL};
#define BEFORE "before_demo."

static const char *demo_setting(const struct demo_prefecture *of, const char *key)
{
    return text_eq(key, "prefecture_name") ? of->name : text_eq(key, "secretariat_name") ? of->secretariat : text_eq(key, "demo") ? "1" : "000-000-1500";
}

/* The invented prefecture that speaks in the words of this installation. */
static enum err prefecture_of(struct ctx *c, const struct demo_prefecture **of)
{
    static const struct demo_prefecture *const all[] = {&demo_kumamoto, &demo_chiba, &demo_saga};
    const char *preset = setting(c, "preset");
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (text_eq(all[i]->preset, preset)) {
            *of = all[i];
            return OK;
        }
    return fail(c, E_NOT_FOUND, tr(c, "ひな形「%s」の例のデータはありません。"), preset != NULL ? preset : "");
}

/* --- small tools --- */

size_t demo_split(struct arena *a, const char *s, const char *separators, const char ***out)
{
    size_t n = 0, cap = 0;
    *out = NULL;
    for (; s != NULL && *s != '\0';) {
        size_t l = strcspn(s, separators);
        if (l > 0)
            ARENA_PUSH(a, *out, n, cap) = arena_dup_n(a, s, l);
        s += l + (s[l] != '\0');
    }
    return n;
}

int64_t demo_noon(struct arena *a, int64_t calendar_year, const char *month_day)
{
    return instant_end_of_day(arena_printf(a, "%lld-%s", (long long)calendar_year, month_day)) - 12 * 3600 + 1;
}

enum err demo_unit(struct ctx *c, const struct section_node *v, size_t n, const char *name, int64_t *unit)
{
    const char **part;
    if (demo_split(c->arena, name, "/", &part) == 2)
        for (size_t i = 0; i < n; i++)
            if (v[i].depth >= 1 && text_eq(v[i].department, part[0]) && text_eq(v[i].s.name, part[1])) {
                *unit = v[i].s.unit;
                return OK;
            }
    return fail(c, E_BUG, "demo: no section %s", name);
}

/* --- words and settings: a transaction of their own, so that the next one finds them in memory --- */

static enum err none_there(struct ctx *c)
{
    int64_t n = 0;
    if (setting(c, "demo") != NULL)
        return fail(c, E_CONFLICT, "%s", tr(c, "例のデータはもう入っています。"));
    TRY_DB(c, db_get_int(c->db, "SELECT (SELECT count(*) FROM section) + (SELECT count(*) FROM inquiry)", P0, &n));
    if (n > 0)
        return fail(c, E_CONFLICT, "%s", tr(c, "所属か照会がもう登録されています。例のデータは、まだ何もないところにだけ入れられます。"));
    return OK;
}

static enum err put_settings(struct ctx *c, void *arg)
{
    const struct demo *d = arg;
    TRY(need_role(c, ROLE_OPERATOR));
    TRY(none_there(c));
    for (const struct demo_municipality *m = d->of->municipality; m->code != NULL; m++)
        TRY(word_add(c, &(struct word){.kind = "municipality", .code = m->code, .label = m->name, .note = "例", .from_year = NONE, .to_year = NONE}));
    for (size_t i = 0; settings[i] != NULL; i++) {
        const char *before = setting(c, settings[i]);
        if (before != NULL)
            TRY(setting_set(c, arena_printf(c->arena, BEFORE "%s", settings[i]), before));
        TRY(setting_set(c, settings[i], demo_setting(d->of, settings[i])));
    }
    return OK;
}

static enum err restore_settings(struct ctx *c, void *arg)
{
    (void)arg;
    for (size_t i = 0; settings[i] != NULL; i++) {
        const char *key = arena_printf(c->arena, BEFORE "%s", settings[i]);
        TRY(setting_set(c, settings[i], setting(c, key)));
        TRY(setting_set(c, key, NULL));
    }
    return words_remove_noted(c, "municipality", "例");
}

/* --- the tree --- */

static enum err place(struct ctx *c, int64_t year, int64_t parent, const char *level, const char *name, bool answers, int64_t phone, int64_t *id)
{
    struct section s;
    entity_init(&section_entity, &s);
    s.year = year;
    s.parent = parent;
    s.level = level;
    s.name = name;
    s.phone = arena_printf(c->arena, "000-000-%04lld", (long long)phone);
    if (answers)
        s.mail = arena_printf(c->arena, "ka%lld@rei.example", (long long)phone);
    s.answers = answers;
    s.demo = true;
    TRY(section_save(c, NULL, &s));
    *id = s.id;
    return OK;
}

/* A local office below the section that it belongs to. */
static enum err place_under(struct ctx *c, const struct demo_department *d, int64_t year, int64_t phone)
{
    struct section_node *v;
    size_t n;
    int64_t unit, above, id;
    TRY(sections_of_year(c, year, &v, &n));
    TRY(demo_unit(c, v, n, d->under, &unit));
    TRY_DB(c, db_get_int(c->db, "SELECT id FROM section WHERE unit = $1 AND year = $2", P(unit, year), &above));
    return place(c, year, above, d->level, d->name, true, phone, &id);
}

static enum err tree(struct ctx *c, const struct demo *demo, int64_t year)
{
    int64_t phone = 1000;
    for (const struct demo_department *d = demo->of->department; d->name != NULL; d++) {
        int64_t top, id;
        if (d->under != NULL) {
            TRY(place_under(c, d, year, phone++));
            continue;
        }
        TRY(place(c, year, NONE, d->level, d->name, false, phone++, &top));
        const char **name;
        size_t n = demo_split(c->arena, d->sections, "|", &name);
        for (size_t i = 0; i < n; i++)
            TRY(place(c, year, top, "section", name[i], true, phone++, &id));
    }
    return OK;
}

/* Last year's reorganisation: a year's data keeps the names of that year. */
static enum err rename_in(struct ctx *c, int64_t year, const char *from, const char *to)
{
    int64_t id = NONE;
    TRY_DB(c, db_get_int(c->db, "SELECT id FROM section WHERE year = $1 AND name = $2", P(year, from), &id));
    struct section before, after;
    TRY(record_load(c, &section_entity, id, &before));
    entity_copy(c->arena, &section_entity, &after, &before);
    after.name = to;
    return section_save(c, &before, &after);
}

/* --- people --- */

static enum err account(struct ctx *c, const char *login, const char *name, const char *password, int64_t *id)
{
    struct account a;
    entity_init(&account_entity, &a);
    a.login = login;
    a.name = name;
    a.mail = arena_printf(c->arena, "%s@rei.example", login);
    a.active = true;
    a.demo = true;
    TRY(account_save(c, NULL, &a));
    if (password != NULL)
        TRY(password_set(c, a.id, password));
    *id = a.id;
    return OK;
}

static const char *person(struct ctx *c, size_t i)
{
    static const char *const family[] = {"例田", "例川", "例山", "例野", "例沢", "例原", "例木", "例島", "例本", "例村", "髙例"};
    static const char *const given[] = {"花子", "太郎", "さくら", "一郎", "みどり", "健", "陽子", "翔", "恵", "大輔", "葵", "誠", "千尋"};
    return arena_printf(c->arena, "%s %s", family[i % 11], given[i % 13]);
}

/* The accounts with a password stand in the sections whose answers are still open this year: one with last year's projects, one without any. */
static enum err people(struct ctx *c, const struct demo *d, const struct section_node *v, size_t n)
{
    int64_t id, road, building, child;
    TRY(demo_unit(c, v, n, d->of->accounts[0], &road));
    TRY(demo_unit(c, v, n, d->of->accounts[1], &building));
    TRY(demo_unit(c, v, n, d->of->accounts[2], &child));
    TRY(account(c, demo_accounts[0].login, "例木 事務子", demo_accounts[0].password, &id));
    TRY(duty_add(c, id, ROLE_SECRETARIAT, NONE, NONE, true));
    TRY(account(c, demo_accounts[1].login, "例田 推子", demo_accounts[1].password, &id));
    TRY(duty_add(c, id, ROLE_PROMOTER, road, NONE, true));
    TRY(duty_add(c, id, ROLE_PROMOTER, building, NONE, true));
    TRY(account(c, demo_accounts[2].login, "例川 担", demo_accounts[2].password, &id));
    TRY(duty_add(c, id, ROLE_OFFICER, child, NONE, true));
    TRY(account(c, demo_accounts[3].login, "例山 団", demo_accounts[3].password, &id));
    TRY(duty_add(c, id, ROLE_MEMBER, NONE, d->organization[0], true));
    TRY(account(c, demo_accounts[4].login, "例野 管", demo_accounts[4].password, &id));
    TRY(duty_add(c, id, ROLE_OPERATOR, NONE, NONE, true));
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (!v[i].s.answers || v[i].s.unit == road || v[i].s.unit == building || i % 9 == 4) /* some sections have nobody yet */
            continue;
        TRY(account(c, arena_printf(c->arena, "suishin%03zu", ++k), person(c, i), NULL, &id));
        TRY(duty_add(c, id, ROLE_PROMOTER, v[i].s.unit, NONE, true));
    }
    return OK;
}

/* --- organizations --- */

static enum err organizations(struct ctx *c, struct demo *d)
{
    size_t i = 0;
    for (const struct demo_organization *o = d->of->organization; o->key != NULL; o++, i++) {
        if (i >= DEMO_ORGANIZATIONS_MAX)
            return fail(c, E_BUG, "demo: too many organizations");
        struct organization x;
        entity_init(&organization_entity, &x);
        x.name = o->name;
        x.kana = o->kana;
        x.kind = o->kind;
        x.prefecture = d->of->name;
        x.city = o->city;
        x.street = arena_printf(c->arena, "例町%zu丁目%zu番", i % 5 + 1, i % 17 + 1);
        x.phone = arena_printf(c->arena, "000-000-%04zu", 2000 + i);
        x.mail = arena_printf(c->arena, "%s@rei.example", o->key);
        x.representative = person(c, i + 5);
        x.summary = o->summary;
        x.wants = o->wants;
        x.offers = o->offers;
        x.founded_on = arena_printf(c->arena, "%zu-04-01", 1990 + i % 30);
        x.fields.n = demo_split(c->arena, o->fields, " ", &x.fields.v);
        x.demo = true;
        TRY(organization_save(c, NULL, &x));
        d->organization[i] = x.id;
    }
    return OK;
}

/* --- who looks at answers on their way, and a municipality --- */

enum { BEFORE_THIS_ROUND = 25 * 24 * 3600 };

/* The collator comes shortly before this year's round: the years before went without one. */
static enum err between(struct ctx *c, struct demo *d, const struct section_node *v, size_t n)
{
    int64_t id, department = NONE, approved, city;
    const char **part;
    demo_split(c->arena, d->of->secretariat, " ", &part);
    for (size_t i = 0; i < n; i++)
        if (v[i].depth == 0 && text_eq(v[i].s.name, part[0]))
            department = v[i].s.unit;
    TRY(demo_unit(c, v, n, d->of->accounts[1], &approved));
    TRY_DB(c, db_get_int(c->db, "SELECT id FROM organization WHERE kind = 'municipality' AND name = $1", P(d->of->municipality[0].name), &city));
    TRY(account(c, demo_accounts[7].login, "例本 市", demo_accounts[7].password, &id));
    TRY(duty_add(c, id, ROLE_MUNICIPALITY, NONE, city, true));
    TRY(account(c, demo_accounts[6].login, "例沢 確", demo_accounts[6].password, &id));
    TRY(duty_add(c, id, ROLE_APPROVER, approved, NONE, true));
    TRY(account(c, demo_accounts[5].login, "例原 取", demo_accounts[5].password, &id));
    int64_t now = c->now;
    c->now = d->real_now - BEFORE_THIS_ROUND;
    enum err e = duty_add(c, id, ROLE_COLLATOR, department, NONE, true);
    c->now = now;
    return e;
}

/* --- adding --- */

static enum err put_all(struct ctx *c, void *arg)
{
    struct demo *d = arg;
    c->now = d->real_now; /* a run that the engine asked to repeat begins like the first one */
    int64_t first = d->last - 1;
    c->now = demo_noon(c->arena, first, "04-01");
    TRY(tree(c, d, first));
    TRY(sections_carry_over(c, first, d->last));
    TRY(sections_carry_over(c, d->last, d->last + 1));
    TRY(rename_in(c, d->last + 1, d->of->renamed[0], d->of->renamed[1]));
    struct section_node *v;
    size_t n;
    TRY(sections_of_year(c, d->last, &v, &n));
    TRY(organizations(c, d));
    TRY(people(c, d, v, n));
    TRY(between(c, d, v, n));
    TRY(demo_rounds(c, d));
    c->now = d->real_now;
    return OK;
}

enum err demo_add(struct ctx *c)
{
    struct demo d = {.real_now = c->now, .last = this_year(c) - 1};
    TRY(prefecture_of(c, &d.of));
    if (c->app->base_url == NULL)
        c->app->base_url = "http://127.0.0.1:8080"; /* where ./run serves it: for the addresses in letters */
    TRY(in_write(c, put_settings, &d));
    enum err e = in_write(c, put_all, &d);
    c->now = d.real_now;
    if (e != OK) {
        struct failure said = c->fail;
        failure_init(&c->fail, c->arena);
        enum err undone = in_write(c, restore_settings, NULL);
        if (undone == OK)
            c->fail = said;
    }
    return e;
}

static enum err take_out(struct ctx *c, void *arg)
{
    (void)arg;
    TRY(need_role(c, ROLE_OPERATOR));
    if (setting(c, "demo") == NULL)
        return fail(c, E_NOT_FOUND, "%s", tr(c, "例のデータは入っていません。"));
    TRY(demo_remove_all(c));
    TRY(restore_settings(c, NULL));
    return audit_note(c, "demo.remove", NULL, NONE, "");
}

enum err demo_remove(struct ctx *c)
{
    return in_write(c, take_out, NULL);
}

/* --- commands --- */

static enum err run_add(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 0, 0, ""));
    TRY(demo_add(c));
    for (const struct demo_account *a = demo_accounts; a->role != NULL; a++)
        printf("%s\t%s\t%s\n", a->role, a->login, a->password);
    fprintf(stderr, tr(c, "%sのデータを入れました。このデータがあるあいだ、serve はこの機械の中(127.0.0.1)だけで動きます。\n"), setting(c, "prefecture_name"));
    return OK;
}

static enum err run_remove(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 0, 0, ""));
    TRY(demo_remove(c));
    fprintf(stderr, "%s\n", tr(c, "例の県のデータを消しました。記録(監査ログ)は残っています。"));
    return OK;
}

static const struct command commands[] = {
    {"demo add", "",
     "例の県のデータを入れます。ひな形のことばに合わせた県です。まだ所属も照会もないところにだけ入れられます。\n"
     "標準出力に、役割ごとのログイン名とパスワードを「役割 TAB 利用者名 TAB パスワード」で書きます。\n終了コード: 0 できた、7 もう何か入っている、9 保存できなかった。",
     "Adds an invented prefecture, to an instance without sections and inquiries only.\n"
     "Prints an account for each role: role TAB login TAB password.\nExit codes: 0 done, 7 there is something already, 9 could not be saved.",
     COMMAND_WRITE, run_add},
    {"demo remove", "",
     "例の県のデータをすべて消します。監査ログの行は残ります。\n終了コード: 0 できた、6 例のデータがない、7 例の事業とそうでない事業のまじった版がある、9 保存できなかった。",
     "Takes the invented prefecture out again; the audit log keeps its rows.\nExit codes: 0 done, 6 there is none, 7 an edition mixes it with others, 9 could not be saved.",
     COMMAND_WRITE, run_remove},
    {0},
};

const struct area demo_area = {.name = "demo", .commands = commands};
