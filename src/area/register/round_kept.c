/* What two pages say after having looked at all projects of a year: which may be doubles, and what a draft would carry over. That work is as large as the
 * year, what is shown is not; so its result is kept until one of the tables is written (core/kept.h). */
#include <string.h>

#include "area/register/rounds.h"
#include "base/json.h"
#include "core/kept.h"

/* --- the organizations of an edition --- */

static enum err partners_write(struct ctx *c, const void *arg, struct sb *out)
{
    int64_t n = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT count(DISTINCT p.organization) FROM edition_item i JOIN frozen_partner p ON p.owner = i.frozen WHERE i.edition = $1 AND p.organization IS NOT NULL",
                         P(*(const int64_t *)arg), &n));
    sb_add_n(out, (const char *)&n, sizeof n);
    return OK;
}

enum err edition_partners(struct ctx *c, int64_t edition, int64_t *n)
{
    const char *p = NULL;
    size_t size = 0;
    TRY(kept(c, arena_printf(c->arena, "partners %lld", (long long)edition), partners_write, &edition, &p, &size));
    memcpy(n, p, sizeof *n);
    return OK;
}

/* --- likely doubles --- */

struct asked { int64_t inquiry; size_t most; };

static enum err pairs_write(struct ctx *c, const void *arg, struct sb *out)
{
    const struct asked *a = arg;
    struct double_pair *v = NULL;
    struct json j;
    size_t n = 0;
    TRY(doubles_find(c, a->inquiry, &v, &n));
    json_init(&j, out);
    json_object(&j, NULL);
    json_int(&j, "n", (int64_t)n);
    json_array(&j, "pairs");
    for (size_t i = 0; i < n && i < a->most; i++) {
        json_object(&j, NULL);
        json_int(&j, "one", v[i].one);
        json_int(&j, "other", v[i].other);
        json_text(&j, "one_name", v[i].one_name);
        json_text(&j, "other_name", v[i].other_name);
        json_text(&j, "one_section", v[i].one_section);
        json_text(&j, "other_section", v[i].other_section);
        json_int(&j, "percent", v[i].percent);
        json_text(&j, "partner", v[i].partner);
        json_int(&j, "one_statement", v[i].one_statement);
        json_int(&j, "other_statement", v[i].other_statement);
        json_int(&j, "one_answer", v[i].one_answer);
        json_int(&j, "other_answer", v[i].other_answer);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_end(&j, '}');
    return OK;
}

enum err doubles_shown(struct ctx *c, int64_t inquiry, size_t most, struct double_pair **out, size_t *n, size_t *all)
{
    const char *p = NULL;
    size_t size = 0;
    struct json_value *v = NULL;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(kept(c, arena_printf(c->arena, "doubles %lld %zu", (long long)inquiry, most), pairs_write, &(struct asked){inquiry, most}, &p, &size));
    TRY(json_read(c->arena, p, size, &v, &c->fail));
    const struct json_value *pairs = json_get(v, "pairs");
    *all = (size_t)json_get_int(v, "n");
    *out = arena_many(c->arena, struct double_pair, pairs->n + 1);
    *n = 0;
    for (const struct json_value *x = pairs->child; x; x = x->next)
        (*out)[(*n)++] = (struct double_pair){
            .one = json_get_int(x, "one"), .other = json_get_int(x, "other"), .one_name = json_get_text(x, "one_name"), .other_name = json_get_text(x, "other_name"),
            .one_section = json_get_text(x, "one_section"), .other_section = json_get_text(x, "other_section"), .percent = (int)json_get_int(x, "percent"),
            .partner = json_get_text(x, "partner"), .one_statement = json_get_int(x, "one_statement"), .other_statement = json_get_int(x, "other_statement"),
            .one_answer = json_get_int(x, "one_answer"), .other_answer = json_get_int(x, "other_answer")};
    return OK;
}

/* --- what a draft would carry over --- */

static enum err carry_write(struct ctx *c, const void *arg, struct sb *out)
{
    const int64_t *inquiry = arg;
    struct inquiry q;
    struct section_node *to = NULL;
    struct carried *v = NULL;
    struct json j;
    size_t to_n = 0, n = 0;
    TRY(record_load(c, &inquiry_entity, *inquiry, &q));
    TRY(inquiry_addressees(c, &q, &to, &to_n));
    TRY(inquiry_carried(c, &q, to, to_n, &v, &n));
    int64_t *count = arena_many(c->arena, int64_t, to_n + 1);
    json_init(&j, out);
    json_object(&j, NULL);
    json_array(&j, "lost");
    for (size_t i = 0; i < n; i++) {
        if (v[i].addressee != SIZE_MAX) {
            count[v[i].addressee]++;
            continue;
        }
        json_object(&j, NULL);
        json_text(&j, "name", v[i].name);
        json_text(&j, "section", v[i].section);
        json_bool(&j, "undecided", v[i].undecided);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_array(&j, "sections");
    for (size_t i = 0; i < to_n; i++) {
        json_object(&j, NULL);
        json_int(&j, "id", to[i].s.id);
        json_int(&j, "n", count[i]);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_end(&j, '}');
    return OK;
}

enum err carried_shown(struct ctx *c, int64_t inquiry, const struct section_node *to, size_t to_n, int64_t *count, struct carried **lost, size_t *lost_n)
{
    const char *p = NULL;
    size_t size = 0;
    struct json_value *v = NULL;
    TRY(kept(c, arena_printf(c->arena, "carried %lld", (long long)inquiry), carry_write, &inquiry, &p, &size));
    TRY(json_read(c->arena, p, size, &v, &c->fail));
    for (const struct json_value *x = json_get(v, "sections")->child; x; x = x->next)
        for (size_t i = 0; i < to_n; i++)
            if (to[i].s.id == json_get_int(x, "id"))
                count[i] = json_get_int(x, "n");
    const struct json_value *all = json_get(v, "lost");
    *lost = arena_many(c->arena, struct carried, all->n + 1);
    *lost_n = 0;
    for (const struct json_value *x = all->child; x; x = x->next)
        (*lost)[(*lost_n)++] = (struct carried){.addressee = SIZE_MAX, .name = json_get_text(x, "name"), .section = json_get_text(x, "section"), .undecided = json_get(x, "undecided")->i};
    return OK;
}
