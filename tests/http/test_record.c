/* Rows and forms: what is typed becomes a row or a sentence at its field; what is saved stands in the log; what is withheld is gone. */
#include "http/client.h"

#include "area/organization/organization.h"
#include "area/people/people.h"
#include "area/register/register.h"
#include "base/text.h"
#include "core/finder.h"
#include "core/record.h"

enum { YEAR = 2026 };

/* --- a form as it comes in --- */

struct filled {
    struct form form;
    struct form_value v[64];
    const struct entity *e;
    void *row;
    const struct user *who;
    bool check, complete;
    enum err result;
};

static void put(struct filled *f, const char *name, const char *value)
{
    f->v[f->form.n++] = (struct form_value){name, value != NULL && *value != '\0' ? value : NULL};
    f->form.v = f->v;
}

static enum err take(struct ctx *c, void *arg)
{
    struct filled *f = arg;
    c->user = f->who != NULL ? f->who : &user_system;
    f->result = f->check ? record_check(c, f->e, f->row, YEAR, f->complete) : record_from_form(c, f->e, &f->form, YEAR, f->row);
    c->user = &user_system;
    return OK;
}

/* Runs it; faults stay in the context. */
static enum err run(struct client *cl, struct filled *f)
{
    struct ctx *c = client_ctx(cl);
    CHECK_INT(in_write(c, take, f), OK);
    return f->result;
}

static struct ctx *record_test_ctx;

static const char *said(struct client *cl, const char *field)
{
    /* client_ctx would empty it: the context stands behind the client for as long as it is open */
    (void)cl;
    for (const struct field_fault *x = record_test_ctx->fail.faults; x != NULL; x = x->next)
        if (text_eq(x->field, field))
            return x->message;
    return NULL;
}
#define START(cl) (record_test_ctx = client_ctx(cl))

TEST(every_kind_and_its_sentence)
{
    EACH_ENGINE(cl) {
        START(cl);
        static const struct { const char *name, *typed, *sentence; } table[] = {
            {"name", "ロードクリーン例", NULL},
            {"budget", "約300万", "予算額は数字で入力してください(単位は千円)"},
            {"budget", "-1", "予算額は0以上の数字で入力してください(単位は千円)"},
            {"budget", "99999999999999999999", "予算額は数字で入力してください(単位は千円)"},
            {"budget", "１，２３４", NULL},
            {"settled", "3.5", "昨年度の決算額は数字で入力してください(単位は千円)"},
            {"starts_on", "4月のはじめ", "はじまりは「R8.4.1」か「2026/4/1」のように入力してください"},
            {"starts_on", "R8.2.30", "はじまりは「R8.4.1」か「2026/4/1」のように入力してください"},
            {"starts_on", "令和８年４月１日", NULL},
            {"first_year", "むかし", "はじめた年度は「令和8年度」か「2026」のように入力してください"},
            {"first_year", "平成１４年度", NULL},
            {"category", "no_such", "取りまとめ区分を選び直してください"},
            {"category", "accord", NULL},
            {"forms", "no_such", "協働の形態を選び直してください"},
            {"place", "x", NULL},
        };
        for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
            struct statement s;
            entity_init(&statement_entity, &s);
            struct filled f = {.e = &statement_entity, .row = &s};
            put(&f, table[i].name, table[i].typed);
            CHECK_INT(run(cl, &f), table[i].sentence != NULL ? E_INPUT : OK);
            CHECK_TEXT(said(cl, table[i].name), table[i].sentence);
        }
        struct statement s;
        char longer[201 * 3 + 1] = "";
        for (int i = 0; i < 201; i++)
            memcpy(longer + 3 * i, "例", 3);
        entity_init(&statement_entity, &s);
        struct filled f = {.e = &statement_entity, .row = &s};
        put(&f, "name", longer);
        put(&f, "budget", "x");
        put(&f, "summary", "一行目\n二行目");
        put(&f, "activity", "一行目\n二行目");
        CHECK_INT(run(cl, &f), E_INPUT);
        CHECK_TEXT(said(cl, "name"), "事業名は200字までで入力してください(いまは201字です)");
        CHECK_TEXT(said(cl, "budget"), "予算額は数字で入力してください(単位は千円)"); /* not only the first one */
        CHECK_TEXT(s.summary, "一行目 二行目");
        CHECK_TEXT(s.activity, "一行目\n二行目");
    }
}

TEST(values_arrive)
{
    EACH_ENGINE(cl) {
        START(cl);
        struct statement s;
        entity_init(&statement_entity, &s);
        struct filled f = {.e = &statement_entity, .row = &s};
        put(&f, "name", "髙﨑𠮷の会例");
        put(&f, "budget", "１，２３４");
        put(&f, "starts_on", "R8.4.1");
        put(&f, "first_year", "平成14年度");
        put(&f, "forms", "cohost");
        put(&f, "forms", "accord");
        put(&f, "forms", "cohost");
        put(&f, "partners.0.name", "例の会");
        put(&f, "partners.0.role", "草を刈る");
        put(&f, "partners.1.name", "");
        put(&f, "partners.1.role", "");
        put(&f, "partners.7.name", "別の例の会");
        put(&f, "outcomes.0.name", "延長");
        put(&f, "outcomes.0.value", "150.9");
        put(&f, "outcomes.0.year", "R8");
        CHECK_INT(run(cl, &f), OK);
        CHECK_TEXT(s.name, "髙﨑𠮷の会例");
        CHECK_INT(s.budget, 1234000);
        CHECK_TEXT(s.starts_on, "2026-04-01");
        CHECK_INT(s.first_year, 2002);
        CHECK_INT(s.forms.n, 2);
        CHECK_TEXT(s.forms.v[0], "cohost");
        CHECK_INT(s.partners_n, 2); /* a row with nothing in it vanishes */
        CHECK_TEXT(s.partners[1].name, "別の例の会");
        CHECK_INT(s.outcomes_n, 1);
        CHECK_INT(s.outcomes[0].value, 150900);
        CHECK_INT(s.outcomes[0].year, 2026);
    }
}

TEST(a_fault_in_a_row_names_it)
{
    EACH_ENGINE(cl) {
        START(cl);
        struct statement s;
        entity_init(&statement_entity, &s);
        struct filled f = {.e = &statement_entity, .row = &s};
        put(&f, "outcomes.0.name", "団体の数");
        put(&f, "outcomes.2.name", "延長");
        put(&f, "outcomes.2.value", "たくさん");
        put(&f, "joint.0.section", "999999");
        CHECK_INT(run(cl, &f), E_INPUT);
        CHECK_TEXT(said(cl, "outcomes.2.value"), "成果の指標の3行目: 値は数字で入力してください(小数は3けたまで)");
        CHECK_TEXT(said(cl, "joint.0.section"), "共に担当する課の1行目: 共に担当する所属を選び直してください");
        CHECK_TEXT(said(cl, "outcomes.0.value"), NULL);
    }
}

TEST(only_what_was_shown_is_touched)
{
    EACH_ENGINE(cl) {
        START(cl);
        struct statement s;
        const char *codes[] = {"cohost"};
        entity_init(&statement_entity, &s);
        s.name = "前の名前例";
        s.place = "前の場所";
        s.note = "事務局のメモ";
        s.forms = (struct set){codes, 1};
        struct filled f = {.e = &statement_entity, .row = &s};
        put(&f, "shown", "name forms budget");
        put(&f, "name", "");
        put(&f, "place", "よその場所"); /* not listed as shown */
        CHECK_INT(run(cl, &f), OK);
        CHECK_TEXT(s.name, NULL);  /* shown and absent: empty */
        CHECK_INT(s.forms.n, 0);
        CHECK_TEXT(s.place, "前の場所");
        CHECK_TEXT(s.note, "事務局のメモ");
        /* Read-only and bookkeeping are never taken, whatever a form says. */
        struct filled g = {.e = &statement_entity, .row = &s};
        put(&g, "shown", "id version decision year demo name");
        put(&g, "id", "5");
        put(&g, "version", "5");
        put(&g, "decision", "same");
        put(&g, "year", "2000");
        put(&g, "demo", "1");
        put(&g, "name", "名前例");
        CHECK_INT(run(cl, &g), OK);
        CHECK_INT(s.id, NONE);
        CHECK_TEXT(s.decision, NULL);
        CHECK_INT(s.year, NONE);
        CHECK(!s.demo);
        CHECK_TEXT(s.name, "名前例");
    }
}

TEST(nobody_writes_what_they_may_not_see)
{
    EACH_ENGINE(cl) {
        START(cl);
        static const struct duty d = {1, ROLE_OFFICER, 7, NONE};
        static const struct user officer = {.id = 5, .name = "例", .roles = ROLE_OFFICER, .duty = &d, .duties = 1};
        struct statement s;
        entity_init(&statement_entity, &s);
        s.note = "事務局のメモ";
        s.lesson = "前の教訓";
        struct filled f = {.e = &statement_entity, .row = &s, .who = &officer};
        put(&f, "shown", "note lesson contact_person");
        put(&f, "note", "書き換え");
        put(&f, "lesson", "新しい教訓");
        CHECK_INT(run(cl, &f), OK);
        CHECK_TEXT(s.note, "事務局のメモ");
        CHECK_TEXT(s.lesson, "新しい教訓");
        f = (struct filled){.e = &statement_entity, .row = &s, .who = &user_nobody};
        put(&f, "lesson", "だれかの教訓");
        CHECK_INT(run(cl, &f), OK);
        CHECK_TEXT(s.lesson, "新しい教訓");
    }
}

TEST(an_amount_shown_rounded_is_not_saved_rounded)
{
    EACH_ENGINE(cl) {
        START(cl);
        static const struct { const char *typed; int64_t becomes; } table[] = {{"約1,235", 1234567}, {"1,235", 1234567}, {"1,236", 1236000}, {"", NONE}};
        for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
            struct statement s;
            entity_init(&statement_entity, &s);
            s.budget = 1234567;
            struct filled f = {.e = &statement_entity, .row = &s};
            put(&f, "budget", table[i].typed);
            CHECK_INT(run(cl, &f), OK);
            CHECK_INT(s.budget, table[i].becomes);
        }
    }
}

TEST(complete_or_not)
{
    EACH_ENGINE(cl) {
        START(cl);
        struct statement s;
        entity_init(&statement_entity, &s);
        struct filled f = {.e = &statement_entity, .row = &s, .check = true, .complete = false};
        CHECK_INT(run(cl, &f), OK);
        f.complete = true;
        CHECK_INT(run(cl, &f), E_INPUT);
        CHECK_TEXT(said(cl, "name"), "事業名を入力してください");
        CHECK_TEXT(said(cl, "category"), "取りまとめ区分を選んでください");
        CHECK_TEXT(said(cl, "forms"), "協働の形態を選んでください");
        CHECK_TEXT(said(cl, "budget"), NULL); /* not required: none is none, not 0 */
        s.starts_on = "2026-02-30";
        s.category = "no_such";
        s.budget = -5;
        f.complete = false;
        CHECK_INT(run(cl, &f), E_INPUT);
        CHECK(said(cl, "starts_on") != NULL && said(cl, "category") != NULL && said(cl, "budget") != NULL);
    }
}

/* --- saving --- */

struct saving { struct account before, after; enum err result; };

static enum err save_twice(struct ctx *c, void *arg)
{
    struct saving *s = arg;
    struct account a, b;
    entity_init(&account_entity, &a);
    a.login = "save.rei";
    a.name = "例 一";
    a.active = true;
    a.made_at = c->now;
    TRY(record_save(c, &account_entity, NULL, &a, "test.add"));
    TRY(record_load(c, &account_entity, a.id, &s->before));
    b = s->before;
    TRY(record_save(c, &account_entity, &s->before, &b, "test.nothing"));
    b.name = "例 二";
    return record_save(c, &account_entity, &s->before, &b, "test.change");
}

static enum err save_stale(struct ctx *c, void *arg)
{
    struct saving *s = arg;
    s->after = s->before;
    s->after.name = "例 三";
    s->result = record_save(c, &account_entity, &s->before, &s->after, "test.change");
    return s->result;
}

static enum err save_parts(struct ctx *c, void *arg)
{
    struct saving *s = arg;
    s->after = s->before;
    s->after.row.whole = false;
    return record_save(c, &account_entity, &s->before, &s->after, "test.change");
}

static enum err save_gone(struct ctx *c, void *arg)
{
    struct saving *s = arg;
    struct account a;
    TRY(record_load(c, &account_entity, s->before.id, &a));
    TRY(record_save(c, &account_entity, &a, NULL, "test.remove"));
    enum err e = record_load(c, &account_entity, s->before.id, &a);
    CHECK_INT(e, E_NOT_FOUND);
    CHECK_TEXT(c->fail.message, "お探しの利用者は見つかりません。消されたか、番号がまちがっています。");
    return e == E_NOT_FOUND ? OK : e;
}

TEST(each_change_has_its_row_in_the_log)
{
    EACH_ENGINE(cl) {
        struct saving s = {0};
        CHECK_INT(in_write(client_ctx(cl), save_twice, &s), OK);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit WHERE what LIKE 'test.%'"), 2); /* nothing changed: no row */
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit_value WHERE field = 'name' AND before = '例 一' AND after = '例 二' AND personal"), 1);
        /* A new record is one text, its personal fields apart from it. */
        CHECK(strstr(client_text(cl, "SELECT after FROM audit_value WHERE field = '*'"), "\"active\":true") != NULL);
        CHECK(strstr(client_text(cl, "SELECT after FROM audit_value WHERE field = '*'"), "例 一") == NULL);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit_value WHERE field = 'login' AND after = 'save.rei' AND personal"), 1);
        /* A stale version: who was first is named, nothing is written. */
        struct ctx *c = client_ctx(cl);
        CHECK_INT(in_write(c, save_stale, &s), E_CONFLICT);
        CHECK_TEXT(c->fail.message, "systemさんが先に保存しました。違うところを見て、残すほうを選んでください。");
        CHECK_TEXT(client_text(cl, "SELECT name FROM account"), "例 二");
        CHECK_INT(in_write(client_ctx(cl), save_parts, &s), E_BUG);
        CHECK_INT(in_write(client_ctx(cl), save_gone, &s), OK);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM account"), 0);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit WHERE what = 'test.remove'"), 1);
    }
}

/* Each statement of a save fails in its turn: nothing of it stays, and the log proves itself. */
static enum err one_change(struct ctx *c, void *arg)
{
    struct saving *s = arg;
    s->after = s->before;
    s->after.name = "例 変";
    return record_save(c, &account_entity, &s->before, &s->after, "test.failing");
}

static enum err verify(struct ctx *c, void *arg)
{
    return audit_verify(c, arg);
}

TEST(a_save_is_all_or_nothing)
{
    EACH_ENGINE(cl) {
        struct saving s = {0};
        CHECK_INT(in_write(client_ctx(cl), save_twice, &s), OK);
        s.before.version++;
        s.before.name = "例 二";
        int64_t k = 1;
        for (;; k++) {
            struct ctx *c = client_ctx(cl);
            db_fail_at(c->writer, k);
            enum err e = in_write(c, one_change, &s);
            db_fail_at(c->writer, 0);
            if (e == OK)
                break;
            CHECK_INT(client_int(cl, "SELECT count(*) FROM audit WHERE what = 'test.failing'"), 0);
            CHECK_TEXT(client_text(cl, "SELECT name FROM account"), "例 二");
            if (k > 100)
                break;
        }
        CHECK(k > 4 && k < 100);
        struct audit_report r;
        CHECK_INT(in_write(client_ctx(cl), verify, &r), OK);
        CHECK_TEXT(client_text(cl, "SELECT name FROM account"), "例 変");
    }
}

/* --- withholding --- */

struct hiding { int64_t id; const struct user *who; const char *field, *reason; bool clear; enum err result; };

static enum err hide(struct ctx *c, void *arg)
{
    struct hiding *h = arg;
    if (h->who != NULL)
        c->user = h->who;
    h->result = h->clear ? withhold_clear(c, "organization", h->id, h->field, h->reason) : withhold_set(c, "organization", h->id, h->field, h->reason);
    c->user = &user_system;
    return h->result;
}

struct mask { struct organization o; const char *names; };

static enum err read_masked(struct ctx *c, void *arg)
{
    struct mask *m = arg;
    entity_init(&organization_entity, &m->o);
    m->o.name = "例の会";
    m->o.phone = "000-0000-0000";
    m->o.representative = "例 花子";
    m->o.note = "メモ";
    m->names = withheld(c, "organization", 1);
    record_mask(&organization_entity, &m->o, AUDIENCE_PUBLIC, m->names);
    return OK;
}

TEST(what_is_withheld_is_gone)
{
    EACH_ENGINE(cl) {
        START(cl);
        static const struct duty d = {1, ROLE_OFFICER, 7, NONE};
        static const struct user officer = {.id = 5, .name = "例", .roles = ROLE_OFFICER, .duty = &d, .duties = 1};
        struct mask m;
        CHECK_INT(in_write(client_ctx(cl), read_masked, &m), OK);
        CHECK_TEXT(m.names, "");
        CHECK_TEXT(m.o.phone, "000-0000-0000");
        CHECK_TEXT(m.o.representative, NULL); /* not for the public anyway */
        CHECK_TEXT(m.o.note, NULL);
        CHECK(!m.o.row.whole);
        CHECK_INT(in_write(client_ctx(cl), hide, &(struct hiding){.id = 1, .who = &officer, .field = "phone", .reason = "本人の希望"}), E_FORBIDDEN);
        CHECK_INT(in_write(client_ctx(cl), hide, &(struct hiding){.id = 1, .field = "phone"}), E_INPUT);
        CHECK_TEXT(said(cl, "reason"), "理由を入力してください");
        CHECK_INT(in_write(client_ctx(cl), hide, &(struct hiding){.id = 1, .field = "name", .reason = "x"}), E_INPUT); /* not a field that may be hidden */
        CHECK_INT(in_write(client_ctx(cl), hide, &(struct hiding){.id = 1, .field = "phone", .reason = "本人の希望"}), OK);
        CHECK_INT(in_write(client_ctx(cl), hide, &(struct hiding){.id = 1, .field = "phone", .reason = "二度目"}), OK);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM withholding"), 1);
        CHECK_INT(in_write(client_ctx(cl), read_masked, &m), OK);
        CHECK_TEXT(m.names, "phone");
        CHECK_TEXT(m.o.phone, NULL);
        CHECK_TEXT(m.o.name, "例の会");
        CHECK_INT(in_write(client_ctx(cl), hide, &(struct hiding){.id = 1, .field = "phone", .reason = "まちがいだった", .clear = true}), OK);
        CHECK_INT(in_write(client_ctx(cl), read_masked, &m), OK);
        CHECK_TEXT(m.o.phone, "000-0000-0000");
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit WHERE what IN ('withhold.set', 'withhold.clear')"), 2);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM withholding WHERE lifted_reason = 'まちがいだった'"), 1);
    }
}

TEST(names_in_a_list_are_whole_words)
{
    CHECK(is_withheld("phone street", "phone"));
    CHECK(is_withheld("phone street", "street"));
    CHECK(!is_withheld("phone street", "tree"));
    CHECK(!is_withheld("phone street", "phon"));
    CHECK(!is_withheld("", "phone"));
    CHECK(!is_withheld(NULL, "phone"));
}

TEST_MAIN
