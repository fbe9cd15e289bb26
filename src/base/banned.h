/* Functions that have no place here: each has a safe counterpart in base/. Included before every file by the build. */
#ifndef KYODO_BASE_BANNED_H
#define KYODO_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol localtime gmtime system gets

#endif
