/* NONE: "not stated", which is never 0 and never "". It is NULL in the database,
 * blank on paper, null in JSON. A text that is not stated is a NULL pointer. */
#ifndef KYODO_BASE_NONE_H
#define KYODO_BASE_NONE_H

#include <stdint.h>

#define NONE INT64_MIN

#endif
