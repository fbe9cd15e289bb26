/* Turns files into C, so that the program carries what it needs: embed ROOT OUT.c OUT.d FOLDER...
 *
 * Every regular file below ROOT/FOLDER becomes an entry named FOLDER/path; entries are sorted bytewise by name. The hash is the first 16 hex digits
 * of its BLAKE2b, for addresses that change with the content. OUT.d tells ninja about the files and about the folders, so that a new
 * file is seen as well. A folder that does not exist has no files.
 */
#include <dirent.h>
#include <sodium.h>
#include <stdbool.h>
#include <sys/stat.h>

static char **names;
static size_t names_n, names_cap;
static FILE *deps;

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(1);
}

static char *join(const char *a, const char *b)
{
    char *s = NULL;
    if (asprintf(&s, "%s/%s", a, b) < 0)
        die("embed");
    return s;
}

static void walk(const char *root, const char *folder)
{
    char *path = join(root, folder);
    DIR *d = opendir(path);
    if (d) {
        fprintf(deps, " %s", path);
        struct dirent *e;
        while ((e = readdir(d))) {
            size_t l = strlen(e->d_name);
            if (e->d_name[0] == '.' || e->d_name[l - 1] == '~')
                continue;
            char *name = join(folder, e->d_name), *full = join(root, name);
            struct stat st;
            if (stat(full, &st) != 0)
                die(full);
            if (S_ISDIR(st.st_mode)) {
                walk(root, name);
                free(name);
            } else {
                if (names_n == names_cap) {
                    names_cap = names_cap ? names_cap * 2 : 64;
                    names = reallocarray(names, names_cap, sizeof *names);
                    if (!names)
                        die("embed");
                }
                names[names_n++] = name;
                fprintf(deps, " %s", full);
            }
            free(full);
        }
        closedir(d);
    }
    free(path);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static unsigned char *read_all(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0)
        die(path);
    long size = ftell(f);
    rewind(f);
    unsigned char *p = malloc((size_t)size + 1);
    if (!p || size < 0 || fread(p, 1, (size_t)size, f) != (size_t)size)
        die(path);
    fclose(f);
    *n = (size_t)size;
    return p;
}

static void write_bytes(FILE *f, const unsigned char *p, size_t n)
{
    fputs("    \"", f);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = p[i];
        if (c == '\n')
            fputs(i + 1 < n ? "\\n\"\n    \"" : "\\n", f);
        else if (c == '"' || c == '\\')
            fprintf(f, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f || c == '?')
            fprintf(f, "\\%03o", c);
        else
            fputc(c, f);
    }
    fputs("\"", f);
}

int main(int argc, char **argv)
{
    if (argc < 5 || sodium_init() < 0) {
        fprintf(stderr, "usage: embed ROOT OUT.c OUT.d FOLDER...\n");
        return 2;
    }
    FILE *f = fopen(argv[2], "wb");
    deps = fopen(argv[3], "wb");
    if (!f || !deps)
        die(argv[2]);
    fprintf(deps, "%s:", argv[2]);
    for (int i = 4; i < argc; i++)
        walk(argv[1], argv[i]);
    fputc('\n', deps);
    if (names_n)
        qsort(names, names_n, sizeof *names, by_name);
    fputs("/* Made by tools/embed. */\n#include \"base/embed.h\"\n\nconst struct embedded embedded_files[] = {\n", f);
    for (size_t i = 0; i < names_n; i++) {
        char *path = join(argv[1], names[i]);
        size_t n;
        unsigned char *p = read_all(path, &n);
        unsigned char hash[8 < crypto_generichash_BYTES_MIN ? crypto_generichash_BYTES_MIN : 8];
        char hex[17];
        crypto_generichash(hash, sizeof hash, p, n, NULL, 0);
        sodium_bin2hex(hex, sizeof hex, hash, 8);
        fprintf(f, "{\"%s\", (const unsigned char *)\n", names[i]);
        write_bytes(f, p, n);
        fprintf(f, ",\n    %zu, \"%s\"},\n", n, hex);
        free(p);
        free(path);
        free(names[i]);
    }
    fprintf(f, "{0}\n};\nconst size_t embedded_files_n = %zu;\n", names_n);
    free(names);
    if (fclose(f) != 0 || fclose(deps) != 0)
        die(argv[2]);
    return 0;
}
