/* The command line: finds the command among core's and the areas' own, opens what it needs, runs it, words to stderr, data to stdout. */
#ifndef KYODO_CORE_COMMAND_H
#define KYODO_CORE_COMMAND_H

#include "core/app.h"

/* argv as main got it. Returns the exit code: 0 done; 2 the call's words are off; 3 some rows refused; else err_exit. */
int command_main(int argc, char **argv);

/* A file named on the command line, whole, in the arena. E_NOT_FOUND: it does not open; E_IO: it does not read to its end;
 * E_TOO_LARGE: more than `most` bytes. */
enum err command_file(struct ctx *c, const char *path, size_t most, const char **bytes, size_t *n);

enum err sheet_to_csv(struct ctx *c, struct args *args); /* core/sheet_command.c */
extern const struct command core_commands[]; /* core/core_commands.c; ends with name NULL */

/* Whether an address as in --listen can be reached from this machine only. */
bool listens_here_alone(const char *listen);

#endif
