/* SQLite writes a commit's pages to its log one by one, each in two writes: some fifty system calls a commit, the larger part of its time beside the
 * disk itself. Here what is written on end waits in memory and goes out in one write, before the log is synced, read, measured or cut; nobody else
 * looks at those bytes earlier, since a commit is published (in the shared memory beside) after the sync that every commit of ours makes. A write
 * that fails is told by the sync, which is part of the commit like the write. Everything but the log's file is the system's own. */
#include "db/engine.h"

#include <assert.h>
#include <sqlite3.h>
#include <string.h>

enum { FRAME = 24 + 4096, ROOM = 31 * FRAME }; /* SQLite's own write takes less than 128 KiB at once */
static const char vfs_name[] = "kyodo-log";

struct log_file {
    sqlite3_file base;
    sqlite3_file *real;      /* behind this struct */
    char *waiting;           /* ROOM bytes; NULL until something is written */
    sqlite3_int64 at;
    int n;
};

static struct log_file *log_of(sqlite3_file *f)
{
    return (struct log_file *)(void *)f;
}

static int flush(struct log_file *l)
{
    int n = l->n;
    l->n = 0; /* after an error too: SQLite takes the transaction back */
    return n > 0 ? l->real->pMethods->xWrite(l->real, l->waiting, n, l->at) : SQLITE_OK;
}

/* The method of the file itself, once nothing waits. */
#define FLUSHED(f, call)                                   \
    do {                                                   \
        struct log_file *l = log_of(f);                    \
        int rc = flush(l);                                 \
        return rc == SQLITE_OK ? l->real->pMethods->call : rc; \
    } while (0)

static int log_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at) { FLUSHED(f, xRead(l->real, p, n, at)); }
static int log_truncate(sqlite3_file *f, sqlite3_int64 size) { FLUSHED(f, xTruncate(l->real, size)); }
static int log_sync(sqlite3_file *f, int flags) { FLUSHED(f, xSync(l->real, flags)); }
static int log_size(sqlite3_file *f, sqlite3_int64 *size) { FLUSHED(f, xFileSize(l->real, size)); }
static int log_lock(sqlite3_file *f, int kind) { FLUSHED(f, xLock(l->real, kind)); }
static int log_unlock(sqlite3_file *f, int kind) { FLUSHED(f, xUnlock(l->real, kind)); }
static int log_reserved(sqlite3_file *f, int *out) { FLUSHED(f, xCheckReservedLock(l->real, out)); }
static int log_control(sqlite3_file *f, int op, void *arg) { FLUSHED(f, xFileControl(l->real, op, arg)); }
static int log_sector(sqlite3_file *f) { return log_of(f)->real->pMethods->xSectorSize(log_of(f)->real); }
static int log_device(sqlite3_file *f) { return log_of(f)->real->pMethods->xDeviceCharacteristics(log_of(f)->real); }

static int log_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    struct log_file *l = log_of(f);
    if (l->waiting == NULL && (l->waiting = sqlite3_malloc(ROOM)) == NULL)
        return SQLITE_NOMEM;
    if (l->n > 0 && (at != l->at + l->n || n > ROOM - l->n)) {
        int rc = flush(l);
        if (rc != SQLITE_OK)
            return rc;
    }
    if (n > ROOM)
        return l->real->pMethods->xWrite(l->real, p, n, at);
    if (l->n == 0)
        l->at = at;
    memcpy(l->waiting + l->n, p, (size_t)n);
    l->n += n;
    return SQLITE_OK;
}

static int log_close(sqlite3_file *f)
{
    struct log_file *l = log_of(f);
    int rc = flush(l), closed = l->real->pMethods->xClose(l->real);
    sqlite3_free(l->waiting);
    return rc != SQLITE_OK ? rc : closed;
}

static const sqlite3_io_methods log_methods = {
    .iVersion = 1, /* no shared memory, no mapping: those are the database file's */
    .xClose = log_close,
    .xRead = log_read,
    .xWrite = log_write,
    .xTruncate = log_truncate,
    .xSync = log_sync,
    .xFileSize = log_size,
    .xLock = log_lock,
    .xUnlock = log_unlock,
    .xCheckReservedLock = log_reserved,
    .xFileControl = log_control,
    .xSectorSize = log_sector,
    .xDeviceCharacteristics = log_device,
};

static int log_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *f, int flags, int *out_flags)
{
    sqlite3_vfs *real = vfs->pAppData;
    if ((flags & SQLITE_OPEN_WAL) == 0)
        return real->xOpen(real, name, f, flags, out_flags);
    struct log_file *l = log_of(f);
    *l = (struct log_file){.real = (sqlite3_file *)(void *)(l + 1)};
    int rc = real->xOpen(real, name, l->real, flags, out_flags);
    if (rc == SQLITE_OK)
        l->base.pMethods = &log_methods;
    return rc;
}

/* The system's VFS with its own open: all else it does for the names it is given. */
const char *wal_vfs(void)
{
    if (sqlite3_vfs_find(vfs_name) != NULL)
        return vfs_name;
    sqlite3_vfs *real = sqlite3_vfs_find(NULL), *ours = malloc(sizeof *ours);
    assert(real != NULL && ours != NULL);
    *ours = *real;
    ours->zName = vfs_name;
    ours->pNext = NULL;
    ours->szOsFile = (int)sizeof(struct log_file) + real->szOsFile;
    ours->pAppData = real;
    ours->xOpen = log_open;
    sqlite3_vfs_register(ours, 0);
    return vfs_name;
}
